// An ordinary commit of a few paths: nothing else of the person's goes along, odd names are names, and history tells what was before.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { commitInCheckout } from '../../src/git/commit.ts';
import { keepTip } from '../../src/git/old-tips.ts';
import { changedPaths, versionsOf } from '../../src/git/versions.ts';
import { make, open, tidy } from './building.ts';

afterEach(tidy);

it('commits the named paths alone, deleted and oddly named ones too, and leaves what is staged', async () => {
  const test = make({ files: { 'm/gone.md': 'x\n', 'm/*.md': 'star\n', 'm/a.md': 'a\n', 'other.txt': 'o\n' } });
  const repo = await open(test.dir);
  const before = test.git('rev-parse', 'HEAD');
  test.write('other.txt', 'staged\n');
  test.git('add', 'other.txt');
  test.write('m/a.md', 'not mine\n');
  test.write('m/*.md', 'new star\n');
  test.write('m/new ü.md', 'new\n');
  rmSync(join(test.dir, 'm/gone.md'));
  const commit = await commitInCheckout(repo, ['m/gone.md', 'm/*.md', 'm/new ü.md'], '# Not a comment');
  expect(test.git('rev-parse', 'HEAD')).toBe(commit);
  expect(await changedPaths(repo, before, commit)).toEqual(['m/*.md', 'm/gone.md', 'm/new ü.md']);
  expect(test.git('log', '-1', '--format=%s')).toBe('# Not a comment');
  expect(test.git('status', '--porcelain').split('\n').sort()).toEqual([' M m/a.md', 'M  other.txt']);
});

it.each(['sha1', 'sha256'] as const)(
  'tells what files were before and after each commit (%s)',
  async (objectFormat) => {
    const test = make({ objectFormat, files: { 'm/a.md': 'one\n', 'b.txt': 'b\n' } });
    const repo = await open(test.dir);
    test.write('b.txt', 'elsewhere\n');
    test.git('commit', '--quiet', '--all', '--message=Elsewhere');
    test.git('mv', 'm/a.md', 'm/c.md');
    test.write('m/c.md', 'two\n');
    test.git('commit', '--quiet', '--all', '--message=Move');
    const versions = await versionsOf(repo, test.git('rev-parse', 'HEAD'), 'm');
    expect(versions.map((v) => [v.commit.subject, Object.fromEntries(v.before), Object.fromEntries(v.after)])).toEqual([
      ['Begin', {}, { 'm/a.md': 'one\n' }],
      ['Move', { 'm/a.md': 'one\n' }, { 'm/c.md': 'two\n' }],
    ]);
  },
);

it('keeps an old tip reachable, once', async () => {
  const test = make();
  const repo = await open(test.dir);
  const head = test.git('rev-parse', 'HEAD');
  const ref = await keepTip(repo, 'dream/x', head);
  expect(await keepTip(repo, 'dream/x', head)).toBe(ref);
  expect(test.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/agentmem')).toBe(`${ref} ${head}`);
});
