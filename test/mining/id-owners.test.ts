// Who has which id: as a map of lists tells it, in the order of arrival and no more owners than asked for.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdOwners } from '../../src/mining/id-owners.ts';

it('names the owners of every one of some ids that a map of lists would, the first ones only, and never the one who asks', () => {
  const id = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(id, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (ids, most) => {
      const owners = new IdOwners(
        Uint32Array.from(ids),
        Uint32Array.from(ids, (_, owner) => owner),
        most,
      );
      const lists = new Map<number, number[]>();
      for (const [owner, own] of ids.entries()) {
        const list = lists.get(own) ?? [];
        lists.set(own, list.length < most ? [...list, owner] : list);
      }
      const ownersOf = (asked: number, but: number) => (lists.get(asked) ?? []).filter((owner) => owner !== but);
      const all = Uint32Array.from([...ids, 9, 4_000_000_000]);
      for (const but of [-1, 0, 1]) {
        for (let at = 0; at < all.length; at++)
          expect(owners.ofAny({ numbers: all, from: at, end: at + 1 }, but)).toEqual(ownersOf(all[at] ?? 0, but));
        const of = [...all].flatMap((asked) => ownersOf(asked, but));
        expect(owners.ofAny({ numbers: all, from: 0, end: all.length }, but)).toEqual(of);
      }
    }),
  );
});

it('holds nobody where there is nothing to hold', () => {
  expect(
    new IdOwners(new Uint32Array(), new Uint32Array(), 32).ofAny({ numbers: Uint32Array.of(7), from: 0, end: 1 }, 0),
  ).toEqual([]);
});
