// A team through the built command: a copy taken over, a branch merged, a kill in the middle, and the session gone on with as one piece.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Home, makeHome, ROOT } from '../support/agent.ts';
import { noTerminal, typeAt } from '../support/terminal.ts';

let home: Home;
let work: string;

const agentFile = (name: string, front: string) =>
  writeFileSync(
    join(work, '.agentmem', 'agents', `${name}.md`),
    `---\nname: ${name}\n${front}\n---\nYou are ${name}.\n`,
  );

beforeAll(() => {
  home = makeHome();
  work = home.memory('work');
  writeFileSync(join(work, 'a.txt'), 'one\n');
  mkdirSync(join(work, '.agentmem', 'agents'), { recursive: true });
  agentFile('lead', 'team: [scout, copyist, gardener]');
  agentFile('scout', 'description: Looks at files.\ntools: [read, glob, ask]');
  agentFile('copyist', 'workspace: copy\npermissions: [{ allow: write }]');
  agentFile('gardener', 'workspace: worktree\npermissions: [{ allow: write }]');
  home.git(work, 'add', '--all');
  home.git(work, 'commit', '--quiet', '-m', 'A team');
  expect(home.agent(work, 'trust').code).toBe(0);
});
afterAll(() => home.remove());

const of = (name: string) => ({ when: { system_contains: `You are ${name}.` } });
const delegate = (...tasks: object[]) => ({ name: 'delegate', input: { tasks } });
const write = (path: string) => ({ name: 'write', input: { path, content: `${path}\n` } });
const script = (name: string, turns: object[]) => {
  const path = join(home.dir, `${name}.json`);
  writeFileSync(path, JSON.stringify(turns));
  return `scripted:${path}`;
};

it('works, shows its lanes, and leaves the folder as its lead decided', () => {
  const model = script('whole', [
    {
      ...of('lead'),
      tools: [
        delegate(
          { member: 'scout', message: 'Look around.' },
          { member: 'copyist', message: 'Write b.' },
          { member: 'gardener', message: 'Plant c.' },
        ),
        { name: 'advise', input: { question: 'Which way?' } },
      ],
    },
    { ...of('scout'), tools: [{ name: 'read', input: { path: 'a.txt' } }, write('never.txt')] },
    { ...of('scout'), text: 'One file.' },
    { ...of('copyist'), tools: [write('b.txt')] },
    { ...of('copyist'), text: 'b is written.' },
    { ...of('gardener'), tools: [write('c.txt')] },
    { ...of('gardener'), text: 'c is planted.' },
    { when: { system_contains: 'You advise' }, text: 'Straight on.' },
    {
      ...of('lead'),
      tools: [
        { name: 'take_from', input: { thread: 'copyist-1', paths: ['b.txt'] } },
        { name: 'merge_branch', input: { thread: 'gardener-1' } },
      ],
    },
    { ...of('lead'), text: 'All of it is here.' },
  ]);
  const flags = ['--agent', 'lead', '--model', model, '--allow', 'take_from', '--allow', 'merge_branch'];
  const ran = home.agent(work, 'run', 'Do it together.', ...flags);
  expect(ran.stderr).not.toMatch(/error:|Warning:/);
  expect([ran.code, ran.stdout.trim()]).toEqual([0, 'All of it is here.']);
  expect(ran.stderr).toMatch(/scout-1: starts: Look around\./);
  expect(readFileSync(join(work, 'b.txt'), 'utf8')).toBe('b.txt\n');
  expect(readFileSync(join(work, 'c.txt'), 'utf8')).toBe('c.txt\n');
  expect(existsSync(join(work, 'never.txt'))).toBe(false);
  expect(home.git(work, 'log', '-1', '--format=%s')).toMatch(/^Merge agent\/\S+\/gardener-1$/);
  expect(home.git(work, 'worktree', 'list').split('\n')).toHaveLength(1);
  const lanes = home.agent(work, 'sessions', 'show', 'last', '--threads').stdout;
  expect(lanes).toMatch(/┬ scout-1\s+scout starts for main: Look around\./);
  expect(lanes).toMatch(/● advisor-1\s+Straight on\./);
  expect(lanes).toMatch(/┴.* copyist-1\s+ends: end_turn/);
  const one = home.agent(work, 'sessions', 'show', 'last', '--thread', 'scout-1').stdout;
  expect(one).toContain('One file.');
  expect(one).not.toContain('b is written');
  expect(home.agent(work, 'sessions', 'verify').code).toBe(0);
  expect(home.agent(work, 'mine').code).toBe(0);
});

