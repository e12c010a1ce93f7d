// Building commits: the same everywhere, byte for byte, in every kind of repository.
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { buildCommits } from '../../src/git/fast-import.ts';
import { readFiles } from '../../src/git/read.ts';
import { runGit } from '../support/git.ts';
import { build, commit, make, open, tidy } from './building.ts';
import { problemOf } from './problem.ts';

afterEach(tidy);

describe('buildCommits', () => {
  it('builds one commit after another and leaves bytes as they are', async () => {
    const test = make();
    test.git('config', 'core.autocrlf', 'true');
    test.git('config', 'commit.gpgsign', 'true');
    const bytes = Buffer.from([0, 13, 10, 255, 10, 254]);
    const commits = [
      commit({ 'x/bin': bytes, 'x/crlf': 'a\r\nb' }, 'One'),
      commit({ 'x/crlf': null, 'a.txt': 'new' }, 'Two\n\nA: 1'),
    ];
    const result = await build(test, {}, { commits });
    expect(result.commits.at(-1)).toBe(result.head);
    expect(test.git('log', '--format=%an|%ae|%cn|%at|%s', 'main..dream/x').split('\n')).toEqual([
      'agentmem|agentmem@localhost|agentmem|1763596800|Two',
      'agentmem|agentmem@localhost|agentmem|1763596800|One',
    ]);
    const repo = await open(test.dir);
    expect((await readFiles(repo, result.commits[0] ?? '', 'x')).get('x/bin')).toEqual(bytes);
    expect([...(await readFiles(repo, result.head, '')).keys()]).toEqual([
      '.agentmem/playbooks/bash.md',
      'a.txt',
      'x/bin',
    ]);
    expect(test.git('fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('gives the same commit ids in another repository, on another day', async () => {
    const [one, two] = [await build(make(), { b: '1', a: '2' }), await build(make(), { a: '2', b: '1' })];
    expect(one).toEqual(two);
  });

  it('replaces a branch by an unrelated line of commits, and moves it to the parent where nothing is left', async () => {
    const test = make();
    const first = await build(test, { b: '1' });
    const second = await build(test, { c: '1' }, { from: first.head });
    expect(test.git('diff', '--name-only', 'main', 'dream/x')).toBe('c');
    const main = test.git('rev-parse', 'main');
    expect(await build(test, {}, { from: second.head, commits: [] })).toEqual({ head: main, commits: [] });
    expect(test.git('rev-parse', 'dream/x')).toBe(main);
  });

  it('keeps an executable file executable', async () => {
    const test = make();
    test.write('run.sh', 'x');
    chmodSync(join(test.dir, 'run.sh'), 0o755);
    test.git('add', '.');
    test.git('commit', '--quiet', '-m', 'Run');
    await build(test, { 'run.sh': 'y' });
    expect(test.git('ls-tree', 'dream/x', 'run.sh')).toMatch(/^100755/);
  });

  it('leaves no ref, reflog, lock or report beside the branch', async () => {
    const test = make();
    await build(test, { b: '1' });
    expect(test.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/dream/x\nrefs/heads/main');
    await expect(build(test, { b: '1' }, { branch: 'dream/y', parent: 'b'.repeat(40) })).rejects.toThrow();
    expect(readdirSync(join(test.dir, '.git')).filter((n) => /crash|lock|agentmem/.test(n))).toEqual([]);
  });
});

describe('every kind of repository', () => {
  it('an unborn branch, with no identity anywhere', async () => {
    const test = make({ identity: false });
    Object.assign(process.env, { HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' });
    test.git('config', 'user.useConfigOnly', 'true');
    const plan = { branch: 'dream/x', from: null, parent: null, commits: [commit({ a: '1' })] };
    const { head } = await buildCommits(await open(test.dir), plan);
    expect(test.git('rev-list', '--parents', 'dream/x')).toBe(head);
    expect((await problemOf(buildCommits(await open(test.dir), { ...plan, branch: 'main' }))).what).toContain(
      'checked out',
    );
  });

  it.each(['sha1', 'sha256'] as const)('a bare one with %s', async (objectFormat) => {
    const test = make({ bare: true, objectFormat });
    const repo = await open(test.dir);
    const first = await buildCommits(repo, { branch: 'side', from: null, parent: null, commits: [commit({ a: '1' })] });
    const next = await buildCommits(repo, {
      branch: 'side',
      from: first.head,
      parent: first.head,
      commits: [commit({ b: '2' })],
    });
    expect(test.git('ls-tree', '--name-only', 'side')).toBe('a\nb');
    expect(next.head.length).toBe(objectFormat === 'sha1' ? 40 : 64);
  });

  it('a linked work tree, a shallow clone, a partial and sparse clone, and a submodule', async () => {
    const test = make();
    test.git('config', 'uploadpack.allowFilter', 'true');
    test.git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    test.git('clone', '--quiet', '--depth=1', `file://${test.dir}`, '../shallow');
    test.git('clone', '--quiet', '--filter=blob:none', '--sparse', `file://${test.dir}`, '../partial');
    test.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', test.dir, 'sub');
    for (const place of ['../linked', '../shallow', '../partial', 'sub']) {
      const dir = join(test.dir, place);
      const parent = runGit(dir, ['rev-parse', 'HEAD']);
      const repo = await open(dir);
      const { head } = await buildCommits(repo, {
        branch: `dream/${place.replace('../', '')}`,
        from: null,
        parent,
        commits: [commit({ '.agentmem/b': '1' })],
      });
      expect([...(await readFiles(repo, head, '.agentmem')).keys()]).toEqual([
        '.agentmem/b',
        '.agentmem/playbooks/bash.md',
      ]);
      expect(runGit(dir, ['status', '--porcelain'])).toBe('');
    }
  });

  it('the bare environment of cron', async () => {
    const test = make({ identity: false, files: { a: '1' } });
    for (const key of Object.keys(process.env)) delete process.env[key];
    Object.assign(process.env, { HOME: test.dir, PATH: '/usr/bin:/bin' });
    await build(test, { b: '1' });
    expect(test.git('show', 'dream/x:b')).toBe('1');
  });
});
