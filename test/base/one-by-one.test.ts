// Actions in the order in which they were asked for.
import { expect, it } from 'vitest';
import { oneByOne } from '../../src/base/one-by-one.ts';

const soon = () => new Promise((resolve) => setImmediate(resolve));

it('never run side by side, and each asker gets its own answer', async () => {
  const inTurn = oneByOne();
  let running = 0;
  let most = 0;
  const action = (n: number) => async () => {
    most = Math.max(most, ++running);
    await soon();
    running--;
    return n;
  };
  expect(await Promise.all([1, 2, 3].map((n) => inTurn(action(n))))).toEqual([1, 2, 3]);
  expect(most).toBe(1);
});

it('have their turn after one that failed, of which only its asker hears', async () => {
  const inTurn = oneByOne();
  const failing = inTurn(() => Promise.reject(new Error('no')));
  const next = inTurn(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
