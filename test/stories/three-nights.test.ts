// Three nights with a person who is slow, picky and in the middle of something: nothing is lost, said twice, or brought back.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';
import { fingerprint } from '../support/checkout.ts';
import { type Fault, faults, type Told, writeSession } from '../support/world.ts';

interface Dreamed {
  branch: string;
  base: string;
  read: { sessions: number; new: number; from_cache: number };
  changes: { entry: string; change: string; title: string; commit: string; sessions: number }[];
  withheld: { claim: string; reason: string }[];
  published?: { result: string }[];
}

const WISH = 'No, always weigh the clay before wedging instead of guessing.';
const BY_HAND = 'Ask Ines when the sieve is the fine one.';

let home: Home;
let repo: string;
let transcripts: string;
let told = 0;
/** Entries by the fault that they are about. */
const entry: Record<string, string> = {};
const nights: Dreamed[] = [];

beforeAll(() => {
  home = makeHome();
  transcripts = join(home.dir, 'transcripts');
  home.git(home.dir, 'init', '-q', '--bare', 'server.git');
  repo = home.memory('pottery');
  writeFileSync(join(repo, 'glaze.txt'), 'celadon\n');
  home.git(repo, 'add', '.');
  home.git(repo, 'commit', '-qm', 'Glazes');
  home.git(repo, 'remote', 'add', 'origin', join(home.dir, 'server.git'));
  home.git(repo, 'push', '-qu', 'origin', 'main');
});
afterAll(() => home.remove());

/** `count` sessions on three days from `day` on. */
function work(day: number, count: number, more: Omit<Told, 'day' | 'number'>): void {
  for (let i = 0; i < count; i++) {
    const number = told++;
    writeSession(transcripts, { day: `2026-03-${String(day + (number % 3)).padStart(2, '0')}`, number, ...more });
  }
}

function night(): Dreamed {
  expect(home.agent(repo, 'import', transcripts).code).toBe(0);
  const dreamed = home.json<Dreamed>(repo, 'dream', '--push', '--json');
  for (const change of dreamed.changes) {
    const fault = Object.entries(faults).find(([, f]) => change.title.includes(f.error));
    if (change.change === 'add') entry[fault?.[0] ?? 'wish'] = change.entry;
  }
  nights.push(dreamed);
  return dreamed;
}

function why(dreamed: Dreamed, { error }: Pick<Fault, 'error'>): string | undefined {
  return dreamed.withheld.find((w) => w.claim.includes(error))?.reason;
}

/** Ids of the entries of all playbooks at a commit; an entry that stands there twice is listed twice. */
function entriesAt(ref: string): string[] {
  const paths = home.git(repo, 'ls-tree', '-r', '--name-only', ref, '--', '.agentmem/playbooks').split('\n');
  return paths.flatMap((path) =>
    path === ''
      ? []
      : [...home.git(repo, 'show', `${ref}:${path}`).matchAll(/<!-- entry (\w+)/g)].map((m) => m[1] ?? ''),
  );
}

/** What a branch adds to the memory that it grew from. */
function added(branch: string): string[] {
  const before = new Set(entriesAt(home.git(repo, 'merge-base', 'main', branch)));
  return entriesAt(branch).filter((id) => !before.has(id));
}

function playbook(name: string, ref = 'main'): string {
  return home.git(repo, 'show', `${ref}:.agentmem/playbooks/${name}.md`);
}

