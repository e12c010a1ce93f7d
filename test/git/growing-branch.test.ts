// A branch that files are added to: in order, by compare-and-swap, with nothing lost that was there.
import { afterEach, describe, expect, it } from 'vitest';
import { blobId, growBranch } from '../../src/git/growing-branch.ts';
import { make, open, tidy } from './building.ts';

afterEach(tidy);
const who = { name: 'Mira', email: 'mira@example.test' };
const now = () => new Date('2026-11-21T00:00:00.000Z');
const bytes = (text: string) => Buffer.from(text);

describe('growBranch', () => {
  it('begins as an orphan, adds files, and reads what waits as if it were committed', async () => {
    const test = make();
    const repo = await open(test.dir);
    const plan = { branch: 'store', local: null, base: null, subject: 'Add', who, now };
    const branch = await growBranch(repo, plan);
    await branch.flush();
    expect(branch.head()).toBeNull();
    await branch.put(new Map([['s/a.txt', bytes('a')]]), 'a');
    expect((await branch.read(['s'])).get('s/a.txt')?.toString()).toBe('a');
    await branch.flush();
    expect(test.git('log', '--format=%B', 'store').trim()).toBe('Add\n\na');
    expect(test.git('rev-list', '--count', 'store')).toBe('1');
    expect(branch.oids.get('s/a.txt')).toBe(test.git('rev-parse', 'store:s/a.txt'));
    await branch.flush();
    expect(test.git('rev-list', '--count', 'store')).toBe('1');
  });

  it('commits by itself once a few megabytes wait, and keeps what was there', async () => {
    const test = make();
    const repo = await open(test.dir);
    const main = test.git('rev-parse', 'main');
    const branch = await growBranch(repo, { branch: 'store', local: null, base: main, subject: 'Add', who, now });
    await branch.put(new Map([['big', Buffer.alloc(17 * 2 ** 20)]]));
    expect(test.git('rev-parse', 'store^')).toBe(main);
    await branch.put(new Map([['small', bytes('s')]]));
    await branch.flush();
    expect(test.git('ls-tree', '-r', '--name-only', 'store').split('\n')).toEqual([
      '.agentmem/playbooks/bash.md',
      'a.txt',
      'big',
      'small',
    ]);
  });

  it('refuses where somebody moved the branch meanwhile', async () => {
    const test = make();
    const branch = await growBranch(await open(test.dir), {
      branch: 'store',
      local: null,
      base: null,
      subject: 'Add',
      who,
      now,
    });
    test.git('branch', 'store', 'main');
    await branch.put(new Map([['x', bytes('x')]]));
    await expect(branch.flush()).rejects.toThrow(/changed by somebody else|exist/);
    expect(test.git('rev-parse', 'store')).toBe(test.git('rev-parse', 'main'));
  });

  it('names blobs as git does, whatever the repository hashes with', async () => {
    for (const objectFormat of ['sha1', 'sha256'] as const) {
      const test = make({ objectFormat, files: { 'a.txt': 'a\n' } });
      expect(blobId(await open(test.dir), bytes('a\n'))).toBe(test.git('rev-parse', 'HEAD:a.txt'));
    }
  });
});
