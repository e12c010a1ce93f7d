// kill -9 in the middle of import, dream, review, merge and sync: nothing is broken, nothing blocks, and running again ends where it would have.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { type Home, makeHome, ROOT } from '../support/agent.ts';
import { dice, faults, writeSession } from '../support/world.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
const PRELOAD = join(ROOT, 'test', 'support', 'kill-at-write.mjs');
const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
const random = dice(11);

let home: Home;
let pottery: string;
let transcripts: string;
let branch: string;
const verdict: string[] = [];

interface Turn {
  name: string;
  args: () => string[];
  /** Brings the repository from the state before the turn above to that before this one. */
  before: () => void;
}

const turns: Turn[] = [
  {
    name: 'import',
    args: () => ['import', transcripts],
    before: () => {
      expect(home.agent(pottery, 'import', transcripts).code).toBe(0);
      // Some sessions went on, and there are new ones.
      for (let number = 0; number < 8; number++) {
        const fault = [faults.ramp, faults.water, faults.shelf][number % 3] ?? faults.ramp;
        writeSession(transcripts, { day: `2026-04-0${1 + (number % 4)}`, number, faults: [fault, faults.crate] });
      }
    },
  },
  {
    name: 'dream',
    args: () => ['dream'],
    before: () => {
      expect(home.agent(pottery, 'import', transcripts).code).toBe(0);
    },
  },
  {
    name: 'review',
    args: () => ['review', branch, ...verdict],
    before: () => {
      const dreamed = home.json<{ branch: string; changes: { entry: string }[] }>(pottery, 'dream', '--json');
      branch = dreamed.branch;
      const [no, ...yes] = dreamed.changes.map((c) => c.entry);
      verdict.push('--reject', no ?? '', '--because', 'true of the old kiln only', '--accept', ...yes);
    },
  },
  {
    name: 'merge',
    args: () => ['merge', branch],
    before: () => {
      expect(home.agent(pottery, 'review', branch, ...verdict).code).toBe(0);
      home.git(pottery, 'switch', '-qc', 'feature');
    },
  },
  {
    name: 'sync',
    args: () => ['sync', '--prune'],
    before: () => {
      const server = join(home.dir, 'server.git');
      home.git(home.dir, 'init', '-q', '--bare', 'server.git');
      home.git(pottery, 'remote', 'add', 'origin', server);
      home.git(pottery, 'push', '-q', 'origin', 'main', branch);
      home.git(home.dir, 'clone', '-q', server, 'clone');
      const clone = join(home.dir, 'clone');
      home.git(clone, 'merge', '-q', '--squash', `origin/${branch}`);
      home.git(clone, 'commit', '-qm', 'Lessons (#1)');
      home.git(clone, 'push', '-q', 'origin', 'main', 'main:dream/other', `:${branch}`);
    },
  },
];

beforeAll(() => {
  home = makeHome();
  transcripts = join(home.dir, 'transcripts');
  for (let number = 0; number < 4; number++) {
    const fault = [faults.ramp, faults.water, faults.shelf][number % 3] ?? faults.ramp;
    const path = writeSession(transcripts, { day: `2026-04-0${1 + number}`, number, faults: [fault, faults.crate] });
    const lines = readFileSync(path, 'utf8').split('\n');
    truncateSync(path, Buffer.byteLength(lines.slice(0, 6).join('\n')) + 1);
  }
  pottery = home.memory('pottery');
});
afterAll(() => home.remove());

describe('kill -9', () => {
  for (const turn of turns) {
    it(
      `during ${turn.name}`,
      async () => {
        turn.before();
        const counts = join(home.dir, 'writes.json');
        const whole = copy(`${turn.name}-whole`);
        const start = performance.now();
        expect(await run(whole, turn.args(), { KILL_COUNT: counts })).toBe(0);
        const took = performance.now() - start;
        const wanted = stateOf(whole);
        const writes: string[] = JSON.parse(readFileSync(counts, 'utf8'));
        expect(writes.length).toBeGreaterThan(40);
        for (const at of pointsIn(writes.length)) {
          const repo = copy(`${turn.name}-${at}`);
          const killed = await run(repo, turn.args(), { KILL_AT: String(at) });
          expect(killed, `write ${at} of ${turn.name}`).toBe('SIGKILL');
          await recovers(repo, turn, wanted, `${turn.name} killed at write ${at}, ${writes[at - 1]}`);
        }
        for (let i = 0; i < (CAMPAIGN ? 30 : 0); i++) {
          const repo = copy(`${turn.name}-random-${i}`);
          const after = Math.round(random() * took);
          await run(repo, turn.args(), {}, after);
          await recovers(repo, turn, wanted, `${turn.name} killed after ${after} ms`);
        }
      },
      CAMPAIGN ? 900_000 : 60_000,
    );
  }
});

