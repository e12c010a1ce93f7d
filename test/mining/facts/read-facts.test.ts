// Facts as bytes: whatever they are, they come back as they were, and bytes that are none of ours are an error.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import type { Asked } from '../../../src/mining/asked-types.ts';
import type { ObservedValue } from '../../../src/mining/extract-types.ts';
import type { ChangeFact, Doings, ErrorFact, Facts, Given, Marks, RunsFact } from '../../../src/mining/fact-types.ts';
import { newFailures } from '../../../src/mining/facts/read-facts.ts';
import {
  askedIn,
  doingsIn,
  errorsIn,
  failuresIn,
  givenIn,
  headOfExtract,
  markedSteps,
  packedMarks,
  StoredMarks,
  stepsIn,
} from '../../../src/mining/packed-head.ts';
import type { Marked } from '../../../src/store/pack-blocks.ts';
import { type Head, Heads, headOf } from '../../../src/store/pack-heads.ts';

const whole = fc.oneof(fc.nat(300), fc.maxSafeNat());
const number = fc.oneof(whole, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()).map((n) => n + 0);
// Units of any kind: a text may have been cut in the middle of a letter.
const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
);
const few = <T>(items: fc.Arbitrary<T>) => fc.array(items, { maxLength: 3 });
const texts = few(text);
const value: fc.Arbitrary<ObservedValue> = fc.oneof(text, number, fc.boolean());
const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T, never>(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const yes = fc.constant(true as const);
const both = <A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>) =>
  fc.tuple(a, b).map(([one, other]) => ({ ...one, ...other }));

const change = both(
  fc.record({
    pointer: text,
    from: text,
    to: text,
    value: whole,
    pair: whole,
    alike: number,
    way: fc.integer({ min: -1, max: 1 }),
    source: fc.constantFrom('own' as const, 'shown' as const, 'outside' as const),
  }),
  some({ looksAlike: number, quoted: yes, named: yes, inVain: yes, adjusted: yes }),
) as fc.Arbitrary<ChangeFact>;
const repair = both(
  fc.record({
    place: whole,
    changed: few(change),
    between: whole,
    tools: texts,
    sharing: texts,
    fresh: texts,
  }),
  some({ sole: yes }),
);
const again = both(fc.record({ steps: whole, helpers: texts }), some({ worked: yes, seconds: number }));
const reading = fc.record({ kind: text, prefix: text, masked: text, plain: text });
const error = both(
  fc.record({
    place: whole,
    tool: text,
    tries: whole,
    cost: whole,
    words: fc.constantFrom('outside', 'local', 'unsure'),
  }),
  some({ at: text, reading, repair, again, tokens: number, usd: number }),
) as fc.Arbitrary<ErrorFact>;
const spot = both(fc.record({ place: fc.nat() }), some({ at: text }));
const words = fc.record({ wanted: texts, unwanted: texts });
const deed = both(fc.record({ tool: text, place: whole }), some({ argument: text, to: text }));
const work = fc.record({ calls: whole, call: whole, deeds: few(deed) });
const saying = fc.record({ points: fc.nat().map((n) => n / 2), since: whole, words });
const turn = both(fc.record({ place: whole }), some({ at: text, saying, work, lacks: words }));
const shared = turn.map((one) => ({ ...one, lacks: one.saying?.words ?? one.lacks }));
const facts: fc.Arbitrary<Facts> = fc.record({
  turns: few(fc.oneof(turn, shared)),
  graded: few(both(fc.record({ grade: fc.nat() }), some({ work }))),
  errors: few(error),
  tools: few(fc.record({ tool: text, worked: whole, followed: whole })),
  repeats: few(fc.record({ error: whole, again: fc.nat(), worked: fc.boolean() })),
  rounds: few(both(spot, fc.record({ tools: texts, rounds: whole, wasted: whole }))),
  undone: few(both(spot, fc.record({ tool: text, calls: whole }))),
  first: few(
    fc.record({
      tool: text,
      place: whole,
      given: few(fc.tuple(text, value)),
      read: few(whole),
    }),
  ),
  shown: few(fc.tuple(text, text, value)),
  steps: fc.record({
    kinds: few(fc.record({ tool: text, status: fc.constantFrom('ok', 'error', 'denied') })),
    runs: few(fc.tuple(whole, whole, whole).chain((run) => few(whole).map((more) => [...run, ...more]))),
  }) as fc.Arbitrary<RunsFact>,
}) as fc.Arbitrary<Facts>;
const numbers = fc.uint32Array({ maxLength: 20 });
const marks: fc.Arbitrary<Marks> = fc.record({
  sketch: numbers,
  steps: numbers,
  stepKeys: numbers,
  promptKeys: numbers,
});

