// Taking the best again and again: the same choice as looking at everything each time.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lazyGreedy } from '../../../src/mining/reading/lazy-greedy.ts';

it('chooses as a full search does, whatever falls in worth in between', () => {
  const worlds = fc.array(
    fc.record({
      topics: fc.uniqueArray(fc.nat(6), { maxLength: 4 }),
      order: fc.string({ minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(worlds, (world) => {
      const items = world.map(({ topics, order }, n) => ({ item: topics, order: `${order} ${n}` }));
      const worthWith = (shown: readonly number[]) => (topics: readonly number[]) =>
        topics.reduce((sum, t) => sum + (t + 1) * 2 ** -(shown[t] ?? 0), 0);
      const taken = (choose: (shown: readonly number[]) => readonly number[] | undefined) => {
        const shown = Array.from({ length: 7 }, () => 0);
        return items.map(() => {
          const best = choose(shown);
          for (const t of best ?? []) shown[t] = (shown[t] ?? 0) + 1;
          return best;
        });
      };
      const left = new Set(items);
      const full = taken((shown) => {
        const worth = worthWith(shown);
        const [best] = [...left]
          .filter(({ item }) => worth(item) > 0)
          .sort((a, b) => worth(b.item) - worth(a.item) || (a.order < b.order ? -1 : 1));
        if (best !== undefined) left.delete(best);
        return best?.item;
      });
      let now: readonly number[] = [];
      const next = lazyGreedy(items, (topics: readonly number[]) => worthWith(now)(topics));
      const lazy = taken((shown) => {
        now = shown;
        return next();
      });
      expect(lazy).toEqual(full);
    }),
    { numRuns: 200 },
  );
});
