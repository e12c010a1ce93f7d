// What building commits refuses, and that a refusal or a lost race leaves everything as it was.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { build, commit, make, tidy } from './building.ts';
import { problemOf } from './problem.ts';

afterEach(tidy);

describe('refusals change nothing', () => {
  it('a branch that is checked out here, in a linked work tree, or being rebased', async () => {
    const test = make();
    test.git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    mkdirSync(join(test.dir, '.git/rebase-merge'));
    writeFileSync(join(test.dir, '.git/rebase-merge/head-name'), 'refs/heads/busy\n');
    const main = test.git('rev-parse', 'main');
    for (const branch of ['main', 'side', 'busy']) {
      expect((await problemOf(build(test, { b: '1' }, { branch, from: main }))).what).toContain('checked out');
    }
    expect(test.git('rev-parse', 'main', 'side')).toBe(`${main}\n${main}`);
  });

  it('one of two writers that started from the same value, with nothing lost', async () => {
    const test = make();
    const first = await build(test, { b: '0' });
    const writers = ['1', '2', '3'].map((n) => build(test, { [`b${n}`]: n }, { from: first.head, parent: first.head }));
    const results = await Promise.allSettled(writers);
    const won = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value.head] : []));
    expect(won).toEqual([test.git('rev-parse', 'dream/x')]);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'UserError' });
    expect(test.git('rev-list', '--count', 'main..dream/x')).toBe('2');
  });

  it('a branch that somebody deleted, made or moved meanwhile', async () => {
    const test = make();
    const main = test.git('rev-parse', 'main');
    expect((await problemOf(build(test, { b: '1' }, { from: main }))).what).toContain('changed by somebody else');
    test.git('branch', 'dream/x');
    expect((await problemOf(build(test, { b: '1' }))).what).toContain('changed by somebody else');
    expect(test.git('rev-parse', 'dream/x')).toBe(main);
  });

  it('a branch in the way as a file of the same name', async () => {
    const test = make();
    test.git('branch', 'dream');
    expect((await problemOf(build(test, { b: '1' }))).hint).toBe('Rename or delete dream.');
  });

  it('paths that attack, and paths that exclude each other', async () => {
    const test = make();
    for (const path of [
      '.git/config',
      '../x',
      '.GIT/hooks/post-checkout',
      '/etc/passwd',
      'a/../../x',
      'a\nM 100644 inline b',
    ]) {
      expect((await problemOf(build(test, { [path]: 'x' }))).what).toContain("can't be stored");
    }
    for (const files of [
      { b: '1', 'b/c': '2' },
      { 'm/Bash.md': '1', 'm/bash.md': '2' },
      { 'e\u0301': '1', '\u00e9': '2' },
    ]) {
      expect((await problemOf(build(test, files))).what).toContain("can't be written");
    }
    expect(test.git('branch', '--list', 'dream/*')).toBe('');
  });

  it('paths that are, or lead through, a symbolic link, file, submodule or folder of the parent', async () => {
    const test = make();
    symlinkSync('/tmp', join(test.dir, 'link'));
    test.git('add', 'link');
    test.git('update-index', '--add', '--cacheinfo', `160000,${test.git('rev-parse', 'HEAD')},module`);
    test.git('commit', '--quiet', '-m', 'Links');
    const paths = [
      'link',
      'link/x',
      'module',
      'module/x',
      'a.txt/x',
      '.agentmem',
      '.agentmem/playbooks',
      '.agentmem/playbooks/bash.md/x',
      '.agentmem/Playbooks/x',
      '.agentmem/playbooks/BASH.md',
    ];
    for (const path of paths) {
      expect((await problemOf(build(test, { [path]: 'x' }))).what).toContain("can't be written");
      expect((await problemOf(build(test, { [path]: null }))).what).toContain("can't be written");
    }
    expect(test.git('branch', '--list', 'dream/*')).toBe('');
  });

  it('a parent that is no commit, without leaving a crash report behind', async () => {
    const test = make();
    for (const parent of [test.git('rev-parse', 'HEAD^{tree}'), 'c'.repeat(40)]) {
      expect((await problemOf(build(test, { b: '1' }, { parent }))).what).toMatch(/^git (fast-import|ls-tree) failed/);
    }
    expect(readdirSync(join(test.dir, '.git')).filter((n) => n.includes('crash'))).toEqual([]);
    expect(test.git('branch', '--list', 'dream/*')).toBe('');
  });

  it('a stream that is cut off on the way to git', async () => {
    const test = make();
    const git = (process.env.PATH ?? '')
      .split(':')
      .map((d) => join(d, 'git'))
      .find((p) => existsSync(p));
    const bin = join(test.dir, '..', 'bin');
    mkdirSync(bin);
    const script = `case "$*" in *fast-import*) head -c 400 | ${git} "$@";; *) exec ${git} "$@";; esac`;
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = `${bin}:${process.env.PATH}`;
    const commits = [commit({ b: '1' }, 'One'), commit({ c: 'x'.repeat(500) }, 'Two')];
    expect((await problemOf(build(test, {}, { commits }))).what).toContain('git fast-import failed');
    expect(readdirSync(join(test.dir, '.git')).filter((n) => n.includes('crash'))).toEqual([]);
    expect(test.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });
});
