// What follows from one session alone: each fact as its definition has it, and the same whether the extract is stored or told.
import { expect, it } from 'vitest';
import { hash53 } from '../../src/mining/minhash.ts';
import { errorsOf, factsOf, failuresOf, marksOf, sizeOf } from '../../src/mining/stored-extract.ts';
import { storedOf } from './stored.ts';
import { type Step, tell } from './tell.ts';

const pump = (pressure: number, end: { ok?: string; error?: string }): Step => ({
  call: 'pump',
  input: { station: 'north', pressure },
  ...end,
});
const TOO_HIGH = 'Error: a pressure of 90 is too high';

const session = tell({
  id: 's1',
  day: '2026-03-01',
  steps: [
    pump(90, { error: TOO_HIGH }),
    pump(90, { error: TOO_HIGH }),
    { call: 'gauge', input: { station: 'north' }, ok: 'calm' },
    pump(40, { ok: '' }),
    { call: 'gauge', input: { station: 'north' }, ok: 'calm' },
    { call: 'gauge', input: { station: 'north' }, ok: 'calm' },
    { call: 'gauge', input: { station: 'north' }, ok: 'calm' },
    { call: 'write', input: { path: 'a.txt', text: 'one\ntwo' }, ok: '' },
    { call: 'write', input: { path: 'a.txt', text: 'one\nthree' }, ok: '' },
    { call: 'write', input: { path: 'a.txt', text: 'one\ntwo' }, ok: '' },
  ],
});

it('tells how an error was got past, and by what, once for errors in the same words', () => {
  const [first, second] = factsOf(session).errors;
  expect(first).toMatchObject({ place: 0, tool: 'pump', tries: 2, cost: 3, words: 'local' });
  expect(first?.reading?.masked).toBe('a pressure of <num> is too high');
  expect(second).toMatchObject({ place: 1, tries: 1, cost: 2 });
  expect(second?.repair).toBeUndefined();
  expect(first?.repair).toMatchObject({
    place: 3,
    between: 1,
    tools: ['gauge'],
    sharing: ['gauge'],
    fresh: ['gauge'],
  });
  expect(first?.repair?.changed).toEqual([
    {
      ...{
        pointer: '/pressure',
        from: '90',
        to: '40',
        value: hash53('40'),
        pair: hash53('["90","40"]'),
        alike: 0,
        way: -1,
        source: 'own',
      },
      ...{ quoted: true, named: true, adjusted: true },
    },
  ]);
  expect(first?.again).toEqual({ steps: 0, helpers: [], seconds: 2 });
});

it('tells what was repeated, what went round and what was put back', () => {
  const { tools, repeats, rounds, undone } = factsOf(session);
  expect(repeats).toEqual([{ error: 0, again: 1, worked: false }]);
  expect(rounds).toMatchObject([{ place: 4, tools: ['gauge'], rounds: 1, wasted: 2 }]);
  expect(undone).toMatchObject([{ place: 8, tool: 'write', calls: 1 }]);
  expect(tools).toEqual([
    { tool: 'pump', worked: 1, followed: 0 },
    { tool: 'gauge', worked: 4, followed: 3 },
    { tool: 'write', worked: 3, followed: 2 },
  ]);
});

it('gives values that differ at their end different hashes, and equal ones the same', () => {
  const long = (end: string) => ({ call: 'pump', input: { note: 'n'.repeat(3000) + end } });
  const named = (end: string) => {
    const facts = factsOf(
      tell({
        id: 's',
        steps: [
          { ...long('x'), error: TOO_HIGH },
          { ...long(end), ok: '' },
        ],
      }),
    );
    return facts.errors[0]?.repair?.changed[0]?.value;
  };
  expect(named('y')).toBe(named('y'));
  expect(named('y')).not.toBe(named('z'));
});

it('is the same of a stored extract, and of the plain one', () => {
  const [stored] = storedOf([session]);
  if (stored === undefined) throw new Error('one in, one out');
  expect(factsOf(stored)).toEqual(factsOf(session));
  expect(errorsOf(stored)).toEqual(factsOf(session).errors);
  expect(failuresOf(stored)).toEqual(factsOf(session).errors.map(({ tool, reading }) => ({ tool, reading })));
  expect(sizeOf(stored)).toEqual(sizeOf(session));
  expect(sizeOf(session)).toEqual({
    calls: 10,
    worked: 8,
    turns: session.turns.length,
    later: 0,
  });
  const plain = ({ sketch, steps, stepKeys, promptKeys }: ReturnType<typeof marksOf>) =>
    [sketch, steps, stepKeys, promptKeys].map((numbers) => Array.from(numbers, (n) => n | 0));
  expect(plain(marksOf(stored))).toEqual(plain(marksOf(session)));
  expect(marksOf(stored).stepKeys).toHaveLength(16);
});

it('stays smaller than a session whose every call differs from the one before in a hundred arguments', () => {
  const words = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  const input = (n: number) => Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}`, n + i]));
  const steps = Array.from({ length: 400 }, (_, n): Step[] => [
    { call: 'pump', input: input(n), error: `Error: the ${words(n)} valve is stuck` },
    { call: 'pump', input: input(n + 1), ok: '' },
  ]);
  const { errors } = factsOf(tell({ id: 's', steps: steps.flat() }));
  const changes = errors.map(({ repair }) => repair?.changed.length ?? 0);
  expect(changes).toHaveLength(400);
  expect(Math.min(...changes)).toBe(1);
  expect(changes.reduce((sum, n) => sum + n, 0)).toBeLessThan(21_000);
});
