// Suites through the real command: made from tables and sessions, run, killed with -9 and gone on with, and never dreamt of where they are held out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SuiteReport } from '../../src/stages/suite.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { sessionPaths } from '../../src/store/session-files.ts';
import { type Home, makeHome, ROOT } from '../support/agent.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
const RUBRIC = `rubric: crust
criteria:
  - { id: baked, statement: It is baked., check: { output: { matches: baked } } }
  - { id: shaped, statement: There is a loaf., check: { file: loaf.txt, matches: "^round" } }
`;
const SUITE = `suite: loaves
description: Bread of several kinds.
rubric: crust
trials: 2
workspace: { copy: base, setup: "printf '%s' $AGENTMEM_SEED > seed.txt" }
tasks:
  - { id: rye, prompt: Bake rye., tags: [dark] }
  - { id: roll, prompt: Bake a roll. }
  - { id: bun, prompt: Bake a bun. }
  - { id: spelt, prompt: Bake spelt., tags: [dark], held_out: true }
`;
const SCRIPT = `- text: I knead.
  tools: [{ name: bash, input: { command: "sleep 0.15; cat flour.txt > loaf.txt" } }]
- text: It is baked.
- text: A round loaf.
# Who was killed while he shaped it is asked for it again.
- text: Once more.
  tools: [{ name: bash, input: { command: "cat flour.txt > loaf.txt" } }]
- text: It is baked, and round.
`;
const FLAGS = ['--model', 'scripted:baker.yaml', '--allow', 'bash'];

let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

/** A memory with the suite in it, trusted. */
function bakery(name: string, suite = SUITE): string {
  const repo = home.memory(name);
  const write = (path: string, text: string) => {
    mkdirSync(join(repo, path, '..'), { recursive: true });
    writeFileSync(join(repo, path), text);
  };
  write('base/flour.txt', 'round\n');
  write('baker.yaml', SCRIPT);
  write('.agentmem/rubrics/crust.yaml', RUBRIC);
  write('.agentmem/suites/loaves.yaml', suite);
  home.git(repo, 'add', '-A');
  home.git(repo, 'commit', '-qm', 'A suite');
  home.agent(repo, 'trust');
  return repo;
}

const run = (repo: string, ...args: string[]) => home.json<SuiteReport>(repo, 'run', '--json', ...args);
const suites = () => join(home.dir, '.cache', 'agentmem', 'suites');

/** How many stored sessions have ended. */
function ended(repo: string): number {
  const layout = layoutOf(join(repo, '.agentmem'));
  if (!existsSync(layout.sessions)) return 0;
  const texts = sessionPaths(layout).map((path) => readFileSync(join(layout.sessions, path), 'utf8'));
  return texts.filter((text) => text.includes('"session.status_idle"')).length;
}

