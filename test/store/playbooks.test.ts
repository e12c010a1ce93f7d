// Tests of reading a memory's playbooks: broken ones are values, never a crash.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readPlaybooks, readPlaybooksFromDir, toolsOf } from '../../src/store/playbooks.ts';

const GOOD =
  '---\nplaybook: crates\napplies_to: { tools: [pack_crate, sim__*] }\nowner: somebody\n---\n\n# crates\n\n## A\n<!-- entry k7f3 kind=fact grade=C -->\n\nrule\n';

let dir: string | undefined;
afterEach(() => {
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  dir = undefined;
});

describe('readPlaybooks', () => {
  it('gives playbooks by name, in order, and passes over other files', () => {
    const { playbooks, broken } = readPlaybooks(
      new Map([
        ['b.md', GOOD],
        ['a.md', '# by hand\n'],
        ['notes.txt', 'x'],
        ['sub/c.md', GOOD],
      ]),
    );
    expect(playbooks.map((p) => p.name)).toEqual(['a', 'b']);
    expect(broken).toEqual([]);
  });

  it.each([
    ['broken YAML', '---\na: [\n---\n## A\n'],
    ['code', '---js\nmodule.exports = {}\n---\n'],
    ['tools that are no list', '---\napplies_to: { tools: pack_crate }\n---\n'],
    ['front matter that is never closed', '---\na: 1\n'],
    ['the same entry twice', `${GOOD}\n## B\n<!-- entry k7f3 kind=fact grade=C -->\n`],
  ])('reports %s with file and reason', (_, text) => {
    const { playbooks, broken } = readPlaybooks(
      new Map([
        ['bad.md', text],
        ['good.md', GOOD],
      ]),
    );
    expect(playbooks.map((p) => p.name)).toEqual(['good']);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatchObject({ name: 'bad.md', playbook: { name: 'bad' } });
    expect(broken[0]?.reason.length).toBeGreaterThan(10);
  });

  it('knows the tools that a playbook is for', () => {
    const { playbooks } = readPlaybooks(
      new Map([
        ['a.md', '# by hand\n'],
        ['b.md', GOOD],
      ]),
    );
    expect(playbooks.map(toolsOf)).toEqual([undefined, ['pack_crate', 'sim__*']]);
  });
});

describe('readPlaybooksFromDir', () => {
  it('reads markdown files, follows no link, and takes a missing folder for an empty one', () => {
    dir = mkdtempSync(join(tmpdir(), 'agentmem-playbooks-'));
    writeFileSync(join(dir, 'a.md'), GOOD);
    writeFileSync(join(dir, 'a.txt'), GOOD);
    mkdirSync(join(dir, 'folder.md'));
    symlinkSync(join(dir, 'a.md'), join(dir, 'link.md'));
    expect(readPlaybooksFromDir(dir).playbooks.map((p) => p.name)).toEqual(['a']);
    expect(readPlaybooksFromDir(join(dir, 'none'))).toEqual({ playbooks: [], broken: [] });
  });
});
