// Who has which id: as a map of lists tells it, in the order of arrival and no more owners than asked for.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdOwners } from '../../src/mining/id-owners.ts';

it('names the owners of every id that a map of lists would, the first ones only, and never the one who asks', () => {
  const id = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(id, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (ids, most) => {
      const owners = new IdOwners(ids.length, most);
      const lists = new Map<number, number[]>();
      for (const [owner, own] of ids.entries()) {
        owners.add(own, owner);
        const list = lists.get(own) ?? [];
        lists.set(own, list.length < most ? [...list, owner] : list);
      }
      for (const asked of [...ids, 9, 4_000_000_000])
        for (const but of [-1, 0, 1])
          expect(owners.of(asked, but)).toEqual((lists.get(asked) ?? []).filter((owner) => owner !== but));
    }),
  );
});

it('holds nobody where there is nothing to hold', () => {
  expect(new IdOwners(0, 32).of(7, 0)).toEqual([]);
});
