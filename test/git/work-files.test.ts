// Which files of a work tree git does not ignore, in real repositories.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { workFiles } from '../../src/git/work-files.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const made: TestRepository[] = [];
afterEach(() => {
  for (const repo of made.splice(0)) repo.remove();
});

function repository(files: Record<string, string>): TestRepository {
  const repo = makeRepository({ files });
  made.push(repo);
  return repo;
}

describe('workFiles', () => {
  it('names tracked and new files, not ignored ones, links or deleted paths of other folders', async () => {
    const repo = repository({ '.gitignore': 'dist/\n*.log\n', 'src/a.ts': '1', 'ä b\n.txt': '2' });
    repo.write('src/new.ts', '4');
    repo.write('dist/out.js', '5');
    repo.write('100644 x\tname.txt', '6');
    symlinkSync('a.ts', join(repo.dir, 'src/link.ts'));
    repo.git('add', 'src/link.ts');
    const found = await workFiles(repo.dir);
    expect(found?.files.sort()).toEqual(['.gitignore', '100644 x\tname.txt', 'src/a.ts', 'src/new.ts', 'ä b\n.txt']);
    expect(found?.nested).toEqual([]);
    expect((await workFiles(join(repo.dir, 'src')))?.files.sort()).toEqual(['a.ts', 'new.ts']);
  });

  it('names other repositories inside, tracked as submodules or not', async () => {
    const repo = repository({ 'a.txt': '1' });
    const inner = repository({ 'b.txt': '2' });
    repo.git('clone', '-q', inner.dir, 'loose');
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'sub');
    const found = await workFiles(repo.dir);
    expect(found?.nested.sort()).toEqual(['loose', 'sub']);
    expect(found?.files.sort()).toEqual(['.gitmodules', 'a.txt']);
  });

  it('gives null outside a repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentmem-plain-'));
    expect(await workFiles(folder)).toBeNull();
    rmSync(folder, { recursive: true });
    expect(await workFiles(folder)).toBeNull();
  });
});
