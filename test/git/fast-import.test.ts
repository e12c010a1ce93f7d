// Building commits: the same everywhere, all or nothing, and invisible to the person at the checkout.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BranchPlan, buildCommits, type NewCommit } from '../../src/git/fast-import.ts';
import { readFiles } from '../../src/git/read.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type RepositoryOptions, runGit, type TestRepository } from '../support/git.ts';
import { problemOf } from './problem.ts';

const author = { name: 'agentmem', email: 'agentmem@localhost' };
const environment = { ...process.env };
const made: TestRepository[] = [];
afterEach(() => {
  for (const test of made.splice(0)) test.remove();
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
});

function make(
  options: RepositoryOptions = { files: { 'a.txt': 'a\n', '.agentmem/playbooks/bash.md': '# bash\n' } },
): TestRepository {
  const test = makeRepository(options);
  made.push(test);
  return test;
}

async function open(dir: string): Promise<Repository> {
  const repo = await openRepository(dir);
  if (repo === null) throw new Error(`no repository in ${dir}`);
  return repo;
}

function commit(files: Record<string, string | Buffer | null>, message = 'Learn: x'): NewCommit {
  return { message, author, atMs: 1_763_596_800_000, files: new Map(Object.entries(files)) };
}

async function build(
  test: TestRepository,
  files: Record<string, string | Buffer | null>,
  plan: Partial<BranchPlan> = {},
) {
  const parent = test.git('rev-parse', 'HEAD');
  return buildCommits(await open(test.dir), {
    branch: 'dream/x',
    from: null,
    parent,
    commits: [commit(files)],
    ...plan,
  });
}

// Everything of a checkout that must stay as it was: bytes of index, HEAD, reflogs, stash, operations under way, files.
function snapshot(dir: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const walk = (path: string) => {
    for (const name of readdirSync(join(dir, path)).sort()) {
      const child = join(path, name);
      if (/^\.git\/(objects|refs\/heads\/dream|logs\/refs\/heads\/dream)$/.test(child)) continue;
      const stat = statSync(join(dir, child));
      if (stat.isDirectory()) walk(child);
      else seen[child] = `${stat.mode} ${readFileSync(join(dir, child)).toString('latin1')}`;
    }
  };
  walk('.');
  return seen;
}

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

describe('the person at the checkout notices nothing', () => {
  const situations: [string, (test: TestRepository) => void][] = [
    ['a clean work tree', () => undefined],
    [
      'staged, unstaged, untracked and stashed changes',
      (t) => {
        t.write('a.txt', 'stashed\n');
        t.git('stash');
        t.write('staged.txt', 's');
        t.git('add', 'staged.txt');
        t.write('a.txt', 'unstaged\n');
        t.write('untracked.txt', 'u');
      },
    ],
    ['a detached HEAD', (t) => void t.git('checkout', '--quiet', '--detach')],
    ['a feature branch', (t) => void t.git('checkout', '--quiet', '-b', 'feature')],
    ['an index.lock', (t) => t.write('.git/index.lock', '')],
    [
      'a rebase that stopped at a conflict',
      (t) => {
        t.git('checkout', '--quiet', '-b', 'topic');
        t.write('a.txt', 'topic\n');
        t.git('commit', '--quiet', '-am', 'Topic');
        t.git('checkout', '--quiet', 'main');
        t.write('a.txt', 'main\n');
        t.git('commit', '--quiet', '-am', 'Main');
        expect(() => t.git('rebase', 'main', 'topic')).toThrow();
      },
    ],
    [
      'a merge that stopped at a conflict',
      (t) => {
        t.git('checkout', '--quiet', '-b', 'topic');
        t.write('a.txt', 'topic\n');
        t.git('commit', '--quiet', '-am', 'Topic');
        t.git('checkout', '--quiet', 'main');
        t.write('a.txt', 'main\n');
        t.git('commit', '--quiet', '-am', 'Main');
        expect(() => t.git('merge', 'topic')).toThrow();
      },
    ],
  ];

  it.each(situations)('with %s', async (_name, prepare) => {
    const test = make();
    prepare(test);
    const before = snapshot(test.dir);
    const { head } = await build(test, { '.agentmem/playbooks/bash.md': '# bash\nmore\n' });
    expect(snapshot(test.dir)).toEqual(before);
    expect(test.git('rev-parse', 'dream/x')).toBe(head);
  });

  it('and no hook of any kind runs, neither a veto nor one that hangs', async () => {
    const test = make();
    const hooks = [
      'reference-transaction',
      'pre-commit',
      'prepare-commit-msg',
      'commit-msg',
      'post-commit',
      'post-checkout',
      'pre-merge-commit',
      'post-merge',
      'post-index-change',
      'post-rewrite',
      'pre-auto-gc',
      'update',
      'post-update',
      'fsmonitor-watchman',
    ];
    mkdirSync(join(test.dir, 'shared-hooks'));
    for (const dir of [join(test.dir, '.git/hooks'), join(test.dir, 'shared-hooks')]) {
      for (const hook of hooks) {
        writeFileSync(
          join(dir, hook),
          `#!/bin/sh\ntouch ${test.dir}/hook-ran\n${hook === 'reference-transaction' ? 'exit 1' : 'sleep 600'}\n`,
        );
        chmodSync(join(dir, hook), 0o755);
      }
    }
    test.git('config', 'core.fsmonitor', '.git/hooks/fsmonitor-watchman');
    const first = await build(test, { b: '1' });
    test.git('config', 'core.hooksPath', join(test.dir, 'shared-hooks'));
    await build(test, { b: '2' }, { from: first.head });
    expect(existsSync(join(test.dir, 'hook-ran'))).toBe(false);
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
});
