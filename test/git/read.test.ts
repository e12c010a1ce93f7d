// Files come out of commits byte for byte; diffs look the same whatever the user's settings.
import { chmodSync, existsSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { diffText, dirtyPaths, listTree, readFiles, refuseChanges } from '../../src/git/read.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const binary = Buffer.from([0, 1, 255, 254, 13, 10, 10, 128]);
let test: TestRepository;
let repo: Repository;
let head = '';

beforeEach(async () => {
  test = makeRepository({
    files: {
      'm/empty': '',
      'm/bin': binary,
      'm/crlf.txt': 'a\r\nb\r\n',
      'm/ä \t"x".md': 'ü',
      'm/sub/[a]*.md': 'glob',
      'mm/other': 'o',
      '-dash': 'd',
    },
  });
  symlinkSync('bin', join(test.dir, 'm/link'));
  test.git('add', '.');
  test.git('commit', '--quiet', '-m', 'Link');
  head = test.git('rev-parse', 'HEAD');
  const opened = await openRepository(test.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
});
afterEach(() => test.remove());

it('lists a tree by path, odd names included', async () => {
  const paths = (await listTree(repo, head, 'm')).map((e) => e.path);
  expect(paths).toEqual(['m/bin', 'm/crlf.txt', 'm/empty', 'm/link', 'm/sub/[a]*.md', 'm/ä \t"x".md']);
  expect((await listTree(repo, head, '')).length).toBe(8);
  expect(await listTree(repo, head, 'nothing/here')).toEqual([]);
  expect((await listTree(repo, head, 'm/link'))[0]?.mode).toBe('120000');
});

it('reads all regular files below a folder, byte for byte', async () => {
  const files = await readFiles(repo, head, 'm');
  expect([...files.keys()]).not.toContain('m/link');
  expect(files.get('m/bin')).toEqual(binary);
  expect(files.get('m/crlf.txt')?.toString()).toBe('a\r\nb\r\n');
  expect(files.get('m/empty')?.length).toBe(0);
  expect(files.get('m/ä \t"x".md')?.toString()).toBe('ü');
});

it('reads just the files that are named and exist; a name is never a pattern', async () => {
  const files = await readFiles(repo, head, ['m/sub/[a]*.md', '-dash', 'm/missing', 'm/link', 'm/*']);
  expect([...files].map(([p, b]) => [p, b.toString()])).toEqual([
    ['-dash', 'd'],
    ['m/sub/[a]*.md', 'glob'],
  ]);
  expect(await readFiles(repo, head, [])).toEqual(new Map());
  expect(await readFiles(repo, head, 'nothing')).toEqual(new Map());
});

it('reads more paths than fit on a command line', async () => {
  const paths = Array.from({ length: 3000 }, (_, i) => `m/missing/${'x'.repeat(40)}${i}`);
  expect([...(await readFiles(repo, head, [...paths, 'm/bin'])).keys()]).toEqual(['m/bin']);
});

it('prints one diff whatever the settings, and from nothing where there is no base', async () => {
  test.write('m/crlf.txt', 'a\r\nc\r\n');
  test.git('commit', '--quiet', '-am', 'Change');
  const next = test.git('rev-parse', 'HEAD');
  const before = await diffText(repo, head, next, ['m']);
  for (const [key, value] of [
    ['diff.noprefix', 'true'],
    ['diff.context', '0'],
    ['color.ui', 'always'],
    ['diff.external', 'false'],
    ['diff.mnemonicPrefix', 'true'],
  ]) {
    test.git('config', key ?? '', value ?? '');
  }
  expect(await diffText(repo, head, next, ['m'])).toBe(before);
  expect(before).toContain('--- a/m/crlf.txt\n+++ b/m/crlf.txt\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n');
  expect(await diffText(repo, head, next, ['mm'])).toBe('');
  expect(await diffText(repo, null, next, ['m/ä \t"x".md'])).toContain('+ü');
});

it('lists staged, changed, deleted and untracked paths below a prefix', async () => {
  expect(await dirtyPaths(repo, '')).toEqual([]);
  test.write('m/new file.md', 'n');
  test.write('m/crlf.txt', 'changed');
  test.write('mm/other', 'changed');
  test.git('mv', 'm/bin', 'm/moved');
  expect(await dirtyPaths(repo, 'm')).toEqual(['m/bin', 'm/crlf.txt', 'm/moved', 'm/new file.md']);
  expect(await dirtyPaths(repo, 'mm')).toEqual(['mm/other']);
});

it('refuses to go on over changes, and names five of them at most', async () => {
  await refuseChanges(repo, 'm');
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) test.write(`m/${name}`, 'n');
  const refusal = await refuseChanges(repo, 'm').catch((error: unknown) => error);
  if (!(refusal instanceof UserError)) throw refusal;
  expect(refusal.problem).toEqual({
    what: 'm/ has changes that are not committed: m/a, m/b, m/c, m/d, m/e, …',
    hint: 'commit or stash them first: git add m && git commit',
  });
  await refuseChanges(repo, 'mm');
});

it('looks for dirty files without refreshing the index, asking a file monitor or taking names for patterns', async () => {
  test.write('.git/watch', `#!/bin/sh\ntouch ${test.dir}/.git/watched\n`);
  chmodSync(join(test.dir, '.git/watch'), 0o755);
  test.git('config', 'core.fsmonitor', '.git/watch');
  utimesSync(join(test.dir, 'mm/other'), 1, 1);
  const index = readFileSync(join(test.dir, '.git/index'));
  test.write('m/sub/a.md', 'x');
  expect(await dirtyPaths(repo, 'm/sub/[a]*.md')).toEqual([]);
  expect(await dirtyPaths(repo, '')).toEqual(['m/sub/a.md']);
  expect(readFileSync(join(test.dir, '.git/index'))).toEqual(index);
  expect(existsSync(join(test.dir, '.git/watched'))).toBe(false);
});

it('finds nothing dirty in a bare repository', async () => {
  const bare = makeRepository({ bare: true });
  const opened = await openRepository(bare.dir);
  expect(opened === null ? 'none' : await dirtyPaths(opened, '')).toEqual([]);
  bare.remove();
});
