// Review branches on a server: squashed, accepted in part, edited, dropped, raced for; with real bare repositories and the built command.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome, ROOT } from '../support/agent.ts';

interface Dreamed {
  branch: string;
  changes: { entry: string; playbook: string }[];
  withheld: { reason: string }[];
  published?: { branch: string; result: string; reason?: string }[];
}
interface Synced {
  memory: { state: string; moved: boolean; command?: string };
  branches: {
    branch: string;
    here: string | null;
    server: string | null;
    state: string;
    complete: boolean;
    did?: string;
    lessons: { entry: string; state: string; also_on?: string[] }[];
    changes: { entry: string; what: string }[];
  }[];
  published: { branch: string; result: string }[];
  turned_down: { branch: string; entries: string[] }[];
}

let home: Home;
let mine: string;
let theirs: string;
let server: string;
const git = (cwd: string, ...args: string[]) => home.git(cwd, ...args);
const dream = (cwd: string, ...flags: string[]) => home.json<Dreamed>(cwd, 'dream', '--json', ...flags);
const sync = (cwd: string, ...flags: string[]) => home.json<Synced>(cwd, 'sync', '--json', ...flags);
const pending = (cwd: string) => home.json<{ pending: { branch: string }[] }>(cwd, 'status', '--json').pending;

// A memory with the example's sessions and its server; made once, and put back before each story.
beforeAll(() => {
  home = makeHome();
  server = join(home.dir, 'server.git');
  theirs = join(home.dir, 'theirs');
  git(home.dir, 'init', '--quiet', '--bare', server);
  mine = home.memory('mine');
  git(mine, 'remote', 'add', 'origin', `file://${server}`);
  git(mine, 'push', '--quiet', '-u', 'origin', 'main');
  home.agent(mine, 'import', EXAMPLE);
  for (const dir of [mine, server]) cpSync(dir, `${dir}.begin`, { recursive: true });
});
beforeEach(() => {
  for (const dir of [mine, server, theirs]) rmSync(dir, { recursive: true, force: true });
  for (const dir of [mine, server]) cpSync(`${dir}.begin`, dir, { recursive: true, preserveTimestamps: true });
});
afterAll(() => home.remove());

/** A clone of a person who reviews, with a branch checked out. */
function reviewerAt(branch: string): void {
  git(home.dir, 'clone', '--quiet', '--branch', branch, server, theirs);
}

function squash(branch: string): void {
  git(theirs, 'switch', '--quiet', 'main');
  git(theirs, 'merge', '--quiet', '--squash', branch);
  git(theirs, 'commit', '--quiet', '-m', 'Lessons of the night (#7)');
  git(theirs, 'push', '--quiet', 'origin', 'main');
}

function edit(playbook: string, change: (text: string) => string, message: string): void {
  const file = join(theirs, '.agentmem', 'playbooks', `${playbook}.md`);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  git(theirs, 'commit', '--quiet', '-am', message);
}

