// A dream, a review and a merge beside the checkout leave HEAD, index, stash and every file of the work tree as they were.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';
import { fingerprint } from '../support/checkout.ts';

let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

function prepare(name: string): string {
  const repo = home.memory(name);
  writeFileSync(join(repo, 'a.txt'), 'one\n');
  writeFileSync(join(repo, 'b.txt'), 'one\n');
  home.git(repo, 'add', '.');
  home.git(repo, 'commit', '-qm', 'Files');
  home.agent(repo, 'import', EXAMPLE);
  return repo;
}

function makeDirty(repo: string): void {
  writeFileSync(join(repo, 'b.txt'), 'stashed\n');
  home.git(repo, 'stash', '-q');
  writeFileSync(join(repo, 'a.txt'), 'staged\n');
  home.git(repo, 'add', 'a.txt');
  writeFileSync(join(repo, 'a.txt'), 'staged, then changed\n');
  writeFileSync(join(repo, 'untracked file.txt'), 'mine\r\n');
  mkdirSync(join(repo, '.agentmem', 'notes'), { recursive: true });
  writeFileSync(join(repo, '.agentmem', 'notes', 'draft.md'), 'a draft\n');
}

const situations: Record<string, (repo: string) => void> = {
  'a dirty tree with staged changes and a stash': makeDirty,
  'a detached HEAD': (repo) => {
    home.git(repo, 'checkout', '-q', '--detach', 'HEAD~1');
    makeDirty(repo);
  },
  'a feature branch checked out': (repo) => {
    home.git(repo, 'checkout', '-qb', 'feature');
    writeFileSync(join(repo, 'c.txt'), 'feature\n');
    home.git(repo, 'add', '.');
    home.git(repo, 'commit', '-qm', 'Feature');
    makeDirty(repo);
  },
  'a merge that stopped at a conflict': (repo) => {
    home.git(repo, 'checkout', '-qb', 'feature');
    writeFileSync(join(repo, 'a.txt'), 'feature\n');
    home.git(repo, 'commit', '-qam', 'Feature');
    home.git(repo, 'checkout', '-qb', 'other', 'main');
    writeFileSync(join(repo, 'a.txt'), 'other\n');
    home.git(repo, 'commit', '-qam', 'Other');
    expect(() => home.git(repo, 'merge', 'feature')).toThrow();
  },
};

describe('the checkout stays as it was', () => {
  for (const [name, arrange] of Object.entries(situations)) {
    it(`with ${name}`, () => {
      const repo = prepare(name.replace(/\W+/g, '-'));
      arrange(repo);
      const before = fingerprint(repo);
      const status = home.git(repo, 'status', '--porcelain', '-z');
      const dreamed = home.json<{ branch: string; changes: { entry: string }[] }>(repo, 'dream', '--json');
      expect(dreamed.branch).toMatch(/^dream\//);
      const reviewed = home.agent(
        repo,
        'review',
        '--reject',
        dreamed.changes[0]?.entry ?? '',
        '--accept',
        dreamed.changes[1]?.entry ?? '',
      );
      expect(reviewed.stderr).not.toContain('error');
      expect(reviewed.code).toBe(0);
      expect(fingerprint(repo)).toEqual(before);
      expect(home.git(repo, 'status', '--porcelain', '-z')).toBe(status);
      expect(home.git(repo, 'fsck', '--no-progress')).not.toContain('error');
    });
  }

  it('a merge beside the checkout moves only the memory branch', () => {
    const repo = prepare('beside');
    home.git(repo, 'checkout', '-qb', 'feature');
    makeDirty(repo);
    home.json(repo, 'dream', '--json');
    const before = fingerprint(repo);
    const merged = home.json<{ way: string }>(repo, 'merge', '--json');
    expect(merged.way).toBe('beside');
    expect(fingerprint(repo)).toEqual(before);
    expect(home.git(repo, 'rev-list', '--count', '--merges', 'main')).toBe('1');
    expect(home.json<unknown[]>(repo, 'playbooks', 'list', '--json').length).toBeGreaterThan(0);
  });

  it('a merge into a dirty .agentmem/ is refused and says which file', () => {
    const repo = prepare('dirty-memory');
    home.json(repo, 'dream', '--json');
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'version: 1\n');
    const before = fingerprint(repo);
    const { code, stderr } = home.agent(repo, 'merge');
    expect(code).toBe(2);
    expect(stderr).toContain('config.yaml');
    expect(fingerprint(repo)).toEqual(before);
  });

  it('a review branch that somebody has checked out is not moved under them', () => {
    const repo = prepare('checked-out');
    const { branch, changes } = home.json<{ branch: string; changes: { entry: string }[] }>(repo, 'dream', '--json');
    home.git(repo, 'checkout', '-q', branch);
    const before = fingerprint(repo);
    const { code, stderr } = home.agent(repo, 'review', branch, '--reject', changes[0]?.entry ?? '');
    expect(code).toBe(2);
    expect(stderr).toContain('checked out');
    expect(fingerprint(repo)).toEqual(before);
  });
});
