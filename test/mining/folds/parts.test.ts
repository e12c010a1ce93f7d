// Folds over chunks that are kept say what folds over all sessions say, whatever came, went or changed since; and known sessions are not counted again.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../src/base/steps.ts';
import { foldAll } from '../../../src/mining/detectors/fold.ts';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { bringsOutsideText } from '../../../src/mining/outside.ts';
import { borrowedBy, echoes } from '../../../src/mining/trust.ts';
import { type Kept, openKept } from '../../../src/store/kept.ts';
import { tempFolder } from '../../store/made.ts';
import { storedOf } from '../stored.ts';
import type { Step } from '../tell.ts';
import { folds, plain, sessions, told } from './worlds.ts';

const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
const PATIENCE = CAMPAIGN ? 600_000 : 60_000;

function foldedWith(kept: Kept, size: number, list: readonly Extract[]) {
  const { found, counted } = atOnce(foldAll(folds, list, { kept, size }));
  return { found: found.map(plain), counted };
}

const folded = (list: readonly Extract[]) => atOnce(foldAll(folds, list)).found.map(plain);
const open = (dir: string) => openKept(dir, 'folds', 1);

const failing = (n: number, error: string): Step[] => [
  { call: 'turn', input: { valve: n }, error },
  { call: 'turn', input: { valve: n + 1 }, ok: 'done' },
];
const named = (n: number) => `s${String(n).padStart(4, '0')}`;

describe('folds over kept chunks', () => {
  it(
    'find what folds over all sessions find, run by run, whatever sessions these are and however large the chunks',
    () => {
      const run = (length: number) =>
        fc.record({
          // Of each session: which version of it is there, or none.
          versions: fc.array(fc.constantFrom(0, 0, 0, 1, undefined), { minLength: length, maxLength: length }),
          size: fc.constantFrom(1, 2, 3, 3, 3, 5),
        });
      const world = fc.tuple(sessions(12, 12), sessions(12, 12), fc.array(run(12), { minLength: 2, maxLength: 5 }));
      fc.assert(
        fc.property(world, ([first, other, runs]) => {
          const dir = tempFolder();
          const versions = [storedOf(first), storedOf(other)];
          for (const { versions: there, size } of runs) {
            const list = there.flatMap((version, n) => (version === undefined ? [] : (versions[version]?.[n] ?? [])));
            expect(foldedWith(open(dir), size, list).found).toEqual(folded(list));
          }
        }),
        { numRuns: CAMPAIGN ? 1000 : 60 },
      );
    },
    PATIENCE,
  );

  it(
    'find the same of sessions that are stored and of those that are not, and of both together',
    () => {
      fc.assert(
        fc.property(sessions(8, 8), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (list, isStored) => {
          const stored = storedOf(list);
          const mixed = list.flatMap((one, n) => (isStored[n] ? (stored[n] ?? []) : one));
          const kept = open(tempFolder());
          const truth = folded(list);
          for (const some of [stored, mixed, list, mixed]) expect(foldedWith(kept, 2, some).found).toEqual(truth);
        }),
        { numRuns: CAMPAIGN ? 500 : 30 },
      );
    },
    PATIENCE,
  );

  it(
    'know whose words an error says without reading a call',
    () => {
      const seen = new Set<string | undefined>();
      fc.assert(
        fc.property(sessions(8, 8), (list) => {
          const kept = open(tempFolder());
          const stored = storedOf(list);
          atOnce(foldAll(folds, stored, { kept, size: 2 }));
          for (const { sightings, template } of atOnce(foldAll(folds, stored, { kept, size: 2 })).found.flatMap((f) => [
            ...f,
          ]))
            for (const { action, words } of template === undefined ? [] : sightings) {
              if (action === undefined || template === undefined) continue;
              const isOutside = bringsOutsideText(action) || echoes(borrowedBy(action), template.text);
              expect(words).toBe(isOutside ? 'outside' : 'local');
              if (action.borrowed !== undefined) seen.add(words);
            }
        }),
        { numRuns: CAMPAIGN ? 500 : 30 },
      );
      expect([...seen].sort()).toEqual(['local', 'outside']);
    },
    PATIENCE,
  );

  it(
    'compare repairs with what calls are like in the first sessions, however many and in whatever chunks',
    () => {
      const calls = (n: number): Step[] =>
        Array.from({ length: 40 }, (_, i): Step => ({ call: 'mend', input: { way: n < 10 ? 1 : i }, ok: 'done' }));
      const mended: Step[] = [
        { call: 'mend', input: { way: 1 }, error: 'Error: the kiln is hot' },
        { call: 'mend', input: { way: 2 }, ok: 'done' },
      ];
      // The last ones are the oldest, and so in the first chunks.
      const list = storedOf(
        Array.from({ length: 20 }, (_, n) => told(named(n), [...calls(n), ...mended], n < 10 ? 9 : 1)),
      );
      const kept = open(tempFolder());
      for (const size of [3, 3, 7]) expect(foldedWith(kept, size, list).found).toEqual(folded(list));
      const [doubt] = atOnce(foldAll(folds, list)).found.flatMap((found) =>
        Array.from(found, (one) => [one.kind, one.doubt]),
      );
      expect(doubt).toEqual(['error_fix', undefined]);
    },
    PATIENCE,
  );

  it(
    'count again less than a chunk and what is new',
    () => {
      const many = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => told(named(from + i), failing(i % 7, 'Error: the pump is jammed')));
      const old = storedOf(many(0, 5000));
      const kept = open(tempFolder());
      expect(foldedWith(kept, 1024, old).counted).toBe(5000);
      expect(foldedWith(kept, 1024, old).counted).toBe(5000 % 1024);
      const now = [...old, ...storedOf(many(5000, 5010))];
      const { found, counted } = foldedWith(kept, 1024, now);
      expect(counted).toBeLessThanOrEqual(1034);
      expect(found).toEqual(folded(now));
    },
    PATIENCE,
  );
});

