// Tests of entry names.
import { describe, expect, it } from 'vitest';
import { shortHash } from '../../src/base/hash.ts';
import { entryId, isNameOf } from '../../src/learning/entry-id.ts';

describe('entryId', () => {
  it('is the first four digits of a hash of the fingerprint', () => {
    expect(entryId('f', new Set())).toBe(shortHash('f', 4));
  });

  it('grows digit by digit past names that are in use or ever were', () => {
    const taken = new Set([4, 5, 6].map((length) => shortHash('f', length)));
    expect(entryId('f', taken)).toBe(shortHash('f', 7));
  });

  it('is a name of its own finding and of no other', () => {
    expect(isNameOf(entryId('f', new Set()), 'f')).toBe(true);
    expect(isNameOf(entryId('f', new Set()), 'g')).toBe(false);
    expect(isNameOf('', 'f')).toBe(false);
  });
});
