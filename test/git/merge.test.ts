// Merging in a checkout is the person's own merge; merging beside it touches nothing but one branch.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeBeside, mergeCheckedOut, userIdentity } from '../../src/git/merge.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { problemOf } from './problem.ts';

let test: TestRepository;
let repo: Repository;
const identity = { name: 'agentmem', email: 'agentmem@localhost' };
const beside = { target: 'memory', source: 'dream/x', message: 'Merge dream x', identity, atMs: 1_763_596_800_000 };

// main, memory at main, and dream/x one commit ahead; nothing of it checked out but main.
beforeEach(async () => {
  test = makeRepository({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } });
  test.git('branch', 'memory');
  change('dream/x', 'a.txt', 'learned\n');
  const opened = await openRepository(test.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
});
afterEach(() => test.remove());

// Commits one changed file on `branch`, which is made from main if need be, and goes back to main.
function change(branch: string, path: string, content: string): void {
  const exists = test.git('branch', '--list', branch) !== '';
  test.git('checkout', '--quiet', ...(exists ? [branch] : ['-b', branch]));
  test.write(path, content);
  test.git('add', '.');
  test.git('commit', '--quiet', '-m', `Change ${path}`);
  test.git('checkout', '--quiet', 'main');
}

function hook(name: string, script: string): void {
  writeFileSync(join(test.dir, '.git/hooks', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(test.dir, '.git/hooks', name), 0o755);
}

describe('mergeBeside', () => {
  it('makes a merge commit on the target without touching checkout, index or reflog of HEAD, and runs no hook', async () => {
    change('memory', 'b.txt', 'edited by a person\n');
    for (const name of ['reference-transaction', 'pre-merge-commit', 'commit-msg']) hook(name, 'exit 1');
    test.git('config', 'commit.gpgsign', 'true');
    test.write('a.txt', 'dirty\n');
    const watched = ['.git/index', '.git/HEAD', '.git/logs/HEAD', 'a.txt'].map((p) => join(test.dir, p));
    const before = watched.map((p) => readFileSync(p).toString('latin1'));
    const [target, source] = test.git('rev-parse', 'memory', 'dream/x').split('\n');
    const commit = await mergeBeside(repo, beside);
    expect(watched.map((p) => readFileSync(p).toString('latin1'))).toEqual(before);
    expect(test.git('rev-parse', 'memory', 'memory^1', 'memory^2').split('\n')).toEqual([commit, target, source]);
    expect(test.git('show', 'memory:a.txt')).toBe('learned');
    expect(test.git('show', 'memory:b.txt')).toBe('edited by a person');
    expect(test.git('log', '-1', '--format=%an|%ce|%at|%B', 'memory')).toBe(
      'agentmem|agentmem@localhost|1763596800|Merge dream x\n',
    );
  });

  it('makes a merge commit even where a fast-forward would do, the same one every time', async () => {
    const old = test.git('rev-parse', 'memory');
    const commit = await mergeBeside(repo, beside);
    test.git('branch', '--force', 'memory', old);
    expect(await mergeBeside(repo, beside)).toBe(commit);
    expect(await mergeBeside(repo, beside)).toBe(commit); // already merged: nothing to do
    expect(test.git('fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('moves nothing and names the files where both sides changed the same lines', async () => {
    change('memory', 'a.txt', 'person\n');
    const before = test.git('rev-parse', 'memory');
    const problem = await problemOf(mergeBeside(repo, beside));
    expect(problem).toMatchObject({ where: 'a.txt', what: expect.stringContaining('nothing was merged') });
    expect(test.git('rev-parse', 'memory')).toBe(before);
  });

  it('refuses a target that is checked out, and branches that do not exist', async () => {
    expect((await problemOf(mergeBeside(repo, { ...beside, target: 'main' }))).what).toContain('checked out');
    expect((await problemOf(mergeBeside(repo, { ...beside, target: 'gone' }))).what).toBe('There is no branch gone.');
    expect((await problemOf(mergeBeside(repo, { ...beside, source: 'gone' }))).what).toBe('There is no branch gone.');
  });

  it('works in a bare repository with sha256 and without identity', async () => {
    const other = makeRepository({ objectFormat: 'sha256', files: { a: '1' } });
    other.git('checkout', '--quiet', '-b', 'dream/x');
    other.git('commit', '--quiet', '--allow-empty', '-m', 'x');
    other.git('clone', '--quiet', '--bare', other.dir, '../bare');
    const bare = await openRepository(join(other.dir, '../bare'));
    if (bare === null) throw new Error('no repository');
    other.git('--git-dir=../bare', 'symbolic-ref', 'HEAD', 'refs/heads/unborn');
    expect(await mergeBeside(bare, { ...beside, target: 'main' })).toMatch(/^[0-9a-f]{64}$/);
    other.remove();
  });
});

describe('mergeCheckedOut', () => {
  it('merges as the person, with a merge commit and their hooks', async () => {
    hook('commit-msg', 'echo "Hooked: yes" >> "$1"');
    const head = await mergeCheckedOut(repo, 'dream/x', 'Merge dream x\n\nIn-Force: now');
    expect(test.git('rev-parse', 'HEAD')).toBe(head);
    expect(test.git('log', '-1', '--format=%an|%B').trim()).toBe(
      'Test Person|Merge dream x\n\nIn-Force: now\nHooked: yes',
    );
    expect(test.git('rev-list', '--parents', '--max-count=1', 'HEAD').split(' ').length).toBe(3);
    expect(readFileSync(join(test.dir, 'a.txt'), 'utf8')).toBe('learned\n');
    expect(await mergeCheckedOut(repo, 'dream/x', 'again')).toBe(head);
  });

  it('keeps unrelated local changes', async () => {
    test.write('b.txt', 'mine\n');
    await mergeCheckedOut(repo, 'dream/x', 'Merge');
    expect(test.git('status', '--porcelain')).toBe(' M b.txt');
  });

  it('takes a conflict back and names the files', async () => {
    change('main', 'a.txt', 'person\n');
    test.write('b.txt', 'mine\n');
    const before = test.git('rev-parse', 'HEAD');
    expect(await problemOf(mergeCheckedOut(repo, 'dream/x', 'Merge'))).toMatchObject({ where: 'a.txt' });
    expect(test.git('rev-parse', 'HEAD')).toBe(before);
    expect(test.git('status', '--porcelain')).toBe(' M b.txt');
    expect(existsSync(join(test.dir, '.git/MERGE_HEAD'))).toBe(false);
  });

  it('takes the merge back where a hook of the person says no', async () => {
    hook('commit-msg', 'echo not like this >&2; exit 1');
    const problem = await problemOf(mergeCheckedOut(repo, 'dream/x', 'Merge'));
    expect(problem.hint).toContain('not like this');
    expect(test.git('status', '--porcelain')).toBe('');
    expect(existsSync(join(test.dir, '.git/MERGE_HEAD'))).toBe(false);
  });

  it('does not start over local changes, and leaves a merge alone that was under way before', async () => {
    test.write('a.txt', 'mine\n');
    expect((await problemOf(mergeCheckedOut(repo, 'dream/x', 'Merge'))).hint).toContain('a.txt');
    expect(readFileSync(join(test.dir, 'a.txt'), 'utf8')).toBe('mine\n');
    test.git('checkout', '--quiet', 'a.txt');
    change('other', 'c.txt', 'c\n');
    test.git('merge', '--quiet', '--no-commit', '--no-ff', 'other');
    expect((await problemOf(mergeCheckedOut(repo, 'dream/x', 'Merge'))).what).toBe('A merge is in progress here.');
    expect(existsSync(join(test.dir, '.git/MERGE_HEAD'))).toBe(true);
  });

  it('gives an unborn branch its first commits', async () => {
    test.git('checkout', '--quiet', '--orphan', 'fresh');
    test.git('rm', '--quiet', '-rf', '.');
    expect(await mergeCheckedOut(repo, 'dream/x', 'Merge')).toBe(test.git('rev-parse', 'dream/x'));
    expect(readFileSync(join(test.dir, 'a.txt'), 'utf8')).toBe('learned\n');
  });
});

describe('userIdentity', () => {
  it('reads name and address from the settings, and nothing where there are none', async () => {
    expect(await userIdentity(repo)).toEqual({ name: 'Test Person', email: 'test@example.invalid' });
    test.git('config', 'user.name', '');
    expect(await userIdentity(repo)).toMatchObject({ email: 'test@example.invalid' });
  });
});
