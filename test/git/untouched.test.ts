// Whatever state a checkout is in, building commits leaves every byte of it alone and runs none of its hooks.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestRepository } from '../support/git.ts';
import { build, make, tidy } from './building.ts';

afterEach(tidy);

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