describe('three nights', () => {
  it('the first night: a branch with a commit a lesson, pushed', () => {
    work(1, 3, { faults: [faults.ramp] });
    work(1, 3, { faults: [faults.water], said: WISH });
    work(1, 3, { faults: [faults.shelf] });
    const first = night();
    expect(first.changes.map((c) => [c.change, c.sessions])).toEqual(Array(4).fill(['add', 3]));
    expect(Object.keys(entry).sort()).toEqual(['ramp', 'shelf', 'water', 'wish']);
    expect(first.published).toMatchObject([{ result: 'created' }]);
    expect(home.git(repo, 'rev-list', '--count', `main..${first.branch}`)).toBe('5');
  });

  it('the second night: nobody has reviewed, so only what is new is proposed, from the memory branch', () => {
    work(4, 4, { faults: [faults.ramp] });
    work(4, 3, { faults: [faults.crate] });
    const second = night();
    expect(second.changes.map((c) => c.entry)).toEqual([entry.crate]);
    expect(second.base).toBe(nights[0]?.base);
    expect(second.read).toMatchObject({ sessions: 16, new: 7, from_cache: 9 });
    expect(why(second, faults.ramp)).toContain(`waits for review on ${nights[0]?.branch}`);
    expect(added(second.branch)).toEqual([entry.crate]);
  });

  it('a night without news makes no branch', () => {
    const refs = home.git(repo, 'for-each-ref');
    const again = home.json<Dreamed>(repo, 'dream', '--push', '--json');
    expect([again.branch, again.changes]).toEqual([null, []]);
    expect(home.git(repo, 'for-each-ref')).toBe(refs);
  });

  it('a person turns one lesson down, edits another on the branch, and squashes it on the server', () => {
    const branch = nights[0]?.branch ?? '';
    const verdict = ['--reject', entry.shelf ?? '', '--because', 'the shelves are new', '--accept', entry.ramp ?? ''];
    expect(home.agent(repo, 'review', branch, ...verdict).code).toBe(0);
    const clone = join(home.dir, 'ines');
    home.git(repo, 'push', '-q', 'origin', branch);
    home.git(home.dir, 'clone', '-q', 'server.git', 'ines');
    home.git(clone, 'switch', '-q', branch);
    const path = join(clone, '.agentmem', 'playbooks', 'glazemix.md');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\n\n<details>/, `\n\n${BY_HAND}\n\n<details>`));
    home.git(clone, 'commit', '-qam', 'Say whom to ask');
    home.git(clone, 'switch', '-q', 'main');
    home.git(clone, 'merge', '-q', '--squash', branch);
    home.git(clone, 'commit', '-qm', 'Lessons of the first night (#1)');
    home.git(clone, 'push', '-q', 'origin', 'main', `:${branch}`);
    expect(home.git(clone, 'rev-list', '--count', '--merges', 'main')).toBe('0');
  });

  it('the third night: in the middle of a rebase on a dirty feature branch, only what is new, and nothing is touched', () => {
    stopInARebase();
    const before = fingerprint(repo);
    work(7, 2, { faults: [faults.shelf] });
    work(7, 5, { faults: [faults.water] });
    work(7, 3, { faults: [faults.wheel] });
    const third = night();
    expect(third.changes.map((c) => c.entry)).toEqual([entry.wheel]);
    expect(added(third.branch)).toEqual([entry.wheel]);
    expect(third.read).toMatchObject({ sessions: 26, new: 10, from_cache: 16 });
    expect(why(third, faults.shelf)).toContain('turned down by a reviewer');
    expect(why(third, faults.crate)).toContain(`waits for review on ${nights[1]?.branch}`);
    expect(fingerprint(repo)).toEqual(before);
    const onServer = home.git(repo, 'ls-remote', '--heads', 'origin').replace(/^\S+\s+refs\/heads\//gm, '');
    expect(onServer.split('\n')).toEqual([...nights.slice(1).map((n) => n.branch), 'main'].sort());
  });

  it('sync brings the squashed branch home beside the checkout, and says what became of each', () => {
    const before = fingerprint(repo);
    const synced = home.json<{ memory: object; branches: { branch: string; state: string; lessons: object[] }[] }>(
      repo,
      'sync',
      '--prune',
      '--json',
    );
    expect(synced.memory).toMatchObject({ moved: true });
    const [first, second, third] = nights.map((n) => synced.branches.find((b) => b.branch === n.branch));
    // Its own words of the edited lesson are on this branch and nowhere else, so --prune leaves it.
    expect(first).toMatchObject({ state: 'squashed', complete: false });
    expect(first?.lessons).toContainEqual({ entry: entry.water, state: 'edited' });
    expect([second?.state, third?.state]).toEqual(['waiting', 'waiting']);
    expect(fingerprint(repo)).toEqual(before);
    expect(playbook('glazemix')).toContain(BY_HAND);
    expect(entriesAt('main').sort()).toEqual([entry.ramp, entry.water, entry.wish].sort());
  });

  it('merged beside the checkout, every lesson is in force once, the edit stands, and what was turned down stays down', () => {
    const before = fingerprint(repo);
    for (const { branch } of nights.slice(1)) {
      expect(home.agent(repo, 'review', branch, '--accept', 'all').code).toBe(0);
      expect(home.json<{ way: string }>(repo, 'merge', branch, '--json').way).toBe('beside');
    }
    const { ramp, water, wish, crate, wheel } = entry;
    expect(entriesAt('main').sort()).toEqual([ramp, water, wish, crate, wheel].sort());
    expect(playbook('glazemix')).toContain(BY_HAND);
    expect(fingerprint(repo)).toEqual(before);
  });

  it('the next night has only the one old lesson whose evidence doubled, as an edit under its own id', () => {
    const fourth = night();
    expect(fourth.changes.map((c) => [c.change, c.entry])).toEqual([['edit', entry.ramp]]);
    expect(why(fourth, faults.water)).toContain('a person has edited it');
    expect(why(fourth, faults.shelf)).toContain('turned down by a reviewer');
    expect(playbook('glazemix', fourth.branch)).toBe(playbook('glazemix'));
    const everywhere = home.git(repo, 'for-each-ref', '--format=%(refname)', 'refs/heads/main', 'refs/heads/dream');
    for (const ref of everywhere.split('\n')) {
      const ids = entriesAt(ref);
      expect(new Set(ids).size, ref).toBe(ids.length);
    }
    expect(home.git(repo, 'fsck', '--no-progress')).not.toMatch(/error|missing/);
  });
});

/** A feature branch whose rebase stopped at a conflict, with more changes beside it, a stash and an untracked file. */
function stopInARebase(): void {
  const commit = (text: string, message: string) => {
    writeFileSync(join(repo, 'glaze.txt'), text);
    home.git(repo, 'commit', '-qam', message);
  };
  home.git(repo, 'switch', '-qc', 'feature');
  commit('shino\n', 'Shino');
  home.git(repo, 'switch', '-qc', 'other', 'main');
  commit('tenmoku\n', 'Tenmoku');
  home.git(repo, 'switch', '-q', 'feature');
  writeFileSync(join(repo, 'glaze.txt'), 'ash\n');
  home.git(repo, 'stash', '-q');
  expect(() => home.git(repo, 'rebase', '-q', 'other')).toThrow();
  writeFileSync(join(repo, 'kiln log.txt'), 'cone 6\r\n');
  writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'version: 1\n');
}
