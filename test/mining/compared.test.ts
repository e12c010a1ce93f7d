// Which sessions outcomes are compared over: all of a few thousand, and of more so many that a night's new ones change nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparedOf } from '../../src/mining/compared.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { extractOf } from './extracts.ts';

const LEAST = 8192;
const START = Date.UTC(2026, 0, 1);

/** Sessions of one minute each, in the order of their names. */
function sessionsFrom(from: number, until: number): Extract[] {
  return Array.from({ length: until - from }, (_, i) => sessionAt(from + i));
}

function sessionAt(n: number): Extract {
  return extractOf(`ses_${String(n).padStart(7, '0')}`, { at: new Date(START + n * 60_000).toISOString() });
}

const names = (sessions: readonly Extract[]) => sessions.map(({ session }) => session);

describe('comparedOf', () => {
  it('compares all of fewer than 8,192 sessions', () => {
    const sessions = sessionsFrom(0, LEAST - 1);
    expect(comparedOf(sessions)).toEqual({ sessions, older: 0, newer: 0 });
  });

  it('leaves out less than a twentieth of any more, at both ends of time, and keeps the order given', () => {
    for (const size of [LEAST, LEAST + 1, 10_000, 16_383, 16_384, 20_000]) {
      const sessions = sessionsFrom(0, size).toReversed();
      const { sessions: compared, older, newer } = comparedOf(sessions);
      expect(compared.length + older + newer).toBe(size);
      expect(older + newer).toBeLessThan(size / 20);
      expect(older).toBeLessThanOrEqual(size / 128);
      expect(names(compared)).toEqual(names(sessions.slice(newer, size - older)));
    }
  });

  it('takes in the new ones of several nights at once: on most nights the same are compared as before', () => {
    const nights = Array.from({ length: 40 }, (_, night) =>
      names(comparedOf(sessionsFrom(0, 8300 + 25 * night)).sessions),
    );
    const changes = nights.filter((found, i) => i > 0 && found.join() !== nights[i - 1]?.join()).length;
    expect(changes).toBeGreaterThan(1); // it does go on
    expect(changes).toBeLessThanOrEqual(5);
  });

  it('also where as many old ones are given up every night', () => {
    const nights = Array.from({ length: 40 }, (_, night) =>
      names(comparedOf(sessionsFrom(10 * night, 20_000 + 10 * night)).sessions),
    );
    const changes = nights.filter((found, i) => i > 0 && found.join() !== nights[i - 1]?.join()).length;
    expect(changes).toBeLessThanOrEqual(10);
  });

  it('chooses the same ones in whatever order they come; undated ones are the oldest', () => {
    const dated = sessionsFrom(0, LEAST + 300);
    const undated = Array.from({ length: 40 }, (_, i) => extractOf(`ses_undated-${i}`));
    const all = [...dated, ...undated];
    const expected = new Set(names(comparedOf(all).sessions));
    expect([...expected].filter((name) => name.includes('undated')).length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: all.length - 1 }), (by) => {
        const turned = [...all.slice(by), ...all.slice(0, by)];
        expect(new Set(names(comparedOf(turned).sessions))).toEqual(expected);
      }),
      { numRuns: 10, seed: 7 },
    );
  });
});