describe('a chunk', () => {
  const list = (length: number, error = 'Error: the pump is jammed') =>
    storedOf(Array.from({ length }, (_, n) => told(named(n), failing(n, error))));

  it('is not used where one of its sessions is gone or another one now, and the others are', () => {
    const all = list(9);
    const kept = open(tempFolder());
    foldedWith(kept, 3, all);
    expect(foldedWith(kept, 3, all).counted).toBe(0);
    expect(foldedWith(kept, 3, all.slice(1)).counted).toBe(2);
    const [changed] = storedOf([told(named(4), failing(9, 'Error: the kiln is hot'))]);
    const now = all.map((one, n) => (n === 4 && changed !== undefined ? changed : one));
    const { found, counted } = foldedWith(kept, 3, now);
    expect(counted).toBe(3);
    expect(found).toEqual(folded(now));
  });

  it('of a selection stays beside those of all sessions', () => {
    const all = list(12);
    const some = all.filter((_, n) => n % 2 === 0);
    const dir = tempFolder();
    const again = (sessions: readonly Extract[]) => foldedWith(open(dir), 3, sessions).counted;
    expect([again(all), again(some), again(all), again(some), again(all)]).toEqual([12, 6, 0, 0, 0]);
  });

  it('goes when there are more than twice as many as were ever used at once', () => {
    const dir = tempFolder();
    for (let version = 0; version < 12; version++)
      foldedWith(open(dir), 2, list(6, `Error: the pump is jammed by sand of kind ${'x'.repeat(version + 1)}`));
    expect(filesIn(dir).length).toBeLessThanOrEqual(2 * 3 + 1);
  });

  it('is counted again where new sessions make one mistake of what were two', () => {
    const error = (word: string) => `Error: nobody holds the ${word} key of this door`;
    const of = (word: string, n: number) => storedOf([told(named(n), failing(n, error(word)))]);
    const two = [...of('red', 0), ...of('blue', 1), ...of('red', 2), ...of('blue', 3)];
    const kept = open(tempFolder());
    foldedWith(kept, 2, two);
    expect(foldedWith(kept, 2, two).counted).toBe(0);
    const three = [...two, ...of('green', 4)];
    const { found, counted } = foldedWith(kept, 2, three);
    expect(counted).toBe(5);
    expect(found).toEqual(folded(three));
    expect(found[0]).toHaveLength(1);
    expect(foldedWith(kept, 2, three).counted).toBe(1);
  });

  it('is a miss where its file is damaged, gone, or another one, and all is found the same', () => {
    const all = list(8);
    const truth = folded(all);
    const dir = tempFolder();
    foldedWith(open(dir), 2, all);
    const files = filesIn(dir);
    const whole = files.map((file) => readFileSync(file));
    for (const [i, file] of files.entries()) {
      for (const wrong of [whole[i]?.subarray(0, 40), whole[(i + 1) % files.length], Buffer.from('{}')]) {
        writeFileSync(file, wrong ?? '');
        expect(foldedWith(open(dir), 2, all).found).toEqual(truth);
      }
      expect(foldedWith(open(dir), 2, all).counted).toBe(0);
    }
  });

  it('is a miss where another value was kept under its name', () => {
    const all = list(4);
    const kept = open(tempFolder());
    const names: string[] = [];
    const put: Kept['put'] = (name, value) => {
      names.push(name);
      kept.put(name, value);
    };
    const noting: Kept = { ...kept, put };
    foldedWith(noting, 2, all);
    for (const name of names)
      for (const value of [null, 7, {}, { wordings: [1], folds: {} }, { chunks: [[1, 2]], runs: 0, most: 0 }]) {
        kept.put(name, { value, columns: {} });
        expect(foldedWith(kept, 2, all).found).toEqual(folded(all));
      }
  });
});

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((e) =>
    e.isFile() ? [join(e.parentPath, e.name)] : [],
  );
}
