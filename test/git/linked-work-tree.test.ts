// Work trees beside a person's own: made, committed, merged and taken away without a hook, without force, and without a look at anybody's settings.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addWorkTree,
  changedPaths,
  commitWorkTree,
  mergeIntoWorkTree,
  removeWorkTree,
} from '../../src/git/linked-work-tree.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, runGit, type TestRepository } from '../support/git.ts';

let test: TestRepository;
let repo: Repository;
let folder: string;
const identity = { name: 'Mira', email: 'mira@example.test' };
const branch = 'agent/s/ana-1';
const commit = { branch, message: 'By ana', identity, atMs: 1_763_596_800_000 };

beforeEach(async () => {
  test = makeRepository({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'out/\n' } });
  for (const name of ['post-checkout', 'pre-commit', 'post-merge', 'reference-transaction'])
    writeFileSync(join(test.dir, '.git/hooks', name), '#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexit 1\n', {
      mode: 0o755,
    });
  // Either would stop or change an ordinary commit.
  test.git('config', 'commit.gpgsign', 'true');
  test.git('config', 'merge.ff', 'only');
  folder = join(test.dir, '..', 'tree');
  repo = (await openRepository(test.dir)) as Repository; // made above
});
afterEach(() => {
  const ran = existsSync(join(test.dir, '.git/hooks/ran'));
  test.remove();
  expect(ran, 'a hook ran').toBe(false);
});

const head = () => test.git('rev-parse', 'HEAD');
const tree = async () => await addWorkTree(repo, { folder, branch, commit: head() });

describe('a linked work tree', () => {
  it('is on a branch of its own, and keeps all that is not ignored', async () => {
    const made = await tree();
    writeFileSync(join(folder, 'a.txt'), 'ana\n');
    writeFileSync(join(folder, 'new.txt'), 'new\n');
    runGit(folder, ['rm', '--quiet', 'b.txt']);
    const first = await commitWorkTree(made, commit);
    expect(await commitWorkTree(made, commit)).toBeNull();
    expect(await changedPaths(repo, head(), first ?? '')).toEqual(['a.txt', 'b.txt', 'new.txt']);
    expect(test.git('log', '-1', '--format=%an <%ae> %ct %s', branch)).toBe(
      'Mira <mira@example.test> 1763596800 By ana',
    );
    expect(runGit(folder, ['status', '--porcelain'])).toBe('');
    expect(test.git('status', '--porcelain')).toBe('');
    await removeWorkTree(repo, folder);
    expect(existsSync(folder)).toBe(false);
    // The branch is there again where it stood.
    await tree();
    expect(readFileSync(join(folder, 'new.txt'), 'utf8')).toBe('new\n');
  });

  it('is not committed where somebody switched it to another branch', async () => {
    const made = await tree();
    runGit(folder, ['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '-b', 'other']);
    writeFileSync(join(folder, 'a.txt'), 'ana\n');
    await expect(commitWorkTree(made, commit)).rejects.toThrow(/no longer on agent\/s\/ana-1/);
  });

  it('is not made over what lies there', async () => {
    test.write('../tree/mine.txt', 'mine\n');
    await expect(tree()).rejects.toThrow(/worktree failed/);
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine\n');
  });
});

describe('a merge into the work tree', () => {
  const merge = () => mergeIntoWorkTree(repo, { ...commit, message: 'Merge ana' });
  const work = async (path: string, content: string) => {
    const made = await tree();
    writeFileSync(join(folder, path), content);
    await commitWorkTree(made, commit);
  };

  it('brings the branch in with a commit of its own, once', async () => {
    await work('a.txt', 'ana\n');
    expect(await merge()).toMatchObject({ kind: 'merged', files: ['a.txt'], commit: head() });
    expect(readFileSync(join(test.dir, 'a.txt'), 'utf8')).toBe('ana\n');
    expect(test.git('log', '-1', '--format=%s %p').split(' ')).toHaveLength(4);
    expect(await merge()).toEqual({ kind: 'nothing' });
  });

  it('changes nothing where both sides changed the same lines', async () => {
    await work('a.txt', 'ana\n');
    test.write('a.txt', 'mine\n');
    test.git('-c', 'commit.gpgsign=false', '-c', 'core.hooksPath=/dev/null', 'commit', '-qam', 'Mine');
    const before = head();
    expect(await merge()).toEqual({ kind: 'conflict', files: ['a.txt'] });
    expect([head(), test.git('status', '--porcelain')]).toEqual([before, '']);
  });

  it('changes nothing over work that is not committed, staged or not', async () => {
    await work('a.txt', 'ana\n');
    test.write('b.txt', 'mine\n');
    expect(await merge()).toEqual({ kind: 'dirty', files: ['b.txt'] });
    test.git('add', 'b.txt');
    expect(await merge()).toEqual({ kind: 'dirty', files: ['b.txt'] });
  });

  it('writes over no file that git does not know', async () => {
    await work('new.txt', 'ana\n');
    test.write('new.txt', 'mine\n');
    const before = head();
    await expect(merge()).rejects.toThrow();
    expect(readFileSync(join(test.dir, 'new.txt'), 'utf8')).toBe('mine\n');
    expect(head()).toBe(before);
  });
});