/** Starts `agent run …` and sends it a signal once so many sessions have ended. */
async function stopped(repo: string, args: string[], signal: 'SIGKILL' | 'SIGINT', after: number) {
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' };
  const child = spawn(process.execPath, [AGENT, 'run', ...args], { cwd: repo, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  child.stdout.resume();
  const exited = once(child, 'exit');
  // Once: a second Ctrl-C would leave at once.
  const timer = setInterval(() => {
    if (ended(repo) < after) return;
    clearInterval(timer);
    child.kill(signal);
  }, 5);
  const [code, by] = await exited;
  clearInterval(timer);
  await pause(30);
  return { end: by ?? code, stderr };
}

describe('a suite', () => {
  it('is run with fresh workspaces, chances that stay the same, and a table with intervals', () => {
    const repo = bakery('whole');
    const ran = home.agent(repo, 'run', '--suite', 'loaves', '-j', '3', ...FLAGS);
    expect(ran.stderr).toContain('6 trials of 3 tasks, 3 at once');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/^all +6 +6 of 6 +100 % +61 % to 100 %/m);
    expect(ran.stdout).toContain('all of 2 trials of a task pass: 100 % (pass^2, 3 tasks)');
    expect(ran.stdout).toMatch(/^shaped +6 of 6/m);
    expect(ran.stderr).toContain('next: agent dream');
    expect(readdirSync(suites())).toEqual([]);
    const again = run(repo, '--suite', 'loaves', '--only', 'dark', '--trials', '1', '--keep', ...FLAGS);
    expect(again.trials.map(({ task, result }) => [task, result])).toEqual([['rye', 'passed']]);
    const kept = join(suites(), again.run, 'rye.1');
    expect(readdirSync(kept).sort()).toEqual(['flour.txt', 'loaf.txt', 'seed.txt']);
    const seed = readFileSync(join(kept, 'seed.txt'), 'utf8');
    const sessions = home.json<{ suite: { seed: string; trial: number }; task: { id: string }; project: string }[]>(
      ...([repo, 'sessions', 'list', '--suite', 'loaves', '--json'] as const),
    );
    expect(sessions).toHaveLength(7);
    const rye = sessions.filter(({ task, suite }) => task.id === 'rye' && suite.trial === 1);
    expect(rye.map(({ suite }) => suite.seed)).toEqual([seed, seed]);
    expect(new Set(sessions.map(({ project }) => project)).size).toBe(1);
    expect(home.git(repo, 'status', '--short')).toBe('');
  });

  it('that is killed again and again ends with each trial once in its table', async () => {
    const repo = bakery('killed');
    const begin = ['--suite', 'loaves', '-j', '2', ...FLAGS];
    expect((await stopped(repo, begin, 'SIGKILL', 1)).end).toBe('SIGKILL');
    for (const after of [2, 4])
      expect((await stopped(repo, [...begin, '--resume'], 'SIGKILL', after)).end).toBe('SIGKILL');
    const report = run(repo, ...begin, '--resume');
    expect(report.table.whole).toMatchObject({ trials: 6, done: 6, results: { passed: 6 } });
    const trials = report.trials.map(({ task, trial }) => `${task}.${trial}`);
    expect(trials.sort()).toEqual(['bun.1', 'bun.2', 'roll.1', 'roll.2', 'rye.1', 'rye.2']);
    // What was broken off was gone on with in its own folder; only one that died with its first line was begun anew.
    const layout = layoutOf(join(repo, '.agentmem'));
    const texts = sessionPaths(layout).map((path) => readFileSync(join(layout.sessions, path), 'utf8'));
    const ended = texts.filter((text) => text.includes('"session.status_idle"'));
    expect(ended).toHaveLength(6);
    for (const text of texts) if (!ended.includes(text)) expect(text.trim().split('\n').length).toBeLessThan(5);
    expect(readdirSync(suites())).not.toContain(report.run);
    expect(home.agent(repo, 'sessions', 'verify').stdout).not.toContain('malformed');
    const shown = home.json<{ table: unknown }>(repo, 'suite', 'show', report.run, '--json');
    expect(shown.table).toEqual(report.table);
  });

  it('stops at Ctrl-C with what to type, and goes on from there', async () => {
    const repo = bakery('interrupted');
    const { end, stderr } = await stopped(repo, ['--suite', 'loaves', '-j', '2', ...FLAGS], 'SIGINT', 2);
    expect(end, stderr).toBe(130);
    const [line = ''] = /next: agent run --suite loaves --resume .*/.exec(stderr) ?? [];
    expect(line).toMatch(/--resume \S+ --model scripted:baker\.yaml --allow bash$/);
    const words = line.split(' ').slice(2);
    const report = home.json<SuiteReport>(repo, ...words, '--json');
    expect(report.table.whole).toMatchObject({ trials: 6, done: 6, results: { passed: 6 } });
    expect(home.json<unknown[]>(repo, 'sessions', 'list', '--json')).toHaveLength(6);
  });

  it('does not go on under other flags, nor where its tasks were changed, but where some were added', () => {
    const repo = bakery('changed');
    const path = join(repo, '.agentmem', 'suites', 'loaves.yaml');
    run(repo, '--suite', 'loaves', ...FLAGS);
    const other = home.agent(repo, 'run', '--suite', 'loaves', '--resume', '--model', 'scripted:other.yaml');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('--model scripted:baker.yaml') });
    writeFileSync(path, SUITE.replace('Bake rye.', 'Bake white bread.'));
    const changed = home.agent(repo, 'run', '--suite', 'loaves', '--resume', ...FLAGS);
    expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining('changed: rye') });
    writeFileSync(path, `${SUITE}  - { id: cake, prompt: Bake a cake. }\n`);
    const added = home.agent(repo, 'run', '--suite', 'loaves', '--resume', ...FLAGS);
    expect(added.code, added.stderr).toBe(0);
    expect(added.stderr).toContain('1 task came into the suite');
    expect(added.stdout).toMatch(/^all +6 /m);
  });

  it('runs no set-up line that nobody has trusted', () => {
    const repo = bakery('untrusted', SUITE.replace('printf', 'touch ran; printf'));
    home.agent(repo, 'trust', '--revoke');
    const ran = home.agent(repo, 'run', '--suite', 'loaves', ...FLAGS);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('agent trust --show') });
    expect(home.agent(repo, 'trust', '--show').stdout).toContain('suites/loaves.yaml workspace.setup');
    expect(existsSync(join(repo, '.agentmem', 'sessions'))).toBe(false);
  });

  it('says what is wrong before anything is run', () => {
    const repo = bakery('wrong');
    const refused = (...args: string[]) => {
      const ran = home.agent(repo, 'run', '--suite', ...args);
      expect(ran.code).toBe(2);
      return ran.stderr;
    };
    expect(refused('loafs')).toContain('did you mean loaves?');
    expect(refused('loaves', '--only', 'rey')).toContain('did you mean rye?');
    expect(refused('loaves', '--only', 'spelt')).toContain('--held-out');
    expect(refused('loaves', 'Bake', 'more')).toContain('brings its own tasks');
    expect(refused('loaves', '--resume', 'x')).toContain('no run of a suite is called');
    expect(refused('loaves', '--rubric', 'crust')).toContain('the suite says');
    expect(home.agent(repo, 'run', 'Bake', '--trials', '2').stderr).toContain('are for suites');
    writeFileSync(join(repo, '.agentmem', 'suites', 'loaves.yaml'), SUITE.replace('rubric: crust', 'rubric: crumb'));
    expect(refused('loaves')).toContain('there is no rubric named crumb');
  });
});

