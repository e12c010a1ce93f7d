// Work in steps: done at once or in turns it comes to the same, and in turns others are let in.
import { expect, it } from 'vitest';
import { atOnce, inTurns, type Steps } from '../../src/base/steps.ts';

function* sum(numbers: readonly number[], told: number[] = []): Steps<number> {
  let all = 0;
  for (const one of numbers) {
    yield;
    all += one;
    told.push(one);
  }
  return all;
}

it('comes to the same at once and in turns', async () => {
  expect(atOnce(sum([1, 2, 3]))).toBe(6);
  expect(await inTurns(sum([1, 2, 3]))).toBe(6);
});

it('lets the event loop turn between steps, and ends where the signal fired', async () => {
  const abort = new AbortController();
  const told: number[] = [];
  const work = inTurns(sum([1, 2, 3, 4, 5, 6], told), abort.signal);
  setImmediate(() => setImmediate(() => abort.abort()));
  await expect(work).rejects.toThrow('interrupted');
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(6);
});

it('throws what the work throws', async () => {
  function* broken(): Steps<void> {
    yield;
    throw new Error('no');
  }
  expect(() => atOnce(broken())).toThrow('no');
  await expect(inTurns(broken())).rejects.toThrow('no');
});
