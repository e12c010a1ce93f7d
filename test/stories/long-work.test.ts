// Work that lasts, as a user has it: conversations that are summed up, forks, and work trees beside the checkout.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';

let home: Home;
let memory: string;
beforeEach(() => {
  home = makeHome();
  memory = home.memory('project');
});
afterEach(() => home.remove());

const script = (name: string, turns: unknown[]) => {
  const path = join(home.dir, `${name}.json`);
  writeFileSync(path, JSON.stringify(turns));
  return `scripted:${path}`;
};
const eventsOf = (session: string) =>
  home
    .agent(memory, 'sessions', 'show', session, '--json')
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; type: string; [key: string]: unknown });
const header = (session: string) => eventsOf(session).find((event) => event.type === 'session.created');
const worktrees = () => home.git(memory, 'worktree', 'list').split('\n');
const status = (folder: string) => home.git(folder, 'status', '--porcelain');

describe('a session that grows too long', () => {
  it('is summed up in the middle, says so, and ends with what it was told', () => {
    const config = join(memory, '.agentmem', 'config.yaml');
    writeFileSync(config, `${readFileSync(config, 'utf8')}\ncompaction: { at_tokens: 4500, keep_turns: 2 }\n`);
    const step = (n: number) => ({
      text: `Step ${n}. ${'Where was I? '.repeat(60)}`,
      tools: [{ name: 'write', input: { path: `f${n}.txt`, content: `step ${n}` } }],
      when: n === 1 ? { last_contains: 'heliotrope' } : { tool_result_contains: `f${n - 1}.txt` },
    });
    const model = script('long', [
      { text: 'The steps went well so far.', when: { last_contains: 'The conversation has grown long' }, repeat: true },
      ...Array.from({ length: 12 }, (_, i) => step(i + 1)),
      { text: 'Done: heliotrope.', when: { tool_result_contains: 'f12.txt' } },
    ]);
    const { code, stdout, stderr } = home.agent(
      memory,
      'run',
      'The word is heliotrope.',
      '--model',
      model,
      '--allow',
      'write',
    );
    expect(code, stderr).toBe(0);
    expect(stdout.trim()).toBe('Done: heliotrope.');
    expect(stderr).toMatch(/\d+ answers? summed up to make room/);
    expect(readFileSync(join(memory, 'f12.txt'), 'utf8')).toBe('step 12');
    const shown = home.agent(memory, 'sessions', 'show', 'last', '--full').stdout;
    expect(shown).toMatch(/summed up by the model; what people said is still sent word for word/);
    expect(shown).toContain('Changed in this session: f1.txt');
    home.agent(memory, 'sessions', 'export', 'last', '--format', 'md', '--out', 'out');
    const [exported = ''] = readdirSync(join(memory, 'out'));
    const markdown = readFileSync(join(memory, 'out', exported), 'utf8');
    expect(markdown).toContain('**Summed up** (put there by `compaction`)');
    expect(home.agent(memory, 'sessions', 'verify').code).toBe(0);
  });
});

describe('--fork', () => {
  const SCRIPT = [
    { text: 'Which way?', tools: [{ name: 'read', input: { path: 'a.txt' } }] },
    { text: 'Left.' },
    { text: 'Right.' },
  ];

  it('goes on with a copy from an event that `sessions show --ids` names', () => {
    writeFileSync(join(memory, 'a.txt'), 'a');
    const model = script('ways', SCRIPT);
    expect(home.agent(memory, 'run', 'Go.', '--model', model).stdout.trim()).toBe('Left.');
    const first = String(header('last')?.session);
    const shown = home.agent(memory, 'sessions', 'show', first, '--ids').stdout.split('\n');
    const id = shown[shown.findIndex((line) => line.includes('result')) - 1] ?? '';
    expect(id).toMatch(/^evt_/);
    const forked = home.agent(memory, 'run', '--fork', `${first}@${id}`, 'The other way.', '--model', model);
    expect(forked.code, forked.stderr).toBe(0);
    const fork = header('last');
    expect(fork).toMatchObject({ forked_from: { session: first }, title: 'The other way.' });
    expect(fork?.session).not.toBe(first);
    expect(home.agent(memory, 'sessions', 'show', 'last').stdout).toContain(`forked here from ${first}`);
    const mined = home.json<{ sessions: number }>(memory, 'mine', '--json');
    expect(mined.sessions).toBe(2);
  });

  it('says what is wrong: no session, no event, nothing to go on with, or --resume beside it', () => {
    const model = script('ways', SCRIPT.slice(1));
    home.agent(memory, 'run', 'Go.', '--model', model);
    for (const [args, words] of [
      [['--fork', 'nobody', 'Go.'], /no session is called "nobody"/],
      [['--fork', 'last@evt_none', 'Go.'], /no such event/],
      [['--fork', 'last'], /had said that it is done/],
      [['--fork', 'last@', 'Go.'], /names no session/],
      [['--fork', 'last', '--resume', 'last'], /does not go with --fork/],
    ] as const) {
      const { code, stderr } = home.agent(memory, 'run', ...args, '--model', model);
      expect(stderr).toMatch(words);
      expect(code).toBe(2);
    }
    expect(home.json<unknown[]>(memory, 'sessions', 'list', '--json')).toHaveLength(1);
  });
});

