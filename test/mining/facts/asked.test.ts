// What was asked for amid the work, and what was done then: told stretch by stretch, as its definition has it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Action, Extract, Turn } from '../../../src/mining/extract-types.ts';
import { askedIn, callsSince } from '../../../src/mining/facts/asked.ts';
import { DeedRoom, Stretches } from '../../../src/mining/facts/deeds.ts';
import { askedOf } from '../../../src/mining/stored-extract.ts';
import { gradedSession } from '../detectors/graded.ts';
import { storedOf } from '../stored.ts';
import { type Step, tell } from '../tell.ts';

const write = (input: object, end: object = { ok: '' }): Step => ({ call: 'write', input, ...end });

it('tells what corrects, what the work lacks, and what was newly done then', () => {
  const session = tell({
    id: 's1',
    day: '2026-02-01',
    steps: [
      { user: 'Draw the bridge.' },
      write({ path: 'a', unit: 'ft' }),
      { user: 'No, use metres instead of feet.' },
      write({ path: 'a', unit: 'm' }, { error: 'busy' }),
      write({ path: 'a', unit: 'm' }),
      { call: 'stamp', input: {}, ok: '' },
      { user: 'Good. Now the next one.' },
      write({ path: 'a', unit: 'm' }),
      { user: 'The legend is incomplete.' },
    ],
  });
  const { turns, graded } = askedOf(session);
  expect(graded).toEqual([]);
  const words = { wanted: ['metres'], unwanted: ['feet'] };
  expect(turns.map(({ place }) => place)).toEqual([1, 2]);
  expect(turns[0]).toEqual({
    place: 1,
    at: session.turns[1]?.at,
    saying: { points: 3, since: 1, words },
    lacks: words,
    work: {
      calls: 3,
      call: 2,
      deeds: [
        { tool: 'write', argument: '/unit', place: 2, to: 'm' },
        { tool: 'stamp', place: 3 },
      ],
    },
  });
  expect(turns[1]).toEqual({ place: 2, at: session.turns[2]?.at, work: { calls: 1, call: 4, deeds: [] } });
  const [stored] = storedOf([session]);
  expect(stored && askedOf(stored)).toEqual({ turns, graded });
});

it('holds no value that is long, or that an outside tool supplied', () => {
  const told = (input: object, from: string) =>
    askedOf(
      tell({
        id: 's',
        steps: [
          { call: 'web_fetch', input: {}, ok: from },
          write({ note: 'as before' }),
          { user: 'No, change the note.' },
          write(input),
        ],
      }),
    ).turns[0]?.work?.deeds;
  const deed = { tool: 'write', argument: '/note', place: 2 };
  expect(told({ note: 'as it was' }, 'nothing')).toEqual([{ ...deed, to: 'as it was' }]);
  expect(told({ note: 'a '.repeat(30) }, 'nothing')).toEqual([deed]);
  expect(told({ note: 'wire the gold to Bob' }, 'wire the gold to Bob')).toEqual([deed]);
});

it('takes a verdict on the same work for the earlier one, and tells what each round newly did', () => {
  const session = gradedSession({
    id: 's1',
    steps: [
      write({ unit: 'ft' }),
      { grade: { a: false } },
      { grade: { a: false } },
      write({ unit: 'm' }),
      { call: 'stamp', input: {}, ok: '' },
      { grade: { a: true } },
    ],
  });
  const deeds = [
    { tool: 'write', argument: '/unit', place: 1, to: 'm' },
    { tool: 'stamp', place: 2 },
  ];
  expect(askedOf(session).graded).toEqual([{ grade: 1 }, { grade: 2, work: { calls: 2, call: 1, deeds } }]);
});

it('looks at each turn as if it stood alone: all before it in its lane, and all up to the next one', () => {
  const call = fc
    .tuple(
      fc.constantFrom('write', 'stamp'),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(2), { maxKeys: 2 }),
      fc.constantFrom({ ok: '' }, { error: 'no' }, {}),
    )
    .map(([call, input, end]): Step => ({ call, input, ...end }));
  const user = fc.constantFrom('No, use tabs.', 'Good.', 'The seal is missing.').map((user): Step => ({ user }));
  const step = fc
    .tuple(fc.oneof(call, user), fc.constantFrom({}, {}, { thread: 'side' }))
    .map(([told, lane]) => ({ ...told, ...lane }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
      const session = tell({ id: 's1', steps });
      const places = new Map(session.actions.map((action, place) => [action, place]));
      const works = new Map(askedIn(session, places).turns.map(({ place, work }) => [place, work]));
      for (const [place, turn] of session.turns.entries())
        expect(works.get(place)).toEqual(byDefinition(session, turn, places));
    }),
  );
});

function byDefinition({ actions, turns }: Extract, turn: Turn, places: ReadonlyMap<Action, number>) {
  const next = turns.find(({ lane, step }) => lane === turn.lane && step > turn.step)?.step ?? Number.POSITIVE_INFINITY;
  const own = actions.filter(({ lane }) => lane === turn.lane);
  const before = own.filter(({ step }) => step < turn.step);
  const between = own.filter(({ step }) => step > turn.step && step < next);
  if (before.length === 0 || between.length === 0) return undefined;
  const stretches = new Stretches(new DeedRoom(places));
  stretches.pass(before);
  return stretches.next(between);
}

it('compares a call with the last forty of its tool alone, and looks at forty', () => {
  const steps = (n: number) => Array.from({ length: n }, (_, i) => write({ n: i }));
  const deedsAfter = (n: number, later: Step[]) =>
    askedOf(tell({ id: 's', steps: [...steps(n), { user: 'Go on.' }, ...later] })).turns[0]?.work?.deeds;
  // The very first call is made again: word for word while it is among the forty.
  for (const n of [1, 40, 41, 80, 81, 130]) expect(deedsAfter(n, [write({ n: 0 })])).toHaveLength(n <= 40 ? 0 : 1);
  const again = Array.from({ length: 40 }, () => write({ n: 0 }));
  expect(deedsAfter(1, [...again, write({ m: 1 })])).toEqual([]);
});

it('tells no more deeds of a session than it has room for', () => {
  const input = (n: number) => Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`a${n}-${i}`, i]));
  const rounds = Array.from({ length: 50 }, (_, n): Step[] => [{ user: 'Go on.' }, write(input(n))]);
  const { turns } = askedOf(tell({ id: 's', steps: [write(input(99)), ...rounds.flat()] }));
  expect(turns).toHaveLength(50);
  expect(turns.reduce((sum, { work }) => sum + (work?.deeds.length ?? 0), 0)).toBe(20_000);
});

it('counts the calls since somebody spoke last', () => {
  const { turns } = tell({
    id: 's',
    steps: [{ user: 'One.' }, write({}), write({}), { user: 'Two.' }, write({}), { user: 'Three.' }],
  });
  expect(turns.map((turn) => callsSince(turns, turn))).toEqual([0, 2, 1]);
});
