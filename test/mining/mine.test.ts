// Mining as a whole: planted mistakes are found, noise is not, and the order of the sessions leaves no trace.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mine } from '../../src/mining/mine.ts';
import { type Step, type Told, tell } from './tell.ts';

const settings = { min_sessions: 3, min_tasks: 2 };
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

/** Ten sessions of five tasks: a fixable error in six, a loop in four, a wish repeated in three. */
function world(): Told[] {
  return Array.from({ length: 10 }, (_, n) => {
    const site = `site-${n % 5}`;
    const steps: Step[] = [
      { user: `fly mission ${n}: ${['survey', 'rescue', 'cargo', 'photo', 'sample'][n % 5]}` },
      { call: 'scan', input: { site }, ok: `slope ${n}` },
    ];
    if (n < 6) {
      steps.push({ call: 'land', input: { site, altitude: 300 }, error: `Error: descent too fast at ${290 + n} m` });
      steps.push({ call: 'land', input: { site, altitude: 450 }, ok: `down ${n}` });
    }
    if (n >= 3 && n < 7) for (let i = 0; i < 3; i++) steps.push({ call: 'status', input: {}, ok: 'idle' });
    if (n >= 7) steps.push({ user: "don't use imperial units in reports" });
    return { id: `s${n}`, task: site, day: day(n), by: `p${n % 2}`, steps };
  });
}

describe('mine', () => {
  const mined = mine(world().map(tell), settings);

  it('finds what was planted and nothing else', () => {
    expect(mined.cards.map((c) => [c.kind, c.tool, c.grade, c.counts.sessions, c.counts.tasks])).toEqual(
      expect.arrayContaining([
        ['error_fix', 'land', 'C', 6, 5],
        ['loop', 'status', 'C', 4, 4],
        ['preference', undefined, 'C', 3, 3],
      ]),
    );
    expect(mined.cards).toHaveLength(3);
    expect(mined.cards.find((c) => c.kind === 'error_fix')).toMatchObject({
      change: { argument: '/altitude', from: '300', to: '450' },
    });
  });

  it('says what it read and which families stayed silent, and why', () => {
    expect(mined).toMatchObject({ sessions: 10, collapsed: 0, strata: 5, informative_strata: 0 });
    expect(mined.newest?.slice(0, 10)).toBe(day(9));
    expect(mined.silent.map((s) => s.family)).toEqual([
      'blind_retry',
      'thrash',
      'gap',
      'workflow',
      'argument_rule',
      'association',
    ]);
    expect(mined.silent.every((s) => s.reason.length > 20)).toBe(true);
    expect(mined.silent.find((s) => s.family === 'association')?.reason).toMatch(/^not searched/);
  });

  it('names passes that the transcript does not bear out, and counts no stratum by them', () => {
    const calls: Step[] = [{ user: 'land at the crater' }, { call: 'scan', input: {}, ok: 'flat' }];
    const told = (id: string, task: string, outcome: 'pass' | 'fail', steps: Step[]): Told => ({
      ...{ id, task, day: day(1), by: 'p', steps },
      header: { label: { outcome, name: 'reward' } },
    });
    const said: Step = { user: 'land there' };
    const sessions = [
      told('a', 'crater', 'pass', calls),
      told('b', 'crater', 'pass', calls),
      told('c', 'crater', 'pass', [said]),
      told('d', 'mare', 'pass', [said, { call: 'scan', input: {}, error: 'Error: no power' }]),
      told('e', 'mare', 'fail', calls),
    ];
    const { suspect, informative_strata } = mine(sessions.map(tell), settings);
    expect(suspect).toEqual([
      { session: 'c', why: 'idle' },
      { session: 'd', why: 'failing' },
    ]);
    expect(informative_strata).toBe(0);
    expect(mined.suspect).toEqual([]);
  });

  it('gives the same bytes in whatever order the sessions come', () => {
    const extracts = world().map(tell);
    fc.assert(
      fc.property(fc.shuffledSubarray(extracts, { minLength: extracts.length }), (shuffled) => {
        expect(JSON.stringify(mine(shuffled, settings))).toBe(JSON.stringify(mined));
      }),
      { numRuns: 10 },
    );
  });

  it('does not change what it is given', () => {
    const extracts = world().map(tell);
    const before = JSON.stringify(extracts);
    mine(extracts, settings);
    expect(JSON.stringify(extracts)).toBe(before);
  });

  it('keeps the names of findings when more sessions arrive', () => {
    const later = mine(
      [...world(), ...world().map((t) => ({ ...t, id: `t${t.id}`, day: day(40) }))].map(tell),
      settings,
    );
    const names = (m: typeof mined) => m.cards.map((c) => c.fingerprint).sort();
    expect(names(later)).toEqual(names(mined));
  });

  it('has nothing to say about nothing', () => {
    const { cards, silent, newest } = mine([], settings);
    expect([cards, newest]).toEqual([[], undefined]);
    expect(silent).toHaveLength(9);
  });
});

it('makes no lesson of errors that come and go by chance', () => {
  // Failures that depend on nothing: every call has arguments of its own, every tenth fails.
  let seed = 7;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >>> 8) % n;
  };
  const told = Array.from({ length: 60 }, (_, s): Told => {
    const steps = Array.from({ length: 20 }, (): Step => {
      const call = `tool${random(3)}`;
      const input = { path: `dir/file${random(500)}`, n: random(1000), flag: true };
      return random(10) === 0
        ? { call, input, error: `Error: request ${random(9999)} failed` }
        : { call, input, ok: `${random(9999)}` };
    });
    return { id: `s${s}`, task: `t${s % 12}`, day: day(s), steps };
  });
  expect(mine(told.map(tell), settings).cards.filter((c) => c.grade !== 'D')).toEqual([]);
});
