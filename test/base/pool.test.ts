import { describe, expect, it } from 'vitest';
import { inPool } from '../../src/base/pool.ts';

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('a pool of work', () => {
  it('gives results in the order of the items, whatever order they end in, and never runs more at once than it may', async () => {
    let running = 0;
    let most = 0;
    const results = await inPool([5, 1, 3, 2, 4], 2, async (ticks) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < ticks; i++) await soon();
      running--;
      return ticks * 10;
    });
    expect(results).toEqual([50, 10, 30, 20, 40]);
    expect(most).toBe(2);
  });

  it('begins nothing more once one has failed, waits for the others, and throws the first reason', async () => {
    const ended: number[] = [];
    const pool = inPool([0, 1, 2, 3], 2, async (item) => {
      if (item === 0) throw new Error('the first');
      await soon();
      ended.push(item);
    });
    await expect(pool).rejects.toThrow('the first');
    expect(ended).toEqual([1]);
  });

  it('begins nothing more once the signal has fired, and leaves those items undefined', async () => {
    const stop = new AbortController();
    const results = await inPool(
      [1, 2, 3],
      1,
      async (item) => {
        if (item === 2) stop.abort();
        return item;
      },
      stop.signal,
    );
    expect(results).toEqual([1, 2, undefined]);
  });

  it('has nothing to do with no items', async () => {
    expect(await inPool([], 4, async () => 1)).toEqual([]);
  });
});
