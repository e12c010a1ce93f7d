// Wishes that were taken back: the latest one counts, the earlier one is shown and is no lesson.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correction } from '../../../src/mining/detectors/correction.ts';
import type { Said } from '../../../src/mining/detectors/said.ts';
import { supersede } from '../../../src/mining/detectors/superseded.ts';
import { sayingIn } from '../../../src/mining/facts/corrective.ts';
import { extractOf } from '../extracts.ts';
import type { Told } from '../tell.ts';
import { contextOf } from './context.ts';

const session = (n: number, day: string, user: string, by = 'mara'): Told => ({
  id: `s${String(n).padStart(2, '0')}`,
  day,
  by,
  steps: [{ call: 'write', input: { n }, ok: '' }, { user }],
});
const findings = (...told: Told[]) => correction.detect(contextOf(told));
const day = (n: number) => `2026-04-${String(n).padStart(2, '0')}`;
const LITRES = 'No, give the amounts in whole litres.';
const EXACT = 'Again, exact amounts with two digits, always.';

describe('a later wish about the same thing', () => {
  const litres = [1, 2, 3].map((n) => session(n, day(n), LITRES));
  const exact = [4, 5, 6].map((n) => session(n, day(n), EXACT));

  it('takes the place of the earlier one, in other words too', () => {
    const all = findings(...litres, ...exact);
    const [kept, gone] = [all.find((f) => /exact/.test(f.claim)), all.find((f) => /litres/.test(f.claim))];
    expect(kept?.doubt).toBeUndefined();
    expect(kept?.note).toBe('3 sessions said the opposite; the latest wins');
    expect(kept?.against).toHaveLength(3);
    expect(gone?.doubt).toMatch(
      /^taken back: 3 later sessions asked otherwise about the same, last with .*exact amounts/,
    );
  });

  it('does so where one word took the place of another', () => {
    const first = [1, 2, 3].map((n) => session(n, day(n), 'No, use commas for the table columns.'));
    const then = [4, 5, 6].map((n) => session(n, day(n), 'No, use tabs for the table columns.'));
    const all = findings(...first, ...then);
    expect(all.map((f) => [/commas/.test(f.claim), f.doubt === undefined])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('leaves it alone where both were said in turns, or by other people, or without a date', () => {
    const turns = [1, 3, 5].map((n) => session(n, day(n), LITRES));
    const other = [2, 4, 6].map((n) => session(n, day(n), EXACT));
    expect(findings(...turns, ...other).map((f) => f.doubt)).toEqual([undefined, undefined]);
    const eve = [4, 5, 6].map((n) => session(n, day(n), EXACT, 'eve'));
    expect(findings(...litres, ...eve).map((f) => f.doubt)).toEqual([undefined, undefined]);
  });

  it('needs more than two of each, which chance would put in this order one time in three', () => {
    const all = findings(...litres.slice(0, 2), ...exact.slice(0, 2));
    expect(all.map((f) => f.doubt)).toEqual([undefined, undefined]);
  });
});

describe('what nobody is certain to have meant as a correction', () => {
  it('counts where a protest is repeated in like words', () => {
    const words = ['No, attach a sketch.', 'Wrong. attach a sketch.', 'Please attach a sketch.'];
    const [found, ...more] = findings(...words.map((w, n) => session(n, day(n + 1), w)));
    expect(more).toEqual([]);
    expect(found?.sightings).toHaveLength(3);
  });

  it('does not where people only ask for work', () => {
    const words = ['Please attach a sketch.', 'Please attach a sketch.', 'Please attach the sketch.'];
    expect(findings(...words.map((w, n) => session(n, day(n + 1), w)))).toEqual([]);
    expect(sayingIn('Please attach a sketch?', false)).toBeUndefined();
    expect(sayingIn('please, I would like the aisle', false)).toBeUndefined();
  });
});

describe('the moment at which one word took the place of another', () => {
  const saying = (n: number, words: readonly string[]): Said => ({
    sentence: words.join(' '),
    points: 2,
    words: new Map(words.map((word) => [word, 1])),
    session: extractOf(`s${n}`),
    since: 1,
    quote: { cite: { event: 'e', sha256: '' }, text: 'x' },
    at: day(1 + Math.floor(n / 2)),
    event: 'e',
  });

  // By its definition: at every cut, every word is looked for in all sayings on both sides.
  const byDefinition = (said: readonly Said[]): number => {
    const words = [...new Set(said.flatMap((s) => [...s.words.keys()]))];
    for (let cut = 1; cut < said.length; cut++) {
      const [before, after] = [said.slice(0, cut), said.slice(cut)];
      const only = (mine: readonly Said[], other: readonly Said[]) =>
        words.some((w) => mine.every((s) => s.words.has(w)) && !other.some((s) => s.words.has(w)));
      const ways = before.reduce((product, _, i) => (product * (said.length - i)) / (i + 1), 1);
      const isLater = (before.at(-1)?.at ?? '') < (after[0]?.at ?? '');
      if (isLater && 1 / ways <= 0.05 && only(before, after) && only(after, before)) return cut;
    }
    return said.length;
  };

  it('is the first at which all said the one before and all the other after it', () => {
    const word = fc.subarray(['tables', 'commas', 'tabs', 'always', 'never']);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.nat(6), fc.nat(6), (some, m, n) => {
        const told = [...some, ...Array(m).fill(['commas', 'tables']), ...Array(n).fill(['tabs', 'tables'])];
        const said = told.map((words, i) => saying(i, words));
        expect(supersede([said])[0]?.said).toHaveLength(byDefinition(said));
      }),
      { numRuns: 300 },
    );
  });
});