/** Every write in a campaign; else a few of them, chosen by the seed. */
function pointsIn(writes: number): number[] {
  if (CAMPAIGN) return Array.from({ length: writes }, (_, i) => i + 1);
  return [0, 1].map((half) => 1 + Math.floor(((half + random()) / 2) * writes));
}

function copy(name: string): string {
  const repo = join(home.dir, 'copies', name);
  mkdirSync(join(home.dir, 'copies'), { recursive: true });
  cpSync(pottery, repo, { recursive: true, preserveTimestamps: true });
  return repo;
}

/** Exit code or signal of `agent`, killed after `killAfter` milliseconds if it still runs. */
async function run(repo: string, args: string[], more: object, killAfter?: number): Promise<number | string | null> {
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1', ...more };
  const child = spawn(process.execPath, ['--import', PRELOAD, AGENT, ...args], { cwd: repo, env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  if (killAfter !== undefined) void pause(killAfter).then(() => child.kill('SIGKILL'));
  const [code, signal] = await ended;
  return signal ?? code;
}

async function recovers(repo: string, turn: Turn, wanted: object, what: string): Promise<void> {
  // The git process that was under way is nobody's child now and may still be at work.
  await pause(50);
  const fsck = spawnSync('git', ['fsck', '--no-progress', '--no-dangling'], { cwd: repo, encoding: 'utf8' });
  expect([fsck.status, fsck.stdout + fsck.stderr], what).toEqual([0, '']);
  expect(damage(repo), what).toEqual([]);
  const again = home.agent(repo, ...turn.args());
  // A merge that was done before the kill has nothing left to do, and says so.
  const done = again.code === 2 && turn.name === 'merge' && again.stderr.includes('in force already');
  expect(done || again.code === 0, `${what}: ${again.stderr}`).toBe(true);
  expect(stateOf(repo), what).toEqual(wanted);
  rmSync(repo, { recursive: true });
}

/** What `sessions verify` finds beyond a last line that was broken off: nothing may be. */
function damage(repo: string): object[] {
  const { sessions, dir } = layoutOf(join(repo, '.agentmem'));
  return verifySessions(layoutOf(dir)).problems.filter(({ file, line }) => {
    const lines = readFileSync(join(sessions, file), 'utf8').split('\n');
    return line !== lines.length || lines.at(-1) === '';
  });
}

/** What a run leaves for others: trees of all branches, and every event that is stored. Moments of verdicts are left out. */
function stateOf(repo: string): object {
  const refs = home.git(repo, 'for-each-ref', '--format=%(refname)').split('\n');
  return { refs: Object.fromEntries(refs.map((ref) => [ref, treeOf(repo, ref)])), sessions: storedEvents(repo) };
}

function treeOf(repo: string, ref: string): string[] {
  const files = home.git(repo, 'ls-tree', '-r', ref).split('\n');
  const decisions = files.filter((line) => line.endsWith('decisions.jsonl'));
  const others = files.filter((line) => !decisions.includes(line));
  const lines = decisions.map(() => home.git(repo, 'show', `${ref}:.agentmem/decisions.jsonl`));
  return [...others, ...lines.map((text) => text.replace(/"at":"[^"]*"/g, ''))];
}

function storedEvents(repo: string): Record<string, string[]> {
  const sessions = join(repo, '.agentmem', 'sessions');
  const paths = readdirSync(sessions, { recursive: true, withFileTypes: true }).filter(
    (e) => e.isFile() && e.name.endsWith('.jsonl'),
  );
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(sessions, path), readFileSync(path, 'utf8').split('\n').filter(isEvent)];
    }),
  );
}

function isEvent(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
