// Errors and what got past them: counts are of sessions, and only what was counted is claimed.
import { describe, expect, it } from 'vitest';
import { errorFix } from '../../../src/mining/detectors/error-fix.ts';
import type { Step } from '../tell.ts';
import { sessionsOf } from './context.ts';

const TOO_FAST = 'Error: descent too fast at 300 m';
const descend = (site: string, altitude: number, end: { ok?: string; error?: string }): Step => ({
  call: 'descend',
  input: { site, altitude },
  ...end,
});
const repaired = (site: string): Step[] => [
  descend(site, 300, { error: TOO_FAST }),
  { call: 'think', input: { about: 'speed' }, ok: '' },
  descend(site, 450, { ok: 'down' }),
];
const only = (...steps: Step[][]) => {
  const findings = errorFix.detect(sessionsOf(...steps));
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  if (finding === undefined) throw new Error('one finding was expected');
  return finding;
};

describe('a changed argument', () => {
  it('is named with its counts, from and to, and an exact p', () => {
    const { change, claim, doubt, sightings } = only(repaired('a'), repaired('b'), repaired('c'), repaired('d'));
    expect(change).toEqual({
      argument: '/altitude',
      from: '300',
      to: '450',
      changed: 4,
      repaired: 4,
      failed: 4,
      p: 0.125,
    });
    expect(claim).toBe(
      'descend failed with “Error: descent too fast at <num> m” in 4 sessions; in 4 of 4 the next successful call, within 5, changed altitude.',
    );
    expect(doubt).toBeUndefined();
    expect(sightings.map((s) => [s.session.session, s.events, s.wasted])).toEqual([
      ['s1', 1, 2],
      ['s2', 1, 2],
      ['s3', 1, 2],
      ['s4', 1, 2],
    ]);
  });

  it('has one vote a session however often the error occurred there, and that of the occurrence that was got past', () => {
    const stubborn: Step[] = [300, 310, 320].map((m) => descend('d', m, { error: TOO_FAST }));
    const { change, sightings } = only(repaired('a'), repaired('b'), repaired('c'), [
      ...stubborn,
      { call: 'think', ok: '' },
      descend('d', 500, { ok: 'down' }),
    ]);
    expect([change?.changed, change?.repaired, change?.failed]).toEqual([4, 4, 4]);
    expect(sightings.map((s) => s.events)).toEqual([1, 1, 1, 3]);
  });

  it('is told from one that differs in every call: the one in the error text wins', () => {
    const edit = (n: number, text: string, end: { ok?: string; error?: string }): Step => ({
      call: 'edit',
      input: { file: 'a.md', comment: `try ${n}`, find: text },
      ...end,
    });
    const steps = (n: number): Step[] => [
      edit(n, `alpha${n} beta`, { error: `Error: no such text: alpha${n} beta` }),
      edit(n + 50, `alpha${n} gamma`, { ok: '' }),
    ];
    expect(only(steps(1), steps(2), steps(3)).change?.argument).toBe('/find');
  });

  it('is in doubt where the call that worked was another job altogether', () => {
    const steps = (n: number): Step[] => [
      { call: 'shell', input: { line: `compile module number ${n} with care` }, error: 'Error: disk is full' },
      { call: 'shell', input: { line: `list ${'abc'[n]} ${'xyz'[n]}` }, ok: '' },
    ];
    expect(only(steps(0), steps(1), steps(2)).doubt).toMatch(/other calls altogether/);
  });

  it('is in doubt where fewer than three sessions made it', () => {
    const inVain: Step[] = [descend('x', 300, { error: TOO_FAST }), descend('x', 301, { error: TOO_FAST })];
    expect(only(repaired('a'), repaired('b'), inVain, inVain).doubt).toMatch(/only 2 of the 3 sessions/);
  });

  it('of a sole argument carries no p, since it always changes', () => {
    const steps: Step[] = [
      { call: 'mode', input: { name: 'fast' }, error: 'Error: not allowed' },
      { call: 'mode', input: { name: 'safe' }, ok: '' },
    ];
    const { change, doubt } = only(steps, steps, steps);
    expect(change).toEqual({ argument: '/name', from: 'fast', to: 'safe', changed: 3, repaired: 3, failed: 3 });
    expect(doubt).toBeUndefined();
  });
});

