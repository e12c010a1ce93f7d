// Sessions of several tools and projects in one memory, through the built command: a dream keeps to its own project, and says whose sessions taught it what.
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';

let home: Home;
let repo: string;
let loom: string;

interface Dreamed {
  branch: string | null;
  read: { sessions: number };
  changes: { playbook: string }[];
  other_projects?: { project: string; sessions: number }[];
}

beforeAll(() => {
  home = makeHome();
  repo = realpathSync(home.memory('orchard'));
  loom = join(home.dir, 'loom');
  mkdirSync(loom);
  const kept = join(home.dir, 'kept');
  mkdirSync(kept);
  for (const [at, task] of TASKS.entries()) {
    writeFileSync(join(kept, `codex-${at}.jsonl`), codexRollout(at, task, repo));
    writeFileSync(join(kept, `pi-${at}.jsonl`), piSession(at, task, join(repo, 'pears')));
    writeFileSync(join(kept, `loom-${at}.jsonl`), codexRollout(10 + at, task, loom));
  }
  expect(home.json(repo, 'import', kept, '--json')).toMatchObject({ imported: 12, skipped: [] });
});
afterAll(() => home.remove());

const dream = (...flags: string[]) => home.json<Dreamed>(repo, 'dream', '--dry-run', '--json', ...flags);

describe('a memory with sessions of two projects', () => {
  it('dreams of its own, and says how many of which others it left out', () => {
    const own = dream();
    expect(own.read.sessions).toBe(8);
    expect(own.other_projects).toEqual([{ project: loom, sessions: 4 }]);
    const { stdout } = home.agent(repo, 'dream', '--dry-run');
    expect(stdout).toContain(`4 sessions of 1 other project left out (--projects): ${loom} 4`);
    expect(home.json(repo, 'mine', '--json')).toMatchObject({ sessions: 8, other_projects: own.other_projects });
    expect(home.json(repo, 'status', '--json')).toMatchObject({ sessions: { total: 12, new_since_dream: 8 } });
  });

  it('reads others where they are named, and sessions that are named whatever their project', () => {
    expect(dream('--projects', 'all')).toMatchObject({ read: { sessions: 12 } });
    expect(dream('--projects', 'all')).not.toHaveProperty('other_projects');
    expect(dream('--projects', 'loom').read.sessions).toBe(4);
    expect(dream('--projects', 'this', 'loom').read.sessions).toBe(12);
    expect(dream('--last', '5').read.sessions).toBe(5);
    const [foreign] = home
      .json<{ id: string; project: string }[]>(repo, 'sessions', 'list', '--json')
      .filter(({ project }) => project === loom);
    expect(dream('--sessions', foreign?.id ?? '').read.sessions).toBe(1);
    expect(home.agent(repo, 'dream', '--projects', 'lom')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean loom?'),
    });
  });

  it('says in the lesson and in the report whose sessions they come from', () => {
    const { branch } = home.json<Dreamed>(repo, 'dream', '--json', '--plain');
    const paths = home.git(repo, 'ls-tree', '-r', '--name-only', branch ?? '').split('\n');
    const texts = paths
      .filter((path) => /\.agentmem\/(?:playbooks|dreams)\/[^/]+\.md$/.test(path))
      .map((path) => home.git(repo, 'show', `${branch}:${path}`));
    expect(texts.filter((text) => text.includes('- From: Codex 4, pi 4'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('- from: Codex 4, pi 4'))).toHaveLength(1);
    expect(texts.join('\n')).not.toContain(loom);
  });

  it('waits by night for new sessions of the projects that it reads', () => {
    const said = (...flags: string[]) => {
      const { steps } = home.json<{ steps: { step: string; said: string }[] }>(
        repo,
        ...['nightly', '--no-import', '--json', ...flags],
      );
      return steps.find(({ step }) => step === 'dream')?.said;
    };
    const config = join(repo, '.agentmem', 'config.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('every: 24h', 'every: 0m'));
    expect(said()).toContain('0 new sessions, 5 are needed');
    expect(said('--projects', 'loom')).toContain('4 new sessions, 5 are needed');
    expect(said('--all-projects')).toContain('4 new sessions, 5 are needed');
  });
});

const TASKS = [
  'Fire the porcelain bowls for the tea school before noon',
  'Count every crate in the cellar and write the sum down',
  'Which of the apple trees need pruning this winter? Mark them',
  'Paint the garden gate green, then oil its hinges well',
];
const TROUBLE = 'the kiln is still warm, so its door stays locked';

const at = (day: number, second: number) => `2026-03-${String(1 + day).padStart(2, '0')}T08:00:0${second}.000Z`;
const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

function codexRollout(day: number, task: string, cwd: string): string {
  const item = (second: number, payload: object, type = 'response_item') => ({
    timestamp: at(day, second),
    type,
    payload,
  });
  const call = (second: number, id: string, wait: string) =>
    item(second, { type: 'function_call', name: 'kiln', arguments: JSON.stringify({ wait }), call_id: id });
  const output = (second: number, id: string, text: string, code: number) =>
    item(second, {
      type: 'function_call_output',
      call_id: id,
      output: JSON.stringify({ output: text, metadata: { exit_code: code } }),
    });
  return lines([
    item(0, { id: `c0de${day}`, timestamp: at(day, 0), cwd, cli_version: '0.9' }, 'session_meta'),
    item(1, { type: 'message', role: 'user', content: [{ type: 'input_text', text: task }] }),
    call(2, 'k1', 'none'),
    output(3, 'k1', TROUBLE, 1),
    call(4, 'k2', 'an hour'),
    output(5, 'k2', `open ${day}`, 0),
  ]);
}

function piSession(day: number, task: string, cwd: string): string {
  const entry = (id: string, parentId: string | null, second: number, message: object) => ({
    ...{ type: 'message', id, parentId, timestamp: at(day, second), message },
  });
  const call = (id: string, wait: string) => ({
    role: 'assistant',
    model: 'm',
    content: [{ type: 'toolCall', id, name: 'kiln', arguments: { wait } }],
  });
  const result = (id: string, text: string, isError: boolean) => ({
    ...{ role: 'toolResult', toolCallId: id, toolName: 'kiln', isError },
    content: [{ type: 'text', text }],
  });
  return lines([
    { type: 'session', id: `pi${day}`, timestamp: at(day, 0), cwd },
    entry('a', null, 1, { role: 'user', content: [{ type: 'text', text: task }] }),
    entry('b', 'a', 2, call('p1', 'none')),
    entry('c', 'b', 3, result('p1', TROUBLE, true)),
    entry('d', 'c', 4, call('p2', 'an hour')),
    entry('e', 'd', 5, result('p2', `open ${day}`, false)),
  ]);
}
