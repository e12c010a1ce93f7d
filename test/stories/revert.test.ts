// After the review: a branch that fell behind is caught up by merge, lessons are pinned, added, retired and reverted by hand.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome, type Ran } from '../support/agent.ts';

interface Listed {
  entry: string;
  playbook: string;
  pinned?: boolean;
  trust?: string;
}

let home: Home;
let repo: string;
let branch: string;
let ids: string[];
let playbook: string;
const listed = () => home.json<Listed[]>(repo, 'playbooks', 'list', '--json');

/** Runs what the command said comes next, as the person would paste it. */
function paste(ran: Ran): void {
  const command = /next: (git .*)/.exec(ran.stderr)?.[1] ?? '';
  expect(command).toContain('git commit');
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '' };
  execFileSync('/bin/sh', ['-c', command], { cwd: repo, env, stdio: 'pipe' });
}

beforeAll(() => {
  home = makeHome();
  repo = home.memory('teahouse');
  home.json(repo, 'import', EXAMPLE, '--json');
  const dreamed = home.json<{ branch: string; changes: Listed[] }>(repo, 'dream', '--json');
  branch = dreamed.branch;
  ids = dreamed.changes.map((c) => c.entry);
  playbook = dreamed.changes.at(-1)?.playbook ?? '';
});
afterAll(() => home.remove());

describe('merge of a branch that fell behind', () => {
  it('rebuilds it on the new tip where a plain merge would conflict, and keeps its verdicts', () => {
    home.json(repo, 'review', '--reject', ids[0] ?? '', '--because', 'ours alone', '--json');
    const own = ['--title', 'Ask Mira', '--rule', 'Before the books are closed.'];
    paste(home.agent(repo, 'playbooks', 'add', '--playbook', playbook, ...own));
    expect(home.agent(repo, 'review', '--list').stderr).toContain('--rebuild');
    const old = home.git(repo, 'rev-parse', branch);
    const merged = home.agent(repo, 'merge');
    expect(merged.stderr).toContain('rebuilt on the new tip');
    expect(merged.code).toBe(0);
    expect(home.git(repo, 'rev-parse', `refs/agentmem/old/${branch}-${old.slice(0, 8)}`)).toBe(old);
    expect(home.git(repo, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(repo, '.agentmem', 'decisions.jsonl'), 'utf8')).toContain('ours alone');
    const inForce = listed().filter((e) => e.trust !== 'person');
    expect(inForce.map((e) => e.entry).sort()).toEqual(ids.slice(1).sort());
  });
});

describe('playbooks by hand', () => {
  it('a lesson of one’s own and a pin are work-tree edits whose commit command is printed', () => {
    const rule = ['--title', 'Say it’s done', '--rule', 'And say what was left open.'];
    const ran = home.agent(repo, 'playbooks', 'add', '--playbook', 'manners', ...rule);
    expect(listed().map((e) => e.playbook)).not.toContain('manners');
    paste(ran);
    paste(home.agent(repo, 'playbooks', 'pin', ids[1] ?? ''));
    expect(listed().find((e) => e.playbook === 'manners')?.trust).toBe('person');
    expect(listed().find((e) => e.entry === ids[1])?.pinned).toBe(true);
    expect(home.git(repo, 'status', '--porcelain')).toBe('');
    expect(home.agent(repo, 'playbooks', 'lint').code).toBe(0);
  });

  it('lint answers no, with file and line, when an edit went wrong', () => {
    const file = join(repo, '.agentmem', 'playbooks', 'manners.md');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('grade=C', 'grade=X'));
    const lint = home.agent(repo, 'playbooks', 'lint');
    expect(lint.code).toBe(1);
    expect(lint.stdout).toMatch(/playbooks\/manners\.md:\d+: its mark cannot be read/);
    writeFileSync(file, text);
  });

  it('a list tells lessons that it cannot read from there being none', () => {
    home.git(repo, 'switch', '-q', '-c', 'unread');
    const folder = join(repo, '.agentmem', 'playbooks');
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    writeFileSync(
      join(folder, 'manners.md'),
      '# manners\n\n## Say it\n<!-- entry k7f3 kind=mistake grade=X -->\n\nSo.\n',
    );
    home.git(repo, 'add', '-A');
    home.git(repo, 'commit', '-qm', 'a slip of the pen');
    const told = home.agent(repo, 'playbooks', 'list', '--memory', 'unread');
    home.git(repo, 'switch', '-q', '-');
    expect(told.stdout).toContain('what there is cannot be read');
    expect(told.stdout).not.toContain('nothing is in force');
    expect(told.stderr).toContain('“Say it”: its mark cannot be read (manners.md)');
    expect(told.stderr + told.stdout).toContain('agent playbooks lint');
  });

  it('tells the history of a lesson', () => {
    const told = home.json<{ type: string; entries?: { how: string }[] }[]>(
      repo,
      'playbooks',
      'history',
      ids[1] ?? '',
      '--json',
    );
    expect(told.map((t) => t.entries?.map((e) => e.how).join() ?? t.type)).toEqual(['added', 'changed']);
    expect(home.agent(repo, 'playbooks', 'history', 'nobody').code).toBe(2);
  });
});

describe('out of force again', () => {
  it('a lesson that is reverted or retired is not brought back by the next dream', () => {
    const [, first = '', second = ''] = ids;
    const dry = home.agent(repo, 'revert', first, '--dry-run');
    expect(dry.stdout).toContain('removed');
    const reverted = home.json<{ way: string; commit: string }>(repo, 'revert', first, '--because', 'wrong', '--json');
    expect(reverted.way).toBe('checkout');
    paste(home.agent(repo, 'playbooks', 'retire', second, '--because', 'it’s gone'));
    expect(listed().map((e) => e.entry)).not.toContain(first);
    expect(listed().map((e) => e.entry)).not.toContain(second);
    const again = home.json<{ branch: string | null; withheld: { reason: string }[] }>(repo, 'dream', '--json');
    expect(again.branch).toBeNull();
    expect(again.withheld.map((w) => w.reason).join('\n')).toContain(`retired by a reviewer (${first})`);
    expect(home.agent(repo, 'revert', 'nobody').code).toBe(2);
  });
});
