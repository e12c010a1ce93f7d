// Refs are read as they are, and move only by compare-and-swap and under nobody's feet.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkedOutBranches,
  currentBranch,
  deleteBranch,
  isUnborn,
  listBranches,
  moveBranch,
  resolveCommit,
} from '../../src/git/refs.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { problemOf } from './problem.ts';

let test: TestRepository;
let repo: Repository;
let first = '';
let second = '';

async function open(dir: string): Promise<Repository> {
  const opened = await openRepository(dir);
  if (opened === null) throw new Error(`no repository in ${dir}`);
  return opened;
}

beforeEach(async () => {
  test = makeRepository({ files: { a: '1' } });
  first = test.git('rev-parse', 'HEAD');
  test.git('commit', '--quiet', '--allow-empty', '-m', 'Second');
  second = test.git('rev-parse', 'HEAD');
  repo = await open(test.dir);
});
afterEach(() => test.remove());

describe('reading', () => {
  it('resolves branches, tags, short ids and expressions to commits, and nothing else', async () => {
    test.git('tag', '-a', '-m', 'x', 'v1');
    for (const ref of ['main', 'HEAD', 'v1', 'refs/heads/main', second.slice(0, 8)])
      expect(await resolveCommit(repo, ref)).toBe(second);
    expect(await resolveCommit(repo, 'main~1')).toBe(first);
    for (const ref of [
      '',
      'nope',
      '-q',
      '--all',
      'main\nmain',
      'main:a',
      'HEAD^{tree}',
      'main@{99}',
      'a..b',
      'HEAD HEAD',
    ]) {
      expect(await resolveCommit(repo, ref)).toBeNull();
    }
  });

  it('knows branch, detached and unborn HEAD', async () => {
    expect(await currentBranch(repo)).toBe('main');
    expect(await isUnborn(repo)).toBe(false);
    test.git('checkout', '--quiet', '--detach');
    expect(await currentBranch(repo)).toBeNull();
    test.git('checkout', '--quiet', '--orphan', 'new/one');
    expect(await currentBranch(repo)).toBe('new/one');
    expect(await isUnborn(repo)).toBe(true);
  });

  it('lists branches by prefix in order', async () => {
    for (const name of ['dream/b', 'dream/a', 'dreamy', 'dream-x']) test.git('branch', name);
    expect(await listBranches(repo, 'dream/')).toEqual([
      { name: 'dream/a', commit: second },
      { name: 'dream/b', commit: second },
    ]);
    expect((await listBranches(repo, '')).length).toBe(5);
    expect(await listBranches(repo, 'none/')).toEqual([]);
  });

  it('sees what every work tree has checked out, and what a rebase or bisection holds on to', async () => {
    test.git('worktree', 'add', '--quiet', '-b', 'side', '../linked folder');
    expect(await checkedOutBranches(repo)).toEqual(new Set(['main', 'side']));
    test.git('checkout', '--quiet', '-b', 'topic');
    mkdirSync(join(test.dir, '.git', 'rebase-merge'));
    writeFileSync(join(test.dir, '.git', 'rebase-merge', 'head-name'), 'refs/heads/being-rebased\n');
    writeFileSync(join(test.dir, '.git', 'worktrees', 'linked folder'.replace(' ', '-'), 'BISECT_START'), 'bisected\n');
    expect(await checkedOutBranches(repo)).toEqual(new Set(['topic', 'side', 'being-rebased', 'bisected']));
  });
});

describe('moveBranch', () => {
  it('creates, moves and deletes a branch only from the value expected', async () => {
    await moveBranch(repo, 'dream/x', first, null);
    expect((await problemOf(moveBranch(repo, 'dream/x', second, null))).what).toContain('changed by somebody else');
    expect((await problemOf(moveBranch(repo, 'dream/x', first, second))).what).toContain('changed by somebody else');
    await moveBranch(repo, 'dream/x', second, first);
    expect(test.git('rev-parse', 'dream/x')).toBe(second);
    expect((await problemOf(deleteBranch(repo, 'dream/x', first))).what).toContain('changed by somebody else');
    await deleteBranch(repo, 'dream/x', second);
    expect(await listBranches(repo, 'dream/')).toEqual([]);
    expect((await problemOf(moveBranch(repo, 'dream/x', first, second))).what).toContain('changed by somebody else');
  });

  it('refuses a branch that is checked out here, elsewhere or not yet born', async () => {
    test.git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    expect((await problemOf(moveBranch(repo, 'main', first, second))).what).toContain('checked out');
    expect((await problemOf(deleteBranch(repo, 'side', second))).what).toContain('checked out');
    test.git('checkout', '--quiet', '--orphan', 'unborn');
    expect((await problemOf(moveBranch(repo, 'unborn', first, null))).what).toContain('checked out');
    expect(test.git('rev-parse', 'main', 'side')).toBe(`${second}\n${second}`);
  });

  it('names the branch that is in the way as a folder or a file', async () => {
    test.git('branch', 'dream');
    expect((await problemOf(moveBranch(repo, 'dream/x', first, null))).hint).toBe('Rename or delete dream.');
    test.git('branch', 'a/b/c');
    expect((await problemOf(moveBranch(repo, 'a/b', first, null))).hint).toBe('Rename or delete a/b/c.');
  });

  it('names the lock that another process holds', async () => {
    const lock = join(test.dir, '.git/refs/heads/dream/x.lock');
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    expect(await problemOf(moveBranch(repo, 'dream/x', first, null))).toMatchObject({ where: lock });
    expect(existsSync(lock)).toBe(true);
  });

  it('does not move the target of a symbolic branch', async () => {
    test.git('checkout', '--quiet', '-b', 'other');
    test.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    await moveBranch(repo, 'alias', first, second).catch(() => undefined);
    expect(test.git('rev-parse', 'main')).toBe(second);
  });

  it('refuses names that are no branch names, before git sees them', async () => {
    for (const name of ['../../HEAD', '-d', 'a b', 'x\ndelete refs/heads/main']) {
      expect((await problemOf(moveBranch(repo, name, first, null))).what).toContain('not a name for a branch');
    }
    await expect(moveBranch(repo, 'x', 'main', null)).rejects.toThrow('not an object id');
  });
});
