// What came of comparing outcomes is kept: the very same sessions are not compared again, and any other sessions are.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Extract } from '../../src/mining/extract-types.ts';
import { keptOf } from '../../src/mining/kept-parts.ts';
import { mineGround, mineGroundInThreads } from '../../src/mining/mine.ts';
import { altered } from '../../src/mining/stored-extract.ts';
import { seeded } from '../../src/statistics/random.ts';
import { openKept } from '../../src/store/kept.ts';
import { plant, sessionOf } from './rules/world.ts';
import { storedOf } from './stored.ts';

const SETTINGS = { min_sessions: 3, min_tasks: 2 };

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'agentmem-comparisons-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const made = () => plant(seeded('threshold'), { tasks: 30, runs: 8 }, (heat) => heat >= 400).map(sessionOf);
const world = () => storedOf(made());
const plain = (sessions: readonly Extract[]) => JSON.stringify(mineGround(sessions, SETTINGS).mined);
const kept = async (sessions: readonly Extract[], jobs = 1) =>
  JSON.stringify((await mineGroundInThreads(sessions, SETTINGS, { jobs, kept: keptOf({ cache }) })).mined);

/** Files of kept comparisons. */
function files(): string[] {
  return readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('comparisons'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe('comparisons that are kept', () => {
  it('change no byte, whether they are made, kept or read back, in whatever order the sessions come', async () => {
    const sessions = world();
    const expected = plain(sessions);
    expect(expected).toContain('"argument_rule"');
    expect(await kept(sessions)).toBe(expected);
    expect(files()).toHaveLength(3);
    const before = files().map((file) => readFileSync(file).toString('hex'));
    expect(await kept(sessions)).toBe(expected);
    expect(await kept(sessions.toReversed(), 2)).toBe(expected);
    expect(files().map((file) => readFileSync(file).toString('hex'))).toEqual(before);
  });

  it('are what is said the next time', async () => {
    const sessions = world();
    await kept(sessions);
    for (const file of files()) rewritten(file);
    const again = await kept(sessions);
    expect(again).toContain('Of 9876 sessions');
    expect(plain(sessions)).not.toContain('Of 9876 sessions');
  });

  it('are made anew where a session is another, is missing, or came to something else', async () => {
    const sessions = world();
    await kept(sessions);
    const first = sessions.find(({ outcome }) => outcome === 'pass');
    const [another] = made();
    if (first === undefined || another === undefined) throw new Error('there are some');
    const changed = [
      sessions.filter((session) => session !== first),
      sessions.map((session) => (session === first ? altered(session, { outcome: 'fail' }) : session)),
      [...sessions, ...storedOf([{ ...another, session: 'ses_one-more', content: 'of one more' }])],
    ];
    for (const others of changed) {
      const known = files().length;
      expect(await kept(others)).toBe(plain(others));
      expect(files().length).toBe(known + 3);
    }
  });

  it('are made anew where their file is damaged', async () => {
    const sessions = world();
    const expected = await kept(sessions);
    for (const file of files()) writeFileSync(file, readFileSync(file).subarray(5));
    expect(await kept(sessions)).toBe(expected);
  });

  it('are not kept of sessions that are not stored, which nothing tells apart', async () => {
    const sessions = made();
    expect(await kept(sessions)).toBe(plain(sessions));
    expect(files()).toEqual([]);
  });
});

/** The same file with another claim, so that whoever reads it shows it. */
function rewritten(file: string): void {
  const text = readFileSync(file).toString('latin1');
  const name = /"name":"([^"]+)"/.exec(text)?.[1];
  const version = /\/v(\d+)\//.exec(file)?.[1];
  if (name === undefined || version === undefined) throw new Error('a kept file has a name and a version');
  const part = openKept(cache, 'comparisons', Number(version));
  const value = part.get(name);
  if (value === undefined) throw new Error('it can be read');
  const said = JSON.stringify(value.value).replace(/Of \d+ sessions/, 'Of 9876 sessions');
  part.put(name, { ...value, value: JSON.parse(said) });
}