describe('--worktree', () => {
  const write = (name: string) => ({
    text: `I write ${name}.`,
    tools: [{ name: 'write', input: { path: name, content: 'x' } }],
  });

  it('works on a branch of its own, leaves the checkout alone, and says how to keep or drop what it did', () => {
    writeFileSync(join(memory, 'mine.txt'), 'not committed');
    const model = script('write', [write('new.txt'), { text: 'Done.' }]);
    const before = home.git(memory, 'rev-parse', 'HEAD');
    const { code, stderr } = home.agent(
      memory,
      'run',
      '--worktree=agent/try',
      'Write it.',
      '--model',
      model,
      '--allow',
      'write',
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('what is not committed here is not in it (1 file)');
    expect(status(memory)).toBe('?? mine.txt');
    expect(home.git(memory, 'rev-parse', 'HEAD')).toBe(before);
    const cwd = String(header('last')?.cwd);
    expect(cwd.startsWith(memory)).toBe(false);
    expect(header('last')).toMatchObject({ git: { branch: 'agent/try', head: before } });
    expect(status(cwd)).toBe('?? new.txt');
    expect(stderr).toContain('not committed: new.txt');
    expect(stderr).toContain(`git -C ${cwd} add -A`);
    const drop = /drop it: +(git .*)\n +(git .*)\n/.exec(stderr);
    for (const line of drop?.slice(1) ?? ['']) home.git(memory, ...line.split(' ').slice(1));
    expect(worktrees()).toHaveLength(1);
    expect(home.git(memory, 'branch', '--list', 'agent/*')).toBe('');
  });

  it('goes away again where nothing was changed; a task behind the flag is no name', () => {
    const { code, stderr } = home.agent(
      memory,
      'run',
      '--worktree',
      'Say hello.',
      '--model',
      script('hello', [{ text: 'Hello.' }]),
    );
    expect(code, stderr).toBe(0);
    expect(header('last')).toMatchObject({ title: 'Say hello.' });
    expect(stderr).toContain('nothing was changed, so it was removed');
    expect(worktrees()).toHaveLength(1);
    expect(home.git(memory, 'branch', '--list', 'agent/*')).toBe('');
    expect(existsSync(String(header('last')?.cwd))).toBe(false);
    const again = home.agent(
      memory,
      'run',
      '--resume',
      'last',
      'And goodbye.',
      '--model',
      script('bye', [{ text: 'Bye.' }]),
    );
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('the folder that this session worked in is gone');
  });

  it('stays for a session that is not over, and --resume goes back into it', () => {
    const model = script('two', [write('one.txt'), write('two.txt'), { text: 'Done.' }]);
    const stopped = home.agent(
      memory,
      'run',
      '--worktree',
      'Write two.',
      '--model',
      model,
      '--allow',
      'write',
      '--budget',
      'turns=1',
    );
    expect(stopped.code).toBe(1);
    const cwd = String(header('last')?.cwd);
    const end = home.agent(
      memory,
      'run',
      '--resume',
      'last',
      '--model',
      model,
      '--allow',
      'write',
      '--budget',
      'turns=9',
    );
    expect(end.code, end.stderr).toBe(0);
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['one.txt', 'two.txt']));
    expect(status(memory)).toBe('');
    expect(end.stderr).toContain('not committed: one.txt, two.txt');
  });

  it('is refused with a reason, and leaves nothing behind where the run cannot start', () => {
    const model = script('hello', [{ text: 'Hello.' }]);
    home.git(memory, 'branch', 'taken');
    for (const [args, words] of [
      [['--worktree=taken', 'Go.', '--model', model], /the branch taken exists already/],
      [['--worktree=a..b', 'Go.', '--model', model], /not a name for a branch/],
      [['--worktree', '--resume', 'last'], /does not go with --worktree/],
      [['--worktree=fresh', 'Go.', '--model', 'scripted:/no/such/file'], /cannot be read/],
      [['--worktree=fresh', 'Go.', '--rubric', 'none-such', '--model', model], /none-such/],
    ] as const) {
      const { code, stderr } = home.agent(memory, 'run', ...args);
      expect(stderr).toMatch(words);
      expect(code).toBe(2);
    }
    expect(worktrees()).toHaveLength(1);
    expect(home.git(memory, 'branch', '--list', 'fresh')).toBe('');
  });

  it('takes a fork into a fresh place, so that both ways can be compared', () => {
    const model = script('fork', [write('left.txt'), { text: 'Left.' }, write('right.txt'), { text: 'Right.' }]);
    home.agent(memory, 'run', 'Go.', '--model', model, '--allow', 'write');
    const fork = home.agent(
      memory,
      'run',
      '--fork',
      'last',
      '--worktree',
      'Now right.',
      '--model',
      model,
      '--allow',
      'write',
    );
    expect(fork.code, fork.stderr).toBe(0);
    const cwd = String(header('last')?.cwd);
    expect(existsSync(join(cwd, 'right.txt'))).toBe(true);
    expect(existsSync(join(memory, 'right.txt'))).toBe(false);
    expect(existsSync(join(memory, 'left.txt'))).toBe(true);
  });
});
