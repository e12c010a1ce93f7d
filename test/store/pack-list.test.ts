// Lists of packs: columns in frames, of which every one that is whole and undamaged counts until one is not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../src/base/hash.ts';
import { keyAt, PackKeys } from '../../src/store/pack-keys.ts';
import { type Listed, NUMBERS, PARTS, PackList } from '../../src/store/pack-list.ts';

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const key: fc.Arbitrary<Key> = fc.tuple(int, int, int, int);
const size = fc.oneof(fc.nat(100), fc.nat(2 ** 32 - 1));
const row: fc.Arbitrary<Listed> = fc.record({
  key,
  lengths: fc.tuple(size, size, size),
  numbers: fc.array(size, { maxLength: NUMBERS }),
  meta: fc.oneof(fc.constant({}), fc.jsonValue()),
});
const frames = fc.array(
  fc.record({ rows: fc.array(row, { maxLength: 5 }), words: fc.array(fc.string({ unit: 'binary' })) }),
  { maxLength: 4 },
);

const told = (list: PackList) => ({
  words: list.words,
  rows: Array.from({ length: list.count }, (_, at) => ({
    key: keyAt(list.keys, at),
    places: PARTS.map((_, part) => [list.start(at, part), list.length(at, part)]),
    numbers: [...list.numbers.subarray(NUMBERS * at, NUMBERS * (at + 1))],
    meta: JSON.stringify(list.metas[at]),
  })),
});
const written = (made: readonly { rows: readonly Listed[]; words: readonly string[] }[]) => {
  const list = new PackList();
  const parts = made.map(({ rows, words }) => {
    list.words.push(...words);
    for (const one of rows) list.add(one);
    return list.frame();
  });
  return { list, parts };
};
const read = (bytes: Uint8Array) => PackList.from(new Uint8Array(bytes).buffer);

describe('a list', () => {
  it('says what was added, and where the parts of each block lie', () => {
    fc.assert(
      fc.property(frames, (made) => {
        const { list, parts } = written(made);
        const again = read(Buffer.concat(parts));
        expect(told(again)).toEqual(told(list));
        expect(told(again).rows.map(({ places }) => places.map(([, length]) => length))).toEqual(
          made.flatMap(({ rows }) => rows.map(({ lengths }) => [...lengths])),
        );
      }),
    );
  });

  it('that a disk changed or cut off says what the frames before that say', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (made, at, change, cut) => {
        const { parts } = written(made);
        const bytes = Buffer.concat(parts);
        if (bytes.length === 0) return;
        const place = at % bytes.length;
        const other = cut ? bytes.subarray(0, place) : Buffer.from(bytes);
        if (!cut) other[place] = (other[place] ?? 0) ^ change;
        let whole = 0;
        for (let end = 0; whole < parts.length; whole++) {
          end += parts[whole]?.length ?? 0;
          if (end > place) break;
        }
        expect(told(read(other))).toEqual(told(written(made.slice(0, whole)).list));
      }),
    );
  });
});

it('a table of keys has of each key the number that it was given last', () => {
  const few = fc.tuple(...[0, 0, 0, 0].map(() => fc.integer({ min: -1, max: 1 })));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(few, key), fc.nat()), { maxLength: 2000, size: 'max' }), (sets) => {
      const table = new PackKeys();
      const map = new Map<string, number>();
      for (const [name, number] of sets as [Key, number][]) {
        table.set(name, number);
        map.set(name.join(), number);
      }
      for (const [name] of sets as [Key, number][]) expect(table.get(name)).toBe(map.get(name.join()));
      expect(table.get([7, 7, 7, 7])).toBe(map.get('7,7,7,7'));
    }),
    { numRuns: 20 },
  );
});
