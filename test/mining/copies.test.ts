// Copies: forks and re-exports count once, runs that merely went alike count each.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapseCopies } from '../../src/mining/copies.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { assignTasks } from '../../src/mining/strata.ts';
import { callsOf, extractOf } from './extracts.ts';
import { storedOf } from './stored.ts';

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => (from + i) * 1000);
const names = (n: number) => Array.from({ length: n }, (_, i) => `step${i}`);
const outcome = (extracts: Extract[]) => {
  const { kept, collapsed } = collapseCopies(extracts);
  return { kept: kept.map((e) => e.session), collapsed };
};

describe('collapseCopies', () => {
  it('collapses sessions with equal content into the smallest id', () => {
    const extracts = ['b', 'c', 'a'].map((s) => extractOf(s, { content: 'same' }));
    expect(outcome(extracts)).toEqual({
      kept: ['a'],
      collapsed: [
        { session: 'b', of: 'a' },
        { session: 'c', of: 'a' },
      ],
    });
  });

  it('collapses a fork into the longer session it grew into', () => {
    const short = extractOf('a', { sketch: ids(0, 20), actions: callsOf(names(3)) });
    const long = extractOf('b', { sketch: ids(0, 90), actions: callsOf(names(9)) });
    expect(outcome([short, long])).toEqual({ kept: ['b'], collapsed: [{ session: 'a', of: 'b' }] });
  });

  it('sees a fork of a session far longer than a sketch', () => {
    const all = ids(0, 1000)
      .map((id) => (id * 7919) % 1_000_003)
      .sort((a, b) => a - b);
    const fork = all.filter((_, i) => i % 2 === 0);
    expect(
      outcome([extractOf('a', { sketch: all.slice(0, 128) }), extractOf('b', { sketch: fork.slice(0, 128) })])
        .collapsed,
    ).toHaveLength(1);
  });

  it('keeps sessions that share few ids', () => {
    const extracts = [
      extractOf('a', { sketch: ids(0, 40) }),
      extractOf('b', { sketch: ids(25, 65) }),
      extractOf('c', { sketch: ids(200, 202) }),
      extractOf('d', { sketch: ids(200, 202) }),
    ];
    expect(outcome(extracts).collapsed).toEqual([]);
  });

  it('collapses long runs whose calls and results are nearly all equal', () => {
    const a = extractOf('a', { actions: callsOf(names(20)) });
    const b = extractOf('b', { actions: callsOf([...names(19), 'other']) });
    expect(outcome([a, b])).toEqual({ kept: ['a'], collapsed: [{ session: 'b', of: 'a' }] });
  });

  it('keeps short runs of a task that went alike, and long ones with other results', () => {
    const short = [extractOf('a', { actions: callsOf(names(5)) }), extractOf('b', { actions: callsOf(names(5)) })];
    const long = [
      extractOf('c', { actions: callsOf(names(20)) }),
      extractOf('d', { actions: callsOf(names(20), 'other') }),
    ];
    expect(outcome([...short, ...long]).collapsed).toEqual([]);
  });

  it('tells a run that polled twice from one that polled twenty times', () => {
    const poll = (n: number) => callsOf([...names(8), ...Array<string>(n).fill('poll')]);
    expect(outcome([extractOf('a', { actions: poll(2) }), extractOf('b', { actions: poll(20) })]).collapsed).toEqual(
      [],
    );
  });

  it('does not depend on the order of the sessions', () => {
    const extracts = [
      extractOf('a', { content: 'x', actions: callsOf(names(9)) }),
      extractOf('b', { content: 'x' }),
      extractOf('c', { actions: callsOf([...names(9), 'one more']) }),
      extractOf('d', { sketch: ids(0, 9) }),
      extractOf('e', { sketch: ids(0, 10) }),
    ];
    expect(outcome([...extracts].reverse())).toEqual(outcome(extracts));
    expect(outcome(extracts)).toEqual({
      kept: ['c', 'd'],
      collapsed: [
        { session: 'a', of: 'c' },
        { session: 'b', of: 'c' },
        { session: 'e', of: 'd' },
      ],
    });
  });

  it('finds the same copies, and the same tasks, among stored sessions, wherever they lie', () => {
    const id = fc.integer({ min: 0, max: 60 });
    const session = fc.record({
      sketch: fc.uniqueArray(id, { maxLength: 12 }).map((all) => all.sort((a, b) => a - b)),
      calls: fc.array(fc.constantFrom('cut', 'fold'), { maxLength: 12 }),
      prompt: fc.constantFrom('', 'Fold the blue sheet into a crane now.', 'Fold the red sheet into a crane now.'),
      task: fc.constantFrom(undefined, 't1'),
    });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 12 }), fc.array(fc.nat()), (made, turns) => {
        const extracts = made.map(({ sketch, calls, prompt, task }, i) =>
          extractOf(`s${(i * 7) % 13}`, {
            ...{ sketch, content: `c${i}`, actions: callsOf(calls), prompt },
            ...(task !== undefined && { task }),
          }),
        );
        const stored = storedOf(extracts).sort((a, b) => (turns[a.sketch.length] ?? 0) - (turns[b.sketch.length] ?? 0));
        expect(outcome(stored)).toEqual(outcome(extracts));
        expect(assignTasks(stored)).toEqual(assignTasks(extracts));
      }),
      { numRuns: 60 },
    );
  });
});
