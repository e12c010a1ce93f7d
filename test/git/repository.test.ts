// Opening repositories of every kind, and the faults of git itself.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Interrupted, UserError } from '../../src/base/errors.ts';
import { currentBranch, isUnborn } from '../../src/git/refs.ts';
import { initRepository, openRepository } from '../../src/git/repository.ts';
import { makeRepository } from '../support/git.ts';
import { problemOf } from './problem.ts';

let dir = '';
const environment = { ...process.env };
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-open-')));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
});

// A program called git that answers as `script` says, first on the PATH.
function fakeGit(script: string): void {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'git'), 0o755);
  process.env.PATH = `${bin}:${environment.PATH}`;
}

describe('openRepository', () => {
  it('finds the top of the work tree from a folder below it, through a symbolic link', async () => {
    const test = makeRepository({ files: { 'a/b.txt': 'x' } });
    symlinkSync(test.dir, join(dir, 'link'));
    const repo = await openRepository(join(dir, 'link', 'a'));
    const git = join(test.dir, '.git');
    expect(repo).toMatchObject({ root: test.dir, gitDir: git, commonDir: git, bare: false, objectFormat: 'sha1' });
    test.remove();
  });

  it('opens a linked work tree, a bare repository and one with sha256', async () => {
    const test = makeRepository({ objectFormat: 'sha256', files: { a: 'x' } });
    test.git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    const linked = await openRepository(join(test.dir, '..', 'linked'));
    expect(linked).toMatchObject({
      commonDir: join(test.dir, '.git'),
      gitDir: join(test.dir, '.git/worktrees/linked'),
      objectFormat: 'sha256',
    });
    const bare = makeRepository({ bare: true });
    expect(await openRepository(bare.dir)).toMatchObject({ root: bare.dir, gitDir: bare.dir, bare: true });
    test.remove();
    bare.remove();
  });

  it('answers null outside of any repository, inside .git, and for a folder that is not there', async () => {
    const test = makeRepository();
    expect(await openRepository(dir)).toBeNull();
    expect(await openRepository(join(test.dir, '.git'))).toBeNull();
    expect(await openRepository(join(dir, 'gone'))).toBeNull();
    test.remove();
  });

  it('does not take a broken repository for none', async () => {
    const test = makeRepository();
    writeFileSync(join(test.dir, '.git', 'config'), '[core\n');
    expect((await problemOf(openRepository(test.dir))).what).toMatch(/git rev-parse failed/);
    test.remove();
  });

  it('is not led astray by variables that git hands to hooks, nor by an editor or pager', async () => {
    const test = makeRepository({ files: { a: 'x' } });
    Object.assign(process.env, {
      GIT_DIR: '/nowhere',
      GIT_INDEX_FILE: '/nowhere/i',
      GIT_WORK_TREE: '/',
      EDITOR: 'vi',
      PAGER: 'less',
      PREFIX: '/x',
    });
    expect((await openRepository(test.dir))?.root).toBe(test.dir);
    test.remove();
  });

  it('says so when git is missing', async () => {
    process.env.PATH = dir;
    expect(await problemOf(openRepository(dir))).toMatchObject({ what: 'git was not found on the PATH.' });
  });

  it('says so when git is too old', async () => {
    fakeGit('echo "git version 2.37.4 (Apple Git-1)"');
    expect((await problemOf(openRepository(dir))).what).toContain('2.37.4');
  });

  it('tells what to type when git calls the ownership dubious, in whatever language', async () => {
    fakeGit(`case "$*" in *version*) echo "git version 2.39.5";; *) echo "fatal: x
	git config --global --add safe.directory /x" >&2; exit 128;; esac`);
    expect(await problemOf(openRepository(dir))).toMatchObject({ hint: expect.stringContaining('safe.directory') });
  });

  it('reports a command that fails without a word', async () => {
    fakeGit('case "$*" in *version*) echo "git version 2.39.5";; *) exit 3;; esac');
    expect((await problemOf(openRepository(dir))).what).toBe('git rev-parse failed with exit code 3.');
  });

  it('takes a git that a signal ended for an interruption', async () => {
    fakeGit('kill -INT $$');
    await expect(openRepository(dir)).rejects.toBeInstanceOf(Interrupted);
  });

  it('works in the environment that cron gives', async () => {
    const test = makeRepository({ files: { a: 'x' } });
    for (const key of Object.keys(process.env)) delete process.env[key];
    Object.assign(process.env, { HOME: dir, PATH: '/usr/bin:/bin', SHELL: '/bin/sh' });
    expect((await openRepository(test.dir))?.root).toBe(test.dir);
    test.remove();
  });
});

describe('initRepository', () => {
  it('makes the folder and a repository whose first branch is the one asked for', async () => {
    const repo = await initRepository(join(dir, 'new/deep'), 'memory');
    expect(repo.root).toBe(join(dir, 'new/deep'));
    expect(await currentBranch(repo)).toBe('memory');
    expect(await isUnborn(repo)).toBe(true);
  });

  it('refuses a branch name that git would take for an option', async () => {
    await expect(initRepository(dir, '--template=/x')).rejects.toBeInstanceOf(UserError);
    expect(existsSync(join(dir, '.git'))).toBe(false);
  });
});

describe('run', () => {
  it('hands bytes in and out unchanged and closes stdin where there is no input', async () => {
    const test = makeRepository();
    const repo = await openRepository(test.dir);
    const bytes = Buffer.from([0, 255, 13, 10, 254, 0, 128]);
    const oid = (await repo?.run(['hash-object', '-w', '--stdin'], { input: bytes }))?.stdout.toString().trim() ?? '';
    expect((await repo?.run(['cat-file', 'blob', oid]))?.stdout).toEqual(bytes);
    expect((await repo?.run(['hash-object', '--stdin']))?.stdout.toString()).toBe(
      'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n',
    );
    test.remove();
  });

  // simple-git's `onExit` option starts a timer that it never clears: 5 s there kept every command alive for 5 s more.
  it('starts no timer that would keep the program from ending', async () => {
    const test = makeRepository();
    const repo = await openRepository(test.dir);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await repo?.run(['version']);
    const delays = timers.mock.calls.map(([, delay]) => delay ?? 0);
    timers.mockRestore();
    expect(delays).toContain(60_000); // the limit for a silent git, cleared when it ends
    expect(delays.filter((delay) => delay > 50 && delay !== 60_000)).toEqual([]);
    test.remove();
  });

  it('delivers a long output whole', async () => {
    const test = makeRepository();
    const repo = await openRepository(test.dir);
    const bytes = Buffer.alloc(8_000_000, 'abcdefg\n');
    const oid = (await repo?.run(['hash-object', '-w', '--stdin'], { input: bytes }))?.stdout.toString().trim() ?? '';
    expect((await repo?.run(['cat-file', 'blob', oid]))?.stdout.equals(bytes)).toBe(true);
    test.remove();
  });
});
