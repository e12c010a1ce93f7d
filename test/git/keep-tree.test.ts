// Keeping a work tree as a tree object: what is in it, what stays untouched, and what comes back.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropTree, keepTree, restoreTree } from '../../src/git/keep-tree.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let made: TestRepository;
let repo: Repository;
let out = '';
beforeEach(async () => {
  made = makeRepository({
    files: { 'a.txt': 'one\n', 'sub/b.txt': 'two\n', 'gone.txt': 'x\n', '.gitignore': 'ignored\n' },
  });
  const opened = await openRepository(made.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
  out = mkdtempSync(join(tmpdir(), 'agentmem-restored-'));
});
afterEach(() => {
  made.remove();
  rmSync(out, { recursive: true, force: true });
});

const paths = (tree: string) => made.git('ls-tree', '-r', '--name-only', tree).split('\n').filter(Boolean);

describe('keeping a work tree', () => {
  it('takes files as they are on the disk, tracked or not, and touches neither index, HEAD nor work tree', async () => {
    made.write('a.txt', 'changed\n');
    made.write('new file.txt', 'new\n');
    made.write('ignored', 'secret\n');
    made.write('staged.txt', 'staged\n');
    made.git('add', 'staged.txt');
    made.write('staged.txt', 'and changed again\n');
    rmSync(join(made.dir, 'gone.txt'));
    const index = readFileSync(join(made.dir, '.git', 'index'));
    const head = made.git('rev-parse', 'HEAD');
    const kept = await keepTree(repo, { folder: made.dir, session: 's1' });
    expect(paths(kept.tree)).toEqual(['.gitignore', 'a.txt', 'new file.txt', 'staged.txt', 'sub/b.txt']);
    expect(kept).toMatchObject({ files: 5, skipped: 0 });
    expect(made.git('show', `${kept.tree}:a.txt`)).toBe('changed');
    expect(made.git('show', `${kept.tree}:staged.txt`)).toBe('and changed again');
    expect(readFileSync(join(made.dir, '.git', 'index')).equals(index)).toBe(true);
    expect(made.git('rev-parse', 'HEAD')).toBe(head);
    expect(made.git('rev-parse', 'refs/agentmem/artefacts/s1')).toBe(kept.tree);
  });

  it('outlives git gc as long as its ref is there', async () => {
    made.write('new.txt', 'only here\n');
    const { tree } = await keepTree(repo, { folder: made.dir, session: 's1' });
    rmSync(join(made.dir, 'new.txt'));
    made.git('gc', '--prune=now', '--quiet');
    expect(made.git('show', `${tree}:new.txt`)).toBe('only here');
    expect(await dropTree(repo, 's1')).toBe(true);
    expect(await dropTree(repo, 's1')).toBe(false);
    made.git('gc', '--prune=now', '--quiet');
    expect(() => made.git('show', `${tree}:new.txt`)).toThrow();
  });

  it('leaves out large files, links, other repositories and what it is told to, in old versions as well', async () => {
    made.write('.agentmem/rubrics/answers.yaml', 'held out\n');
    made.git('add', '-A');
    made.write('a.txt', 'x'.repeat(200));
    made.write('.agentmem/notes.md', 'held out\n');
    symlinkSync('/etc/passwd', join(made.dir, 'link'));
    mkdirSync(join(made.dir, 'nested'));
    made.git('init', '--quiet', join(made.dir, 'nested'));
    made.write('nested/file', 'x');
    const kept = await keepTree(repo, { folder: made.dir, session: 's1', maxBytes: 100, without: ['.agentmem'] });
    expect(paths(kept.tree)).toEqual(['.gitignore', 'gone.txt', 'sub/b.txt']);
    expect(kept.skipped).toBe(1);
  });

  it('runs no filter that a configuration names', async () => {
    made.git('config', 'filter.evil.clean', `touch ${join(out, 'ran')}; cat`);
    made.git('config', 'filter.evil.smudge', `touch ${join(out, 'ran')}; cat`);
    made.write('.gitattributes', '*.evil filter=evil\n');
    made.write('x.evil', 'data\n');
    const { tree } = await keepTree(repo, { folder: made.dir, session: 's1' });
    await restoreTree(repo, tree, join(out, 'back'));
    expect(readFileSync(join(out, 'back', 'x.evil'), 'utf8')).toBe('data\n');
    expect(existsSync(join(out, 'ran'))).toBe(false);
  });

  it('of a folder below the top is the tree of that folder, and of an empty one an empty tree', async () => {
    made.write('sub/deep/c.txt', 'three\n');
    mkdirSync(join(made.dir, 'empty'));
    const kept = await keepTree(repo, { folder: join(made.dir, 'sub'), session: 's1' });
    expect(paths(kept.tree)).toEqual(['b.txt', 'deep/c.txt']);
    expect(await keepTree(repo, { folder: join(made.dir, 'empty'), session: 's2' })).toMatchObject({ files: 0 });
  });

  it('works before the first commit, in a merge conflict, and in a linked work tree', async () => {
    const young = makeRepository();
    const opened = await openRepository(young.dir);
    young.write('x.txt', 'x\n');
    if (opened === null) throw new Error('no repository');
    expect(await keepTree(opened, { folder: young.dir, session: 's1' })).toMatchObject({ files: 1 });
    young.remove();
    made.git('checkout', '--quiet', '-b', 'other');
    made.write('a.txt', 'theirs\n');
    made.git('commit', '--quiet', '-am', 'theirs');
    made.git('checkout', '--quiet', 'main');
    made.write('a.txt', 'ours\n');
    made.git('commit', '--quiet', '-am', 'ours');
    expect(() => made.git('merge', 'other')).toThrow();
    const { tree } = await keepTree(repo, { folder: made.dir, session: 's2' });
    expect(made.git('show', `${tree}:a.txt`)).toContain('<<<<<<<');
    made.git('merge', '--abort');
    const linked = join(made.dir, '..', 'linked');
    made.git('worktree', 'add', '--quiet', linked, 'other');
    const beside = await openRepository(linked);
    if (beside === null) throw new Error('no repository');
    const kept = await keepTree(beside, { folder: linked, session: 's3' });
    expect(made.git('show', `${kept.tree}:a.txt`)).toBe('theirs');
  });
});

describe('giving a kept tree back', () => {
  it('writes files with their bytes and whether they run, and no link', async () => {
    made.write('run.sh', '#!/bin/sh\n');
    made.git('add', '-A');
    made.git('update-index', '--chmod=+x', 'run.sh');
    made.write('bytes', Buffer.from([0, 255, 10, 13]));
    const { tree } = await keepTree(repo, { folder: made.dir, session: 's1' });
    symlinkSync('/etc/passwd', join(made.dir, 'link'));
    made.git('add', 'link');
    const withLink = made.git('write-tree');
    const { files } = await restoreTree(repo, tree, join(out, 'one'));
    expect(files).toBe(6);
    expect(readFileSync(join(out, 'one', 'bytes'))).toEqual(Buffer.from([0, 255, 10, 13]));
    expect(readFileSync(join(out, 'one', 'sub', 'b.txt'), 'utf8')).toBe('two\n');
    await restoreTree(repo, withLink, join(out, 'two'));
    expect(existsSync(join(out, 'two', 'link'))).toBe(false);
    expect(statSync(join(out, 'two', 'run.sh')).mode & 0o100).toBe(0o100);
  });

  it('takes no name that leads elsewhere for a session', async () => {
    for (const session of ['../heads/main', 'a/b', '', 'x.lock', '-d'])
      await expect(keepTree(repo, { folder: made.dir, session })).rejects.toThrow(/branch|session/);
  });
});
