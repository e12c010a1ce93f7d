// Which sessions are read: the same ones in whatever order they come, bounded, failures beside their passes, and no finding shown over and over.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { mineGround } from '../../../src/mining/mine.ts';
import { chooseSample } from '../../../src/mining/reading/sample.ts';
import { makeSettings } from '../../learning/make-card.ts';
import { tell } from '../tell.ts';
import { metresSession } from './digests.ts';

const day = (n: number) => new Date(Date.UTC(2026, 2, 1) + n * 86_400_000).toISOString().slice(0, 10);
const run = (n: number, task: string, outcome?: 'pass' | 'fail', error?: string): Extract =>
  tell({
    id: `r${n}`,
    task,
    day: day(n),
    ...(outcome && { header: { label: { outcome } } }),
    steps: [
      { user: `do ${task} for crew ${n}` },
      { call: 'probe', input: { n }, ...(error === undefined ? { ok: `done ${n}` } : { error }) },
      { call: 'probe', input: { n, again: true }, ok: `done ${n}` },
    ],
  });
const chosen = (extracts: readonly Extract[], most: number) =>
  chooseSample(mineGround(extracts, makeSettings().dream), most);

describe('a sample', () => {
  it('holds a failure and the pass of the same task after it, and not the pass before', () => {
    const sessions = [
      run(1, 'a', 'pass'),
      run(2, 'a', 'fail'),
      run(3, 'a', 'pass'),
      run(4, 'b', 'fail'),
      run(5, 'c', 'pass'),
    ];
    expect(chosen(sessions, 10)).toEqual([
      { session: 'r2', because: 'pair' },
      { session: 'r3', because: 'pair' },
    ]);
  });

  it('holds sessions in which people spoke again, one of each task before a second of any', () => {
    const sessions = Array.from({ length: 12 }, (_, n) => tell(metresSession(n)));
    const told = chosen(sessions, 8).filter(({ because }) => because === 'told');
    expect(told.length).toBeGreaterThan(3);
    expect(new Set(told.slice(0, 3).map(({ session }) => Number(session.slice(1)) % 3)).size).toBe(3);
  });

  it('shows a second finding before the first one over and over', () => {
    const heavy = Array.from({ length: 20 }, (_, n) =>
      run(n, `t${n % 5}`, undefined, 'the crate is too heavy to lift'),
    );
    const rare = Array.from({ length: 3 }, (_, n) => run(30 + n, `u${n}`, undefined, 'no such valve in section four'));
    const names = chosen([...heavy, ...rare], 8).map(({ session }) => Number(session.slice(1)));
    expect(names.some((n) => n >= 30)).toBe(true);
    expect(names.some((n) => n < 30)).toBe(true);
  });

  it('is the same for the same sessions in any order, has no copies, and is never longer than asked', () => {
    const sessions = [
      ...Array.from({ length: 10 }, (_, n) => tell(metresSession(n))),
      ...Array.from({ length: 20 }, (_, n) =>
        run(n, `t${n % 4}`, n % 3 === 0 ? 'fail' : 'pass', n % 2 === 0 ? 'too heavy' : undefined),
      ),
    ];
    const whole = chosen(sessions, 12);
    expect(whole).toHaveLength(12);
    expect(new Set(whole.map(({ session }) => session)).size).toBe(12);
    fc.assert(
      fc.property(fc.shuffledSubarray(sessions, { minLength: sessions.length }), fc.nat(40), (shuffled, most) => {
        expect(chosen(shuffled, 12)).toEqual(whole);
        expect(chosen(shuffled, most).length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 10 },
    );
    const copy = { ...tell(metresSession(0)), session: 'copy' };
    expect(chosen([...sessions, copy], 40).filter(({ session }) => ['m0', 'copy'].includes(session))).toHaveLength(1);
  });
});
