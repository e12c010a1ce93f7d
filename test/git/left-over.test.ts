import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftOver, removeIfEmpty } from '../../src/git/left-over.ts';
import { addWorkTree } from '../../src/git/linked-work-tree.ts';
import { resolveCommit } from '../../src/git/refs.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let made: TestRepository;
let repo: Repository;
let tree: Repository;
beforeEach(async () => {
  made = makeRepository({ files: { '.gitignore': 'out/\n*.log\n' } });
  const opened = await openRepository(made.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
  const commit = (await resolveCommit(repo, 'HEAD')) ?? '';
  tree = await addWorkTree(repo, { folder: join(made.dir, '..', 'tree'), branch: 'agent/x', commit });
});
afterEach(() => made.remove());

const git = (place: string, ...args: string[]) => made.git('-C', place, ...args);
const branchTip = () => resolveCommit(repo, 'refs/heads/agent/x');

describe('a work tree that is no longer needed', () => {
  it('goes with its branch where nothing was changed; ignored files count as nothing', async () => {
    writeFileSync(join(tree.root, 'noise.log'), 'x');
    expect(await leftOver(tree)).toMatchObject({ branch: 'agent/x', uncommitted: [], commits: 0 });
    expect(await removeIfEmpty(tree)).toBe(true);
    expect(existsSync(tree.root)).toBe(false);
    expect(await branchTip()).toBeNull();
  });

  it('stays where a file is new or changed', async () => {
    writeFileSync(join(tree.root, 'new.txt'), 'x');
    writeFileSync(join(tree.root, '.gitignore'), 'changed');
    expect((await leftOver(tree)).uncommitted).toEqual(['.gitignore', 'new.txt']);
    expect(await removeIfEmpty(tree)).toBe(false);
    expect(existsSync(join(tree.root, 'new.txt'))).toBe(true);
  });

  it('stays where it has a commit that is nowhere else, and goes once that is merged', async () => {
    writeFileSync(join(tree.root, 'new.txt'), 'x');
    git(tree.root, 'add', '.');
    git(tree.root, 'commit', '--quiet', '-m', 'Two');
    expect(await leftOver(tree)).toMatchObject({ branch: 'agent/x', uncommitted: [], commits: 1 });
    expect(await removeIfEmpty(tree)).toBe(false);
    git(repo.root, 'merge', '--quiet', 'agent/x');
    expect(await removeIfEmpty(tree)).toBe(true);
  });

  it('counts a checkout without a branch as a place where commits are kept', async () => {
    writeFileSync(join(tree.root, 'new.txt'), 'x');
    git(tree.root, 'add', '.');
    git(tree.root, 'commit', '--quiet', '-m', 'Two');
    git(repo.root, 'checkout', '--quiet', '--detach', 'agent/x');
    expect((await leftOver(tree)).commits).toBe(0);
  });

  it('keeps commits that a detached HEAD has alone', async () => {
    git(tree.root, 'checkout', '--quiet', '--detach');
    writeFileSync(join(tree.root, 'new.txt'), 'x');
    git(tree.root, 'add', '.');
    git(tree.root, 'commit', '--quiet', '-m', 'Two');
    expect(await leftOver(tree)).toMatchObject({ branch: null, uncommitted: [], commits: 1 });
    expect(await removeIfEmpty(tree)).toBe(false);
  });
});

describe('a work tree beside checkouts of other shapes', () => {
  it('knows the commits of a checkout without a branch that it was made from', async () => {
    const place = join(made.dir, '..', 'mine');
    made.git('worktree', 'add', '--quiet', '--detach', place);
    made.git('-C', place, 'commit', '--quiet', '--allow-empty', '-m', 'Only here');
    const mine = await openRepository(place);
    if (mine === null) throw new Error('no work tree');
    const commit = (await resolveCommit(mine, 'HEAD')) ?? '';
    const other = await addWorkTree(mine, { folder: join(made.dir, '..', 'other'), branch: 'agent/y', commit });
    expect(await leftOver(other)).toMatchObject({ commits: 0, main: made.dir });
    expect(await removeIfEmpty(other)).toBe(true);
    expect(existsSync(place)).toBe(true);
  });

  it('is removed where the repository is bare', async () => {
    const bare = join(made.dir, '..', 'bare.git');
    made.git('clone', '--quiet', '--bare', made.dir, bare);
    const first = join(made.dir, '..', 'first');
    made.git('-C', bare, 'worktree', 'add', '--quiet', first, 'main');
    const opened = await openRepository(first);
    if (opened === null) throw new Error('no work tree');
    const commit = (await resolveCommit(opened, 'HEAD')) ?? '';
    const other = await addWorkTree(opened, { folder: join(made.dir, '..', 'other'), branch: 'agent/y', commit });
    expect(await removeIfEmpty(other)).toBe(true);
    expect(existsSync(other.root)).toBe(false);
  });

  it('never takes the first checkout away', async () => {
    expect(await removeIfEmpty(repo)).toBe(false);
    expect(existsSync(repo.root)).toBe(true);
  });
});