describe('another tool first', () => {
  const file = (n: number) => `src/file${n}.md`;
  const unread = 'Error: the file was never opened';
  const steps = (n: number): Step[] => [
    { call: 'open', input: { path: 'README.md' }, ok: 'text' },
    { call: 'patch', input: { path: file(n), text: 'x' }, error: unread },
    { call: 'open', input: { path: file(n) }, ok: 'text' },
    { call: 'patch', input: { path: file(n), text: 'x' }, ok: '' },
  ];

  it('is named where it worked on what the failing call names', () => {
    const { change, claim, normalised } = only(steps(1), steps(2), steps(3));
    expect(change).toEqual({ changed: 0, repaired: 3, failed: 3, first: { tool: 'open', sessions: 3 } });
    expect(claim).toContain('in 3 of 3 open had run between the error and the call of patch that worked');
    expect(normalised).toBe('first open');
  });

  it('is named too where it shares no words with the call that then works unchanged', () => {
    const arm = (n: number): Step[] => [
      { call: 'start', input: { n }, error: 'Error: not armed' },
      { call: 'arm', input: {}, ok: '' },
      { call: 'start', input: { n }, ok: '' },
    ];
    expect(only(arm(1), arm(2), arm(3)).change?.first).toEqual({ tool: 'arm', sessions: 3 });
  });

  it('is not a tool that runs before every call anyway', () => {
    const think: Step = { call: 'think', input: { about: 'it' }, ok: '' };
    const habit = (n: number): Step[] => [
      think,
      { call: 'start', input: { n }, error: 'Error: engine is busy' },
      think,
      { call: 'start', input: { n }, ok: '' },
    ];
    const { change, normalised } = only(habit(1), habit(2), habit(3));
    expect(change?.first).toBeUndefined();
    expect(normalised).toBe('wait');
  });
});

