// Made-up sessions for the tests of folds: errors in many words, repairs, repeats, circles and undone edits, some of them dated; folds nothing.
import fc from 'fast-check';
import type { Finding } from '../../../src/mining/detectors/detector.ts';
import { detectors } from '../../../src/mining/detectors/table.ts';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { type Step, tell } from '../tell.ts';

/** The detectors that fold. */
export const folds = detectors.flatMap(({ fold }) => fold ?? []);

// Three plain words in one place make a wildcard, and one mistake of three.
const words = fc.constantFrom('red', 'blue', 'green', 'grey', '17', 'QX4');
const error = fc.oneof(
  words.map((word) => `Error: nobody holds the ${word} key of this door`),
  fc.tuple(words, words).map(([a, b]) => `Error: the ${a} pump is jammed by ${b} sand`),
  fc.constant('Error: the kiln is hot'),
  fc.constant('???'),
);

const input = fc.record({
  valve: fc.integer({ min: 1, max: 3 }),
  way: fc.constantFrom('left', 'right', 'a little to the left'),
});
const tool = fc.constantFrom('turn', 'turn', 'look', 'pump');

const call = fc.tuple(tool, input, fc.option(error, { nil: undefined })).map(([name, given, failed]): Step[] => {
  return [{ call: name, input: given, ...(failed === undefined ? { ok: 'done' } : { error: failed }) }];
});
const repeated = fc.tuple(tool, input, error, fc.boolean()).map(([name, given, failed, works]): Step[] => {
  const same = { call: name, input: given };
  return [{ ...same, error: failed }, works ? { ...same, ok: 'done' } : { ...same, error: failed }];
});
const circle = input.map((given): Step[] =>
  Array.from({ length: 3 }, () => ({ call: 'look', input: given, ok: 'same' })),
);
const undone = fc
  .integer({ min: 1, max: 2 })
  .map((n): Step[] =>
    ['one', 'two', 'one'].map((text) => ({ call: 'write', input: { file_path: `f${n}`, content: text }, ok: 'done' })),
  );
// One mistake that nearly everybody makes, with few ways to get past it.
const mended = fc
  .record({
    from: fc.integer({ min: 1, max: 2 }),
    to: fc.constantFrom(3, 4, 5, 'turn it right'),
    first: fc.constantFrom('none', 'none', 'oil', 'wipe'),
    heard: fc.boolean(),
    again: fc.constantFrom('not', 'not', 'in vain', 'later'),
  })
  .map(({ from, to, first, heard, again }): Step[] => {
    const failed: Step = { call: 'mend', input: { way: from }, error: 'Error: the kiln is hot' };
    return [
      ...(heard ? [{ call: 'fetch', input: { url: 'kiln' }, ok: 'the kiln says: turn it right', mcp: true }] : []),
      failed,
      ...(first === 'none' ? [] : [{ call: first, input: { way: from }, ok: 'done' }]),
      ...(again === 'in vain' ? [failed] : []),
      { call: 'mend', input: again === 'later' ? { way: from } : { way: to }, ok: 'done' },
    ];
  });
const heard = fc
  .constantFrom('key', 'pump')
  .map((name): Step[] => [{ call: 'fetch', input: { url: name }, ok: `the ${name} says: turn it right`, mcp: true }]);

// A tool that says again what the agent was told by an outside tool, or only that something is wrong.
const echoed = fc.constantFrom('turn it right is no note', 'the note is too long').map((said): Step[] => [
  { call: 'fetch', input: { url: 'kiln' }, ok: 'the kiln says: turn it right', mcp: true },
  { call: 'note', input: { text: 'turn it right' }, error: `Error: ${said}` },
]);

const steps = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: call }, { weight: 4, arbitrary: mended }, repeated, circle, undone, heard, echoed),
    {
      maxLength: 7,
    },
  )
  .map((parts) => parts.flat());

/** So many sessions at least and at most, named by number, each of which may stand there in another version. */
export function sessions(minLength: number, maxLength: number): fc.Arbitrary<Extract[]> {
  const one = fc.record({ steps, day: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }) });
  return fc
    .array(one, { minLength, maxLength })
    .map((list) => list.map(({ steps, day }, n) => told(`s${String(n).padStart(3, '0')}`, steps, day)));
}

export function told(id: string, steps: Step[], day?: number): Extract {
  return tell({ id, task: `t${id.length % 3}`, steps, ...(day !== undefined && { day: `2026-03-0${day}` }) });
}

/** All that a finding says. */
export function plain(found: Iterable<Finding>): unknown[] {
  return Array.from(found, ({ sightings, against, ...rest }) => ({
    ...rest,
    sightings: sightings.map(({ session, quote, events, wasted, words: whose, at }) => {
      return [session.session, quote, events, wasted, whose, at];
    }),
    against: against.map(({ session, quote }) => [session.session, quote]),
  }));
}
