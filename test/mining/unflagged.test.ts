// Failures that nothing marks: which results report one, and that a tool which marks its errors is believed.
import { describe, expect, it } from 'vitest';
import { failureIn } from '../../src/mining/unflagged.ts';
import { tell } from './tell.ts';

const text = (words: string) => failureIn([{ type: 'text', text: words }]);
const json = (value: unknown) => failureIn([{ type: 'json', value }]);

describe('a result that reports a failure', () => {
  it.each([
    'Error: no such row',
    'error: pathspec is not known',
    'fatal: the lock is held',
    'Traceback (most recent call last):\n  File "x.py"',
    'ValueError: not a number',
    'HTTP 422 from the gate: day=9',
    'Exit code 1\nnothing to do',
    'Could not reach the pump',
    'permission denied',
    'rejected by the guard: 12',
  ])('is told by its first words: %s', (words) => {
    expect(text(words)).toBe(words);
  });

  it('is told by its JSON, and gives the passage that says why', () => {
    expect(text('{"error": "no row 9"}')).toBe('no row 9');
    expect(text('{"ok": false, "reason": "late", "row": 3}')).toBe('late');
    expect(text('{"error": "no row \\"nine\\""}')).toBe('no row \\"nine\\"');
    expect(json({ status: 'error', message: 'late' })).toBe('late');
    expect(json({ errors: [{ message: 'late' }] })).toBe('late');
    expect(json({ error: { code: 4 } })).toBe('{"error":{"code":4}}');
  });

  it.each([
    'The error of the sum is 0.2',
    'errors: 0',
    '12 rows\nError: of the third row',
    'A failure was mended in March',
    'no error',
    '{"error": null, "row": 3}',
    '{"errors": []}',
    '{"job": 3, "status": "failed"}',
    '{"name": "log", "error": "was late", "line": 3}',
    '{"error": "cut',
    '',
  ])('is not seen in: %s', (words) => {
    expect(text(words)).toBeUndefined();
  });

  it('stays fast on hostile text', () => {
    expect(text(`${'a.'.repeat(50_000)}Error`)).toBeUndefined();
    expect(text('error '.repeat(50_000))).toBeUndefined();
    expect(text(`{${'"a":{'.repeat(3000)}`)).toBeUndefined();
  });
});

describe('a session', () => {
  const words = 'Error: the belt is off';

  it('holds an error where nothing marked it', () => {
    const { actions } = tell({ id: 's1', steps: [{ call: 'belt', ok: words }] });
    expect(actions[0]).toMatchObject({ status: 'error', error: words });
  });

  it('believes a tool that marks its errors, and no other for its sake', () => {
    const steps = [
      { call: 'show', error: 'no such log' },
      { call: 'show', ok: words },
      { call: 'belt', ok: words },
    ];
    expect(tell({ id: 's1', steps }).actions.map((a) => a.status)).toEqual(['error', 'ok', 'error']);
  });
});