describe('waiting', () => {
  const call = (n: number, end: { ok?: string; error?: string }): Step => ({
    call: 'dock',
    input: { berth: n },
    ...end,
  });
  const BUSY = 'Error: the berth is not free yet';
  const other = (tool: string, n: number): Step => ({ call: tool, input: { n }, ok: '' });
  const healed = (n: number, ...between: Step[]): Step[] => [call(n, { error: BUSY }), ...between, call(n, { ok: '' })];

  it('is the remedy where the very same call worked later, with the steps and seconds that lay between', () => {
    const { change, claim, normalised, doubt } = only(
      healed(1, other('a', 1), other('b', 1)),
      healed(2, other('c', 1), other('d', 2), other('e', 3)),
      healed(3, other('f', 1)),
      [call(4, { error: BUSY }), other('g', 1), call(4, { error: BUSY })],
    );
    expect(change?.waited).toEqual({ sessions: 4, worked: 3, steps: 2 });
    expect([change?.argument, change?.first, normalised, doubt]).toEqual([undefined, undefined, 'wait', undefined]);
    expect(claim).toContain(
      'the very same call worked later in 3 of the 4 that made it again, half of the time after at most 2 other calls',
    );
  });

  it('is seen at any distance, where a repair has to lie within 8 actions', () => {
    const far = (n: number) => healed(n, ...'abcdefghijkl'.split('').map((tool) => other(`${tool}${n}`, n)));
    expect(only(far(1), far(2), far(3)).change?.waited).toEqual({ sessions: 3, worked: 3, steps: 12 });
  });

  it('is not the remedy where most sessions did the same kind of work in between: an edit between two runs of the same tests', () => {
    const edited = (n: number): Step[] => [
      other('edit', 10 * n),
      ...healed(n, other('edit', 10 * n + 1)),
      other('edit', 10 * n + 2),
    ];
    const { change, doubt } = only(edited(1), edited(2), edited(3), edited(4));
    expect(change?.waited).toBeUndefined();
    expect(doubt).toMatch(/other calls had run in between in most sessions/);
  });

  it('is the remedy although an argument that differs in every call differs here too', () => {
    const noted = (n: number, note: number, end: { ok?: string; error?: string }): Step => ({
      call: 'dock',
      input: { berth: n, note },
      ...end,
    });
    const ordinary = (n: number) => [0, 1, 2].map((i) => noted(n + i, n * 7 + i, { ok: '' }));
    const changed = (n: number) => [
      ...ordinary(n),
      noted(n + 9, 100 + n, { error: BUSY }),
      noted(n + 9, 200 + n, { ok: '' }),
    ];
    const same = (n: number) => [
      ...ordinary(n),
      noted(n + 9, 100 + n, { error: BUSY }),
      other(`t${n}`, n),
      noted(n + 9, 100 + n, { ok: '' }),
    ];
    const { change, normalised } = only(
      changed(10),
      changed(30),
      changed(50),
      same(70),
      same(90),
      same(110),
      same(130),
    );
    expect([change?.argument, normalised]).toEqual([undefined, 'wait']);
    expect(change?.waited?.worked).toBe(4);
  });

  it('is no remedy where a person spoke before the call that worked', () => {
    const told = (n: number): Step[] => [call(n, { error: BUSY }), { user: 'I have freed it' }, call(n, { ok: '' })];
    expect(only(told(1), told(2), told(3)).change?.waited).toBeUndefined();
  });
});

describe('no remedy', () => {
  const dead = (n: number): Step[] => [
    { call: 'pay', input: { card: n }, error: 'Error: card is blocked' },
    { call: 'pay', input: { card: n + 100 }, error: 'Error: card is blocked' },
  ];

  it('is claimed as a dead end with its count', () => {
    const { claim, change, doubt } = only(dead(1), dead(2), dead(3));
    expect(claim).toBe(
      'pay failed with “Error: card is blocked” in 3 sessions; in none of the 3 that tried again did it work within 5 calls, and it cost 6 calls.',
    );
    expect([change?.repaired, change?.dead_end, doubt]).toEqual([0, { sessions: 3, calls: 6 }, undefined]);
  });

  it('is a dead end too where luck helped one or two of very many, and says so', () => {
    const lucky: Step[] = [...dead(20).slice(0, 1), { call: 'pay', input: { card: 99 }, ok: '' }];
    const { claim, change, doubt } = only(...[1, 2, 3, 4, 5, 6, 7].map(dead), lucky);
    expect(claim).toContain('; in 1 of the 8 that tried again did it work within 5 calls, and it cost 15 calls');
    expect([change?.repaired, change?.dead_end?.sessions, doubt]).toEqual([1, 8, undefined]);
    expect(only(...[1, 2, 3, 4, 5, 6].map(dead), lucky).change?.dead_end).toBeUndefined();
  });

  it('is not claimed on two sessions, nor where the same call worked in one of them in the end', () => {
    const { change, doubt } = only(dead(1), dead(2));
    expect([change?.dead_end, doubt]).toEqual([
      undefined,
      'only 2 of 2 sessions called the tool again, so nothing is known about a remedy',
    ]);
    const look = Array.from({ length: 12 }, (_, i): Step => ({ call: 'look', input: { i }, ok: '' }));
    const late = [...dead(4), ...look, { call: 'pay', input: { card: 4 }, ok: '' }];
    expect(only(dead(1), dead(2), dead(3), late).doubt).toMatch(/much later in 1 session/);
  });

  it('is not claimed where nobody tried again', () => {
    const gaveUp: Step[] = [{ call: 'pay', input: { card: 1 }, error: 'Error: card is blocked' }];
    const { claim, doubt } = only(gaveUp, gaveUp, gaveUp);
    expect(claim).toContain('it was not called again in any of them');
    expect(doubt).toMatch(/nothing is known about a remedy/);
  });
});