describe('what is held out', () => {
  it('is run only when asked for, and no dream and no card knows of it', () => {
    const repo = bakery('held-out');
    const report = run(repo, '--suite', 'loaves', '--held-out', ...FLAGS);
    expect(report).toMatchObject({ held_out: true, table: { whole: { trials: 2, results: { passed: 2 } } } });
    run(repo, '--suite', 'loaves', '--trials', '1', ...FLAGS);
    expect(home.json(repo, 'mine', '--json')).toMatchObject({ sessions: 3, held_out: 2 });
    const dream = home.json<{ read: object }>(repo, 'dream', '--json');
    expect(dream.read).toMatchObject({ sessions: 3, held_out: 2 });
    expect(home.json(repo, 'status', '--json')).toMatchObject({ sessions: { total: 5, new_since_dream: 0 } });
    const named = home.json<{ sessions: number }>(repo, 'mine', '--json', '--suite', report.run);
    expect(named).toMatchObject({ sessions: 0, held_out: 2 });
    expect(home.agent(repo, 'suite', 'from-sessions', '--suite', report.run, '--as', 'stolen').code).toBe(2);
  });
});

describe('a suite is made', () => {
  it('from a table, with what was left out named by its line', () => {
    const repo = home.memory('table');
    writeFileSync(join(repo, 'asked.csv'), 'id,question,answer\nq-1,How many loaves?,Seven\nq-2,,\n');
    const made = home.agent(repo, 'suite', 'import', 'asked.csv', '--as', 'asked');
    expect(made).toMatchObject({ code: 1, stderr: expect.stringContaining('asked.csv:3') });
    expect(home.json(repo, 'suite', 'show', 'asked', '--json')).toMatchObject({
      tasks: [{ id: 'q-1', prompt: 'How many loaves?', expected: 'Seven' }],
    });
    const again = home.agent(repo, 'suite', 'import', 'asked.csv', '--as', 'asked');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    expect(home.agent(repo, 'suite', 'import', 'asked.csv', '--as', 'asked', '--force').code).toBe(1);
    expect(home.agent(repo, 'suite', 'list').stdout).toMatch(/^asked +1 /m);
  });

  it('from the prompts of stored sessions, each once, and grades given later are in its tables', () => {
    const repo = bakery('prompts', SUITE.replace('rubric: crust', 'rubric: false').replace('Bake a bun.', 'Bake rye.'));
    const first = run(repo, '--suite', 'loaves', ...FLAGS);
    expect(first.table.whole.results.ended).toBe(6);
    expect(home.agent(repo, 'grade', '--suite', first.run, '--rubric', 'crust').code).toBe(0);
    const shown = home.agent(repo, 'suite', 'show', first.run);
    expect(shown.stdout).toMatch(/^all +6 +6 of 6 +100 %/m);
    expect(home.json(repo, 'suite', 'from-sessions', '--tool', 'bash', '--as', 'again', '--json')).toMatchObject({
      ...{ tasks: 2, sessions: 6 },
    });
    expect(home.agent(repo, 'suite', 'from-sessions', '--failed', '--as', 'none').code).toBe(2);
    expect(home.agent(repo, 'suite', 'from-sessions', '--tool', 'edit', '--as', 'none').code).toBe(2);
  });
});