it('goes on after kill -9 in the middle of a delegation, and the lead knows what broke off', async () => {
  const slow = script('slow', [
    {
      ...of('lead'),
      tools: [delegate({ member: 'scout', message: 'Look.' }, { member: 'copyist', message: 'Write d.' })],
    },
    {
      when: { system_contains: 'You are lead.', last_contains: 'copyist-1 broke off' },
      tools: [delegate({ thread: 'copyist-1', message: 'Go on.' })],
    },
    { ...of('lead'), tools: [{ name: 'take_from', input: { thread: 'copyist-1', paths: ['d.txt'] } }] },
    { ...of('lead'), text: 'Done after all.' },
    { ...of('scout'), text: 'Seen.' },
    { ...of('copyist'), tools: [write('d.txt')] },
    { when: { system_contains: 'You are copyist.', last_contains: 'Go on.' }, text: 'd was written already.' },
    { ...of('copyist'), text: 'never said', delay_ms: 60_000 },
  ]);
  const args = ['run', 'Again.', '--agent', 'lead', '--model', slow, '--json'];
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' };
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'agent.js'), ...args], { cwd: work, env, stdio: 'pipe' });
  let seen = '';
  child.stdout.on('data', (text) => {
    seen += text;
  });
  const gone = once(child, 'exit');
  while (!seen.includes('Created d.txt') || !/thread_status_idle/.test(seen)) await pause(20);
  child.kill('SIGKILL');
  await gone;
  const ran = home.agent(work, 'run', '--resume', 'last', '--model', slow, '--allow', 'take_from');
  expect([ran.code, ran.stdout.trim()], ran.stderr).toEqual([0, 'Done after all.']);
  // What the member had written before the kill was in its copy, and was not written twice.
  expect(readFileSync(join(work, 'd.txt'), 'utf8')).toBe('d.txt\n');
  const events = home.agent(work, 'sessions', 'show', 'last', '--json').stdout;
  expect(events).toContain('scout-1 had ended (end_turn)');
  expect(events.match(/Created d\.txt/g)).toHaveLength(1);
  expect(home.agent(work, 'sessions', 'verify').code).toBe(0);
  expect(readdirSync(join(home.dir, '.cache', 'agentmem', 'teams'))).toEqual([]);
});

it.skipIf(noTerminal !== undefined)('says at a terminal which member asks; q there ends the whole run', () => {
  const model = script('asking', [
    { ...of('lead'), tools: [delegate({ member: 'gardener', message: 'Go.' }, { member: 'copyist', message: 'Go.' })] },
    { ...of('gardener'), tools: [{ name: 'bash', input: { command: 'node --version' } }] },
    { ...of('gardener'), text: 'Looked.', delay_ms: 5_000 },
    { ...of('copyist'), tools: [{ name: 'bash', input: { command: 'node --version' } }] },
    { ...of('copyist'), text: 'Looked.', delay_ms: 5_000 },
    { ...of('lead'), text: 'never said' },
  ]);
  const steps = [
    ['May the agent use bash?', 'y'],
    ['May the agent use bash?', 'q'],
  ] as const;
  const { output, ...typed } = typeAt(work, ['run', 'Go.', '--agent', 'lead', '--model', model], steps, {
    HOME: home.dir,
  });
  expect(typed).toEqual({ code: 130, missing: null, restored: true });
  expect(['gardener-1 asks:', 'copyist-1 asks:'].map((text) => output.includes(text))).toEqual([true, true]);
  const lanes = home.agent(work, 'sessions', 'show', 'last', '--threads').stdout;
  expect(lanes.match(/allowed by a person/g)).toHaveLength(1);
  expect(lanes.match(/refused by a person/g)).toHaveLength(1);
  expect(lanes).not.toContain('never said');
});

it('does not start where a member’s file is missing or wrong', () => {
  agentFile('lonely', 'team: [scout, nobody]');
  agentFile('crooked', 'team: [scout]\nworkspace: elsewhere');
  const model = script('nothing', [{ text: 'never' }]);
  const missing = home.agent(work, 'run', 'Go.', '--agent', 'lonely', '--model', model);
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/there is no agent named nobody/)]);
  const wrong = home.agent(work, 'run', 'Go.', '--agent', 'crooked', '--model', model);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/workspace/)]);
});
