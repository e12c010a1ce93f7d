import { describe, expect, it } from 'vitest';
import { inOrder, inPool } from '../../src/base/pool.ts';

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

describe('work whose results are taken one after the other', () => {
  it('comes in the order of the items, so many of them ahead of what was taken and no more', async () => {
    let begun = 0;
    const taken: number[] = [];
    const work = async (ticks: number) => {
      begun++;
      for (let i = 0; i < ticks; i++) await soon();
      return ticks * 10;
    };
    for await (const result of inOrder([5, 1, 3, 2, 4], 3, work)) {
      expect(begun).toBeLessThanOrEqual(taken.length + 3);
      taken.push(result);
    }
    expect(taken).toEqual([50, 10, 30, 20, 40]);
  });

  it('throws a failure when its turn comes, whatever failed beside it meanwhile', async () => {
    const taken: number[] = [];
    const work = async (item: number) => {
      if (item > 1) throw new Error(`number ${item}`);
      for (let i = 0; i < 5; i++) await soon();
      return item;
    };
    const all = async () => {
      for await (const result of inOrder([0, 1, 2, 3], 4, work)) taken.push(result);
    };
    await expect(all()).rejects.toThrow('number 2');
    expect(taken).toEqual([0, 1]);
  });
});
