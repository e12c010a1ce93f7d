// A real bug fix in a real repository through the built command, with a script for a model; and everything around it that users rely on.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';
import { newestTranscript } from '../support/newest-transcript.ts';

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
});
afterEach(() => home.remove());

interface Line {
  type: string;
  [key: string]: unknown;
}

const put = (path: string, text: string) => {
  mkdirSync(join(repo, path, '..'), { recursive: true });
  writeFileSync(join(repo, path), text);
};
const script = (turns: unknown[]) => put('script.json', JSON.stringify(turns));
const run = (...args: string[]) => home.agent(repo, 'run', ...args, '--model', 'scripted:script.json');

/** The lines of the newest transcript. */
const transcript = () => newestTranscript<Line>(repo);

const BUG = 'export const add = (a, b) => a - b;\n';
const CHECK =
  "import { add } from './sum.mjs';\nif (add(2, 3) !== 5) { console.error('2 + 3 is', add(2, 3)); process.exit(1); }\nconsole.log('ok');\n";
const FIX = [
  { text: 'I run the check first.', tools: [{ name: 'bash', input: { command: 'node check.mjs' } }] },
  { tools: [{ name: 'read', input: { path: 'sum.mjs' } }] },
  { tools: [{ name: 'edit', input: { path: 'sum.mjs', old_string: 'a - b', new_string: 'a + b' } }] },
  { tools: [{ name: 'bash', input: { command: 'node check.mjs' } }] },
  { text: 'Fixed: add subtracted. The check passes.' },
];

describe('agent run', () => {
  it('fixes a bug, checks it, and leaves a transcript that verifies', () => {
    put('sum.mjs', BUG);
    put('check.mjs', CHECK);
    script(FIX);
    const done = run('Fix add in sum.mjs', '--allow', 'bash(node check.mjs)', '--allow', 'edit(sum.mjs)');
    expect(done.stderr).toContain('✗ bash node check.mjs');
    expect(done).toMatchObject({ code: 0, stdout: 'Fixed: add subtracted. The check passes.\n' });
    expect(readFileSync(join(repo, 'sum.mjs'), 'utf8')).toBe('export const add = (a, b) => a + b;\n');
    const lines = transcript();
    const results = lines.filter((l) => l.type === 'agent.tool_result');
    expect(results.map((r) => r.is_error === true)).toEqual([true, false, false, false]);
    expect(lines.at(-1)).toMatchObject({ type: 'session.status_idle', stop_reason: 'end_turn' });
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
    const shown = home.agent(repo, 'sessions', 'show', 'last');
    expect(shown.stdout).toContain('Fixed: add subtracted');
  });

  it('refuses what no rule allows, tells the model why, and exits 0 only because the agent ends by itself', () => {
    put('keep.txt', 'keep');
    script([{ tools: [{ name: 'bash', input: { command: 'rm keep.txt' } }] }, { text: 'I may not.' }]);
    const done = run('Remove keep.txt');
    expect(done.code).toBe(0);
    expect(existsSync(join(repo, 'keep.txt'))).toBe(true);
    const lines = transcript();
    expect(lines.find((l) => l.type === 'agent.tool_result')).toMatchObject({ is_error: true, denied: true });
    expect(lines.find((l) => l.type === 'user.tool_confirmation')).toMatchObject({ result: 'deny', by: 'nobody' });
  });

  it('stops where the agent asks, and goes on with the answer', () => {
    script([
      { tools: [{ name: 'ask', input: { question: 'Drop the old column?' } }] },
      { text: 'Dropped.', when: { tool_result_contains: 'Yes' } },
    ]);
    const asked = run('Clean up');
    expect(asked.code).toBe(1);
    expect(asked.stdout).toContain('Drop the old column?');
    expect(transcript().at(-1)).toMatchObject({ stop_reason: 'requires_action' });
    const silent = home.agent(repo, 'run', '--resume', 'last', '--model', 'scripted:script.json');
    expect(silent).toMatchObject({ code: 2 });
    expect(silent.stderr).toContain('waits for an answer');
    const answered = run('--resume', 'last', 'Yes');
    expect(answered).toMatchObject({ code: 0, stdout: 'Dropped.\n' });
  });

  it('ends at its budget with exit code 1, and goes on once the budget is raised', () => {
    put('a.txt', 'a');
    script([
      { tools: [{ name: 'read', input: { path: 'a.txt' } }] },
      { tools: [{ name: 'read', input: { path: 'a.txt' } }] },
      { text: 'Read twice.' },
    ]);
    const first = run('Read a.txt twice', '--budget', 'turns=2');
    expect(first.code).toBe(1);
    expect(transcript().at(-1)).toMatchObject({ stop_reason: 'budget_reached' });
    const again = run('--resume', 'last', '--budget', 'turns=5');
    expect(again).toMatchObject({ code: 0, stdout: 'Read twice.\n' });
    expect(transcript().filter((l) => l.type === 'agent.tool_use')).toHaveLength(2);
  });

  it('says what it looked for and three ways to go on where there is neither key nor server', () => {
    const none = home.agent(repo, 'run', 'anything');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('ANTHROPIC_API_KEY');
    expect(none.stderr).toMatch(/1\..*\n.*2\..*\n.*3\./);
    expect(existsSync(join(repo, '.agentmem', 'sessions', '2026'))).toBe(false);
  });

  it('never lets a secret of a tool’s output reach the disk, nor the model', () => {
    const secret = `ghp_${'A1b2C3d4E5'.repeat(4).slice(0, 36)}`;
    put('.env', `GITHUB_TOKEN=${secret}\n`);
    script([
      { tools: [{ name: 'read', input: { path: '.env' } }] },
      { text: 'It is hidden.', when: { tool_result_contains: '[redacted:' } },
    ]);
    const done = run('Look at .env');
    expect(done).toMatchObject({ code: 0, stdout: 'It is hidden.\n' });
    expect(JSON.stringify(transcript())).not.toContain(secret);
  });

  it('prints every event as one JSON object a line with --json, the same as are stored', () => {
    script([{ text: 'Hello.' }]);
    const done = run('Say hello', '--json');
    expect(done.code).toBe(0);
    const printed = done.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(printed).toEqual(transcript());
  });

  it('names the task with --task-id, so that its sessions are compared with each other', () => {
    script([{ text: 'Hello.' }]);
    expect(run('Say hello', '--task-id', 'greeting').code).toBe(0);
    expect(transcript()[0]).toMatchObject({ task: { id: 'greeting', prompt: 'Say hello' } });
  });

  it('starts with the lessons in force, and says which and from which commit', () => {
    home.agent(
      repo,
      'playbooks',
      'add',
      '--playbook',
      'bash',
      '--title',
      'Run the unit tests with node check.mjs',
      '--rule',
      'The unit tests run with node check.mjs.',
    );
    home.git(repo, 'add', '-A');
    home.git(repo, 'commit', '-qm', 'A lesson');
    script([{ text: 'I know.', when: { system_contains: 'node check.mjs' } }]);
    const done = run('Run the unit tests');
    expect(done).toMatchObject({ code: 0, stdout: 'I know.\n' });
    const head = home.git(repo, 'rev-parse', 'HEAD');
    const lines = transcript();
    expect(lines.find((l) => l.type === 'memory.loaded')).toMatchObject({ commit: head, playbooks: ['bash'] });
    expect(lines[0]).toMatchObject({ memory: { commit: head } });
    script([{ text: 'I know nothing.' }]);
    run('Run the unit tests', '--no-memory');
    expect(transcript().some((l) => l.type === 'memory.loaded')).toBe(false);
  });
});