// After other bytes, so that nothing stands where the machine would have numbers stand.
function headIn(words: readonly string[], bytes: Uint8Array): Head {
  const head = headOf(
    words.map((_, i) => i),
    bytes,
  );
  return new Heads({ whole: Buffer.concat([Buffer.alloc(3, 7), head, Buffer.alloc(9, 255)]) }, words).at(
    3,
    head.length,
  );
}

const NO_FACTS = {
  ...{ errors: [], tools: [], repeats: [], rounds: [], undone: [], first: [], shown: [] },
  ...{ steps: { kinds: [], runs: [] }, turns: [], graded: [] },
};

// After other numbers and before others.
const marked = (found: Marks): Marked => {
  const own = packedMarks(found);
  return { numbers: Uint32Array.from([7, 7, ...own, 9]), from: 2, end: 2 + own.length };
};
const allMarks = (marks: Marked, head: Head) => {
  const { sketch, steps, stepKeys, promptKeys } = new StoredMarks({ head: () => head, marks: () => marks });
  return [sketch, steps, stepKeys, promptKeys];
};

it('come back as they were, each part by itself', () => {
  fc.assert(
    fc.property(facts, marks, (all, found) => {
      const { words, bytes } = headOfExtract(found, all);
      const head = headIn(words, bytes);
      const { errors, tools, repeats, rounds, undone, first, shown, steps, turns, graded } = all;
      expect(stepsIn(head)).toEqual(steps);
      expect(askedIn(head)).toEqual({ turns, graded } satisfies Asked);
      expect(givenIn(head)).toEqual({ first, shown } satisfies Given);
      expect(doingsIn(head, newFailures())).toEqual({ errors, tools, repeats, rounds, undone } satisfies Doings);
      expect(errorsIn(head, newFailures())).toEqual(errors);
      expect(failuresIn(head, newFailures())).toEqual(
        errors.map(({ tool, reading: words }) => ({ tool, ...(words && { reading: words }) })),
      );
      expect(allMarks(marked(found), head)).toEqual([found.sketch, found.steps, found.stepKeys, found.promptKeys]);
    }),
  );
});

it('share one object among errors in the same words', () => {
  const said = { kind: 'k', prefix: '', masked: 'm', plain: 'm' };
  const failed = (tool: string): ErrorFact => ({ place: 0, tool, tries: 0, cost: 0, words: 'local', reading: said });
  const { words, bytes } = headOfExtract(
    { sketch: [], steps: new Uint32Array(), stepKeys: [], promptKeys: [] },
    { ...NO_FACTS, errors: [failed('a'), failed('b'), failed('a')] },
  );
  const [one, two, three] = failuresIn(headIn(words, bytes), newFailures());
  expect(one).toBe(three);
  expect(one).not.toBe(two);
  expect(words).toHaveLength(2);
});

it('that a disk changed are an error that says so, or other facts; never anything else', () => {
  fc.assert(
    fc.property(facts, marks, fc.nat(), fc.nat(255), fc.boolean(), (all, found, at, byte, cut) => {
      const { words, bytes } = headOfExtract(found, all);
      const place = at % bytes.length;
      const changed = cut ? bytes.subarray(0, place) : Buffer.from(bytes);
      if (!cut) changed[place] = byte;
      for (const read of [stepsIn, givenIn, askedIn, markedSteps, (head: Head) => doingsIn(head, newFailures())]) {
        try {
          read(headIn(words, changed));
        } catch (failed) {
          expect(failed).toBeInstanceOf(UserError);
        }
      }
    }),
  );
});

it('marks that a disk changed are an error that says so, or other marks', () => {
  fc.assert(
    fc.property(marks, fc.nat(), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (found, at, number) => {
      const { numbers, from, end } = marked(found);
      numbers[from + (at % (end - from))] = number;
      try {
        allMarks({ numbers, from, end }, headIn([], headOfExtract(found, NO_FACTS).bytes));
      } catch (failed) {
        expect(failed).toBeInstanceOf(UserError);
      }
    }),
  );
});
