// Error words: what decides the meaning of a message is known by the word alone.
import { describe, expect, it } from 'vitest';
import { bareWord, isErrorCode, isExceptionName, isTelling } from '../../src/mining/error-words.ts';

describe('error words', () => {
  it('knows codes from names that look like them', () => {
    expect(['TS2345', 'MD013', 'E501', 'ENOENT', 'ERR_BAD_PLAN'].filter(isErrorCode)).toHaveLength(5);
    expect(['QX417', 'EXIT', 'ERROR', 'JFK', 'A1', 'plan_b', 'W2378156'].filter(isErrorCode)).toEqual([]);
  });

  it('knows exception names from the bare words', () => {
    expect(['SlopeError', 'moon.errors.FuelException'].filter(isExceptionName)).toHaveLength(2);
    expect(['Error', 'Exception', 'error', 'terror', 'moon.errors'].filter(isExceptionName)).toEqual([]);
  });

  it('keeps negations and opposites, also in compounds and with punctuation', () => {
    expect(
      ["can't", 'Not,', '(closed)', 'not_found', 'rate_limit_error', 'read-only', 'SlopeError:'].filter(isTelling),
    ).toHaveLength(7);
    expect(['crew', 'plan_b', 'mirror', '<*>', ''].filter(isTelling)).toEqual([]);
  });

  it('takes punctuation off both ends only', () => {
    expect(bareWord('("a.b-c"),')).toBe('a.b-c');
    expect(bareWord('...')).toBe('');
  });
});
