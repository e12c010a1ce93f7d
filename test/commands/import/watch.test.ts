// Following files that grow: when a round is due, told by made-up looks at real files, never by waiting.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { follow } from '../../../src/commands/import/watch.ts';
import { lookAt, sameLook } from '../../../src/sources/file-changes.ts';
import { originFile, rememberedHash } from '../../../src/sources/file-hash.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agentmem-watch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Follows the folder: `steps` happen one after the other, each after a look; the rounds, by the number of steps before each. */
async function rounds(steps: readonly (() => void)[], { secondsALook = 2, during = () => {} } = {}): Promise<number[]> {
  const seen: number[] = [];
  let step = 0;
  let clock = 0;
  await follow({
    paths: [folder],
    now: () => new Date(clock),
    ended: () => step > steps.length,
    wait: async () => {
      steps[step]?.();
      step++;
      clock += secondsALook * 1000;
    },
    round: async () => {
      seen.push(step);
      during();
    },
  });
  return seen;
}

const rest = () => {};
let turns = 0;
const grow = () => appendFileSync(join(folder, 'a.jsonl'), `line ${turns++}\n`);

describe('a watch', () => {
  it('imports what is there at once, and then nothing while nothing changes', async () => {
    grow();
    expect(await rounds([rest, rest, rest])).toEqual([0]);
  });

  it('imports a file once it has rested for a look, however often it grew before', async () => {
    expect(await rounds([grow, grow, grow, rest, rest, rest])).toEqual([0, 4]);
  });

  it('sees new files, and files that went away', async () => {
    const file = join(folder, 'b.jsonl');
    expect(await rounds([() => writeFileSync(file, 'x'), rest, () => rmSync(file), rest, rest])).toEqual([0, 2, 4]);
  });

  it('waits no longer than half a minute for a file that never rests', async () => {
    const never = Array.from({ length: 8 }, () => grow);
    expect(await rounds(never, { secondsALook: 10 })).toEqual([0, 4, 8]);
  });

  it('imports in the next round what grew while one was running', async () => {
    let once = true;
    const during = () => {
      if (once) grow();
      once = false;
    };
    expect(await rounds([rest, rest, rest], { during })).toEqual([0, 1]);
  });

  it('goes on when its folder goes away, and when it comes back', async () => {
    grow();
    const gone = () => rmSync(folder, { recursive: true });
    const back = () => {
      mkdirSync(folder);
      grow();
    };
    expect(await rounds([gone, rest, rest, back, rest, rest])).toEqual([0, 2, 5]);
  });
});

describe('a look', () => {
  it('tells files apart by size and time, and is empty where there is nothing', () => {
    grow();
    const before = lookAt([folder]);
    expect(sameLook(before, lookAt([folder]))).toBe(true);
    grow();
    expect(sameLook(before, lookAt([folder]))).toBe(false);
    expect(lookAt([join(folder, 'nowhere')]).size).toBe(0);
  });
});

describe('a remembered hash', () => {
  it('is that of the file as it is now', () => {
    const hash = rememberedHash();
    const file = join(folder, 'a.jsonl');
    grow();
    expect(hash(file)).toEqual(originFile(file));
    expect(hash(file)).toBe(hash(file));
    grow();
    expect(hash(file)).toEqual(originFile(file));
    rmSync(file);
    expect(() => hash(file)).toThrow(/ENOENT/);
  });
});