/** The text without the section of one entry. */
const without = (id: string) => (text: string) =>
  text
    .split(/^(?=## )/m)
    .filter((part) => !part.includes(`<!-- entry ${id} `))
    .join('');

describe('a branch that was squashed on the server', () => {
  it('counts as merged: nothing waits, nothing is proposed again, and the branch can go', () => {
    const dreamed = dream(mine, '--push');
    expect(dreamed.published).toMatchObject([{ branch: dreamed.branch, result: 'created' }]);
    expect(git(server, 'rev-parse', dreamed.branch)).toBe(git(mine, 'rev-parse', dreamed.branch));
    reviewerAt(dreamed.branch);
    squash(dreamed.branch);
    git(theirs, 'push', '--quiet', 'origin', '--delete', dreamed.branch);
    const before = git(mine, 'rev-parse', 'HEAD');
    const report = sync(mine);
    expect(report.memory).toMatchObject({ state: 'behind', moved: false, command: 'git merge --ff-only origin/main' });
    expect(report.branches).toMatchObject([{ branch: dreamed.branch, state: 'squashed', complete: true }]);
    expect(report.branches[0]?.lessons.every((l) => l.state === 'in force')).toBe(true);
    expect(git(mine, 'rev-parse', 'HEAD')).toBe(before);
    expect(git(mine, 'status', '--porcelain')).toBe('');
    // Not pulled yet: what the server has in force is not proposed by this machine either.
    expect(dream(mine).branch).toBeNull();
    git(mine, 'merge', '--quiet', '--ff-only', 'origin/main');
    expect(pending(mine)).toEqual([]);
    expect(sync(mine, '--prune').branches).toMatchObject([{ did: 'deleted' }]);
    expect(git(mine, 'branch', '--list', 'dream/*')).toBe('');
    expect(dream(mine).branch).toBeNull();
  });

  it('moves the memory branch forward where nobody has it checked out', () => {
    const dreamed = dream(mine, '--push');
    git(mine, 'switch', '--quiet', '-c', 'feature');
    reviewerAt(dreamed.branch);
    squash(dreamed.branch);
    expect(sync(mine).memory).toMatchObject({ state: 'behind', moved: true });
    expect(git(mine, 'rev-parse', 'main')).toBe(git(server, 'rev-parse', 'main'));
    expect(pending(mine)).toEqual([]);
  });
});

describe('a branch that somebody worked on on the server', () => {
  it('is moved forward here with the edit and the lesson left out; squashed later, neither comes back', () => {
    const dreamed = dream(mine, '--push');
    const [first, second] = dreamed.changes;
    if (first === undefined || second === undefined) throw new Error('the example teaches at least two lessons');
    reviewerAt(dreamed.branch);
    edit(first.playbook, without(first.entry), 'Not this one');
    edit(second.playbook, (text) => text.replace(/^Seen in /m, 'A person’s words. Seen in '), 'Better words');
    git(theirs, 'push', '--quiet', 'origin', dreamed.branch);
    const changed = sync(mine).branches[0];
    expect(changed).toMatchObject({ state: 'changed there', did: 'moved forward' });
    expect(changed?.changes).toEqual(
      expect.arrayContaining([
        { entry: first.entry, what: 'removed' },
        { entry: second.entry, what: 'edited' },
      ]),
    );
    squash(dreamed.branch);
    expect(sync(mine).branches[0]).toMatchObject({ state: 'squashed' });
    git(mine, 'merge', '--quiet', '--ff-only', 'origin/main');
    const again = dream(mine);
    expect(again.branch).toBeNull();
    expect(again.withheld.map((w) => w.reason).join('\n')).toContain('a person took it out');
    expect(git(mine, 'grep', '-l', 'A person’s words', 'main')).toContain(`${second.playbook}.md`);
  });

  it('accepted in part and edited without this machine looking: it says so and keeps the branch', () => {
    const dreamed = dream(mine, '--push');
    const [first, second] = dreamed.changes;
    if (first === undefined || second === undefined) throw new Error('the example teaches at least two lessons');
    reviewerAt(dreamed.branch);
    edit(first.playbook, without(first.entry), 'Not this one');
    edit(second.playbook, (text) => text.replace(/^Seen in /m, 'A person’s words. Seen in '), 'Better words');
    squash(dreamed.branch);
    const [story] = sync(mine, '--prune').branches;
    expect(story).toMatchObject({ state: 'squashed', complete: false });
    expect(story?.did).toBeUndefined();
    const states = Object.fromEntries(story?.lessons.map((l) => [l.entry, l.state]) ?? []);
    expect(states).toMatchObject({ [first.entry]: 'left out', [second.entry]: 'edited' });
    git(mine, 'merge', '--quiet', '--ff-only', 'origin/main');
    expect(pending(mine)).toEqual([]);
    expect(dream(mine).branch).toBeNull();
  });

  it('is never overwritten by a push: both sides keep what they have', () => {
    const dreamed = dream(mine, '--push');
    const [first, second] = dreamed.changes;
    if (first === undefined || second === undefined) throw new Error('the example teaches at least two lessons');
    reviewerAt(dreamed.branch);
    edit(second.playbook, (text) => text.replace(/^Seen in /m, 'A person’s words. Seen in '), 'Better words');
    git(theirs, 'push', '--quiet', 'origin', dreamed.branch);
    const there = git(server, 'rev-parse', dreamed.branch);
    home.agent(mine, 'review', '--reject', first.entry, '--because', 'no');
    const here = git(mine, 'rev-parse', dreamed.branch);
    const pushed = home.agent(mine, 'sync', '--push', '--json');
    expect(pushed.code).toBe(1);
    expect(JSON.parse(pushed.stdout)).toMatchObject({ branches: [{ state: 'diverged' }], published: [] });
    expect(git(server, 'rev-parse', dreamed.branch)).toBe(there);
    expect(git(mine, 'rev-parse', dreamed.branch)).toBe(here);
    const told = home.agent(mine, 'sync').stdout;
    expect(told).toContain('changed here and on the server');
    expect(told).toContain(`${second.entry} edited on origin`);
  });
});

describe('a branch that was rebuilt here', () => {
  it('replaces on the server what this machine put there before', () => {
    const { branch } = dream(mine, '--push');
    const rebuilt = git(mine, 'commit-tree', `${branch}^{tree}`, '-p', 'main', '-m', 'Rebuilt');
    git(mine, 'branch', '--force', branch, rebuilt);
    const report = sync(mine, '--push');
    expect(report.branches).toMatchObject([{ branch, state: 'ahead' }]);
    expect(report.published).toMatchObject([{ branch, result: 'replaced' }]);
    expect(git(server, 'rev-parse', branch)).toBe(rebuilt);
  });
});

describe('a branch that was deleted on the server', () => {
  it('is reported, not pushed again, and turned down only when told so', () => {
    const dreamed = dream(mine, '--push');
    git(server, 'update-ref', '-d', `refs/heads/${dreamed.branch}`);
    const report = sync(mine, '--push');
    expect(report.branches).toMatchObject([{ branch: dreamed.branch, state: 'dropped' }]);
    expect(report.published).toEqual([]);
    expect(pending(mine)).toHaveLength(1);
    expect(git(server, 'for-each-ref', 'refs/heads/dream')).toBe('');
    const told = sync(mine, '--dropped-as-rejected', '--because', 'nobody wanted it');
    expect(told.turned_down[0]?.entries).toHaveLength(dreamed.changes.length);
    const decisions = git(mine, 'show', `${dreamed.branch}:.agentmem/decisions.jsonl`).split('\n');
    expect(decisions).toHaveLength(dreamed.changes.length);
    for (const line of decisions)
      expect(JSON.parse(line)).toMatchObject({ verdict: 'rejected', because: 'nobody wanted it' });
    const again = dream(mine);
    expect(again.branch).toBeNull();
    expect(again.withheld.map((w) => w.reason).join('\n')).toContain('turned down');
  });
});

describe('two clones over one server', () => {
  beforeEach(() => {
    git(home.dir, 'clone', '--quiet', server, theirs);
    home.agent(theirs, 'import', EXAMPLE);
  });

  it('that dream over the same sessions make the same branch, and the second finds it there', () => {
    const first = dream(mine, '--push');
    git(theirs, 'remote', 'set-url', 'origin', '/nowhere');
    const second = dream(theirs);
    expect(second.branch).toBe(first.branch);
    git(theirs, 'remote', 'set-url', 'origin', server);
    expect(sync(theirs).branches).toMatchObject([{ branch: first.branch, state: 'waiting' }]);
    expect(pending(theirs)).toHaveLength(1);
  });

  it('that dream at the same time give a lesson one name, and both are told', () => {
    const first = dream(mine);
    const second = dream(theirs, '--last', '5');
    expect(second.branch).not.toBe(first.branch);
    const shared = second.changes.map((c) => c.entry).filter((id) => first.changes.some((c) => c.entry === id));
    expect(shared.length).toBeGreaterThan(0);
    expect(sync(mine, '--push').published).toMatchObject([{ result: 'created' }]);
    expect(sync(theirs, '--push').published).toMatchObject([{ result: 'created' }]);
    const report = sync(mine, '--take');
    const other = report.branches.find((b) => b.branch === second.branch);
    expect(other).toMatchObject({ state: 'only there', did: 'taken' });
    for (const id of shared) expect(other?.lessons.find((l) => l.entry === id)?.also_on).toEqual([first.branch]);
    expect(git(mine, 'rev-parse', second.branch)).toBe(git(theirs, 'rev-parse', second.branch));
    expect(dream(mine).branch).toBeNull();
  });

  it('that look before they dream propose nothing twice', () => {
    dream(mine, '--push');
    const second = dream(theirs, '--last', '5', '--push');
    expect(second.branch).toBeNull();
    expect(second.withheld.some((w) => w.reason.includes('waits for review on origin/dream/'))).toBe(true);
    expect(git(theirs, 'branch', '--list', 'dream/*')).toBe('');
    expect(pending(theirs)).toMatchObject([{ branch: expect.stringMatching(/^origin\/dream\//) }]);
  });
});

describe('a server that cannot be reached', () => {
  it('fails the push and not the dream; the next run makes up for it', () => {
    renameSync(server, `${server}.away`);
    const failed = home.agent(mine, 'dream', '--push', '--json');
    expect(failed.code).toBe(1);
    const report: Dreamed = JSON.parse(failed.stdout);
    expect(report.published).toMatchObject([{ branch: report.branch, result: 'failed' }]);
    expect(failed.stderr).toContain('was not pushed');
    expect(git(mine, 'rev-parse', '--verify', report.branch)).toMatch(/^[0-9a-f]{40}$/);
    const looked = home.agent(mine, 'sync');
    expect(looked.code).toBe(2);
    expect(looked.stderr).toContain('there is no repository');
    renameSync(`${server}.away`, server);
    const again = home.agent(mine, 'dream', '--push', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      branch: null,
      published: [{ branch: report.branch, result: 'created' }],
    });
    expect(git(server, 'rev-parse', report.branch)).toBe(git(mine, 'rev-parse', report.branch));
  });

  it('or that nobody named is said before anything is dreamt', () => {
    git(mine, 'remote', 'remove', 'origin');
    const { code, stderr } = home.agent(mine, 'dream', '--push');
    expect(code).toBe(2);
    expect(stderr).toContain('no remote');
    expect(git(mine, 'branch', '--list', 'dream/*')).toBe('');
  });
});

describe('kill -9 in the middle of a push', () => {
  it('leaves a sound repository, and the next run brings the branch to the server', async () => {
    const hook = join(server, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\ntouch "$PWD/reached"\nsleep 3\n');
    chmodSync(hook, 0o755);
    const env = { HOME: home.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' };
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'agent.js'), 'dream', '--push'], { cwd: mine, env });
    const gone = new Promise((done) => child.on('exit', done));
    while (!existsSync(join(server, 'reached')) && child.exitCode === null)
      await new Promise((go) => setTimeout(go, 50));
    child.kill('SIGKILL');
    await gone;
    rmSync(hook);
    git(mine, 'fsck', '--strict');
    const [branch = ''] = git(mine, 'branch', '--list', 'dream/*', '--format=%(refname:short)').split('\n');
    expect(branch).toMatch(/^dream\//);
    const again = dream(mine, '--push');
    expect(again.published).toMatchObject([{ branch, result: expect.stringMatching(/^(created|current)$/) }]);
    expect(git(server, 'rev-parse', branch)).toBe(git(mine, 'rev-parse', branch));
  });
});