describe('what counts as a repair', () => {
  const error = descend('a', 300, { error: TOO_FAST });
  const idle = (n: number): Step[] => Array.from({ length: n }, (_, i) => ({ call: 'look', input: { i }, ok: `${i}` }));

  it('lies within 8 actions', () => {
    const near = [error, ...idle(7), descend('a', 450, { ok: '' })];
    const far = [error, ...idle(8), descend('a', 450, { ok: '' })];
    expect(only(near, far).change?.repaired).toBe(1);
  });

  it('lies within 5 calls of the tool', () => {
    const other = (n: number): Step[] =>
      Array.from({ length: n }, (_, i) => descend('a', 301 + i, { error: 'Error: gusts of wind' }));
    const near = [error, ...other(4), descend('a', 450, { ok: '' })];
    const far = [error, ...other(5), descend('a', 450, { ok: '' })];
    const finding = errorFix.detect(sessionsOf(near, far)).find((f) => f.template?.text.includes('too fast'));
    expect(finding?.change?.repaired).toBe(1);
  });

  it('was not made in the same breath as the failing call', () => {
    const parallel: Step[] = [
      {
        parallel: [
          { call: 'descend', input: { site: 'a', altitude: 300 }, error: TOO_FAST },
          { call: 'descend', input: { site: 'b', altitude: 450 }, ok: '' },
        ],
      },
    ];
    expect(only(parallel, parallel).change?.repaired).toBe(0);
  });

  it('was made in the same thread', () => {
    const elsewhere: Step[] = [error, { call: 'descend', input: { site: 'a', altitude: 450 }, ok: '', thread: 'sub' }];
    expect(only(elsewhere, elsewhere).change?.repaired).toBe(0);
  });
});

it('counts repeats of the very same call, and shows sessions that got past the error otherwise', () => {
  const again: Step[] = [descend('e', 300, { error: TOO_FAST }), descend('e', 300, { ok: 'down' })];
  const { change, against, claim } = only(repaired('a'), repaired('b'), repaired('c'), again);
  expect(change?.repeated).toEqual({ sessions: 1, worked: 1 });
  expect(claim).toMatch(/repeating the same call worked in 1 of 1\.$/);
  expect(against.map((a) => a.session.session)).toEqual(['s4']);
});

it('takes no refusal for an error, and no error of one session for a finding', () => {
  const refused: Step[] = [{ call: 'pay', denied: 'not allowed' }];
  expect(errorFix.detect(sessionsOf(refused, refused, refused, repaired('a')))).toEqual([]);
});

it('is no other tool that runs all the time anyway, and had nothing to do with the failing call', () => {
  const look = (n: number): Step => ({ call: 'look', input: { page: `p${n}` }, ok: '' });
  const pump = (n: number, end: { ok?: string; error?: string }): Step => ({
    call: 'pump',
    input: { id: `p-${n}` },
    ...end,
  });
  const hot = (n: number): Step[] => [pump(n, { error: 'Error: too hot' }), look(n), look(n + 1), pump(n, { ok: '' })];
  const busy = (n: number): Step[] => Array.from({ length: 9 }, (_, i) => look(20 * n + i));
  const told = [1, 2, 3, 4].map((n) => hot(10 * n));
  expect(only(...told).change?.first).toEqual({ tool: 'look', sessions: 4 });
  const all = errorFix.detect(sessionsOf(...told, busy(50), busy(60), busy(70)));
  expect(all[0]?.change?.first).toBeUndefined();
  expect(all[0]?.doubt).toMatch(/the same call worked later/);
});
