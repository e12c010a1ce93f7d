// What sessions say about one error adds up to the same, to the last bit, however they are parted and in whatever order they come.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChangeCounts, ChangeRows, changeTally } from '../../../src/mining/detectors/change-tally.ts';
import { addSums, countVote, newSums, plainSums, type Vote } from '../../../src/mining/detectors/tally.ts';
import type { ChangeFact, RepairFact } from '../../../src/mining/fact-types.ts';

const few = fc.integer({ min: 0, max: 3 });
const tools = fc.uniqueArray(fc.constantFrom('oil', 'wipe', 'look'), { maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 6 });
const flag = fc.constantFrom(true as const, undefined);

const change: fc.Arbitrary<ChangeFact> = fc
  .record({
    pair: few,
    value: few,
    way: fc.constantFrom(-1, 0, 1),
    source: fc.constantFrom('own', 'own', 'shown', 'outside'),
    flags: fc.tuple(flag, flag, flag, flag),
  })
  .map(({ pair, value, way, source, flags: [quoted, named, inVain, adjusted] }) => {
    // What a pair is like follows from the pair.
    const words = { from: 'a'.repeat(1 + (pair % 2)), to: `b${pair}`, alike: pair < 2 ? 0.1 : 1 / 3 };
    const flags = { ...(quoted && { quoted }), ...(named && { named }), ...(inVain && { inVain }) };
    return { pointer: '/way', ...words, value, pair, way, source, ...flags, ...(adjusted && { adjusted }) };
  });

const repair = fc
  .record({ changed: fc.array(change, { maxLength: 1 }), between: few, sharing: tools, fresh: tools, sole: flag })
  .map(({ sole, ...rest }): RepairFact => ({ place: 1, tools: [], ...rest, ...(sole && { sole }) }));

const vote = fc
  .record({
    events: fc.integer({ min: 1, max: 3 }),
    tries: few,
    repair: maybe(repair),
    spent: maybe(fc.tuple(few, fc.double({ min: 0, max: 1, noNaN: true }))),
    repeated: maybe(fc.boolean()),
  })
  .map(({ events, tries, repair: got, spent, repeated }): Vote => {
    const cost = { cost: tries + 1, ...(spent && { tokens: spent[0], usd: spent[1] }) };
    const error = { place: 0, tool: 'mend', tries, words: 'local' as const, ...cost, ...(got && { repair: got }) };
    return { error, events, ...(repeated !== undefined && { repeated }) };
  });

function sumsOf(votes: readonly Vote[]) {
  const sums = newSums();
  for (const one of votes) countVote(sums, one);
  return sums;
}

function changeOf(parts: readonly (readonly Vote[])[]) {
  const found = parts.flatMap((votes) => {
    const [counts, rows] = [new ChangeCounts(), new ChangeRows()];
    for (const { error } of votes) for (const one of error.repair?.changed ?? []) counts.count(one);
    const kept = counts.kept(rows);
    return kept.map(([, own]) => ({ change: own, kept: { columns: rows.columns() } }));
  });
  const { mostFrequent, clearest, ...sums } = changeTally(found);
  return { ...sums, most: mostFrequent().count, clearest: clearest() };
}

// Plainly: the pairs that may be shown, counted, and the first of all by the order that is told.
function clearestOf(votes: readonly Vote[]): { from: string; to: string } | undefined {
  const changes = votes.flatMap(({ error }) => error.repair?.changed ?? []);
  const isLocal = changes.some(({ source }) => source !== 'outside');
  const shown = changes.filter(({ source }) => source === (isLocal ? 'own' : 'outside'));
  const times = (pair: number) => shown.filter((one) => one.pair === pair).length;
  const key = ({ from, to }: ChangeFact) => JSON.stringify([from, to]);
  const order = (a: ChangeFact, b: ChangeFact) =>
    times(b.pair) - times(a.pair) ||
    b.alike - a.alike ||
    key(a).length - key(b).length ||
    Number(key(a) > key(b)) - Number(key(a) < key(b));
  const [first] = [...shown].sort(order);
  return first && { from: first.from, to: first.to };
}

const parted = fc.tuple(
  fc.array(vote, { maxLength: 12 }),
  fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 12, maxLength: 12 }),
);

it('sums are those of all sessions at once', () => {
  fc.assert(
    fc.property(parted, ([votes, parts]) => {
      const sums = newSums();
      for (let part = 11; part >= 0; part--)
        addSums(sums, JSON.parse(JSON.stringify(plainSums(sumsOf(votes.filter((_, i) => parts[i] === part))))));
      expect(sums).toEqual(sumsOf(votes));
    }),
  );
});

it('the value of most repairs and the clearest pair are those of all sessions at once', () => {
  fc.assert(
    fc.property(parted, ([votes, parts]) => {
      const lists = Array.from({ length: 12 }, (_, part) => votes.filter((_, i) => parts[i] === 11 - part));
      const whole = changeOf([votes]);
      expect(changeOf(lists)).toEqual(whole);
      expect(whole.clearest).toEqual(clearestOf(votes));
    }),
    { numRuns: 300 },
  );
});
