// What became of a review branch, told from texts alone: squashes, partial acceptance, edits on either side.
import { afterEach, describe, expect, it } from 'vitest';
import { buildCommits, type NewCommit } from '../../src/git/fast-import.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { branchFate, memoryReader } from '../../src/learning/fate.ts';
import { pendingEntries } from '../../src/learning/pending.ts';
import { pickBranch, waitingBranches } from '../../src/learning/review-branch.ts';
import { changesBetween } from '../../src/learning/server-story.ts';
import { printDecision } from '../../src/store/decisions.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const made: TestRepository[] = [];
afterEach(() => {
  for (const repository of made.splice(0)) repository.remove();
});

const author = { name: 'agentmem dream', email: 'dream@agentmem.invalid' };
const section = (id: string, rule: string) =>
  `## Title ${id}\n<!-- entry ${id} kind=mistake grade=C dream=d1 -->\n\n${rule}\n`;
const playbook = (...sections: string[]) =>
  `---\nplaybook: box\ndescription: Lessons.\n---\n\n# box\n\n${sections.join('\n')}`;
const BOOK = '.agentmem/playbooks/box.md';
const REPORT = '.agentmem/dreams/d1.md';
const DECISIONS = '.agentmem/decisions.jsonl';
const A = section('aaaa', 'First rule.');
const B = section('bbbb', 'Second rule.');
const no = (entry: string, verdict: 'rejected' | 'accepted' = 'rejected') =>
  `${printDecision({ entry, fingerprint: 'f', verdict, by: 'me', at: '2026-11-01T00:00:00Z' })}\n`;

interface World {
  repo: Repository;
  test: TestRepository;
  main: string;
  /** Commits on a branch and returns its new tip. */
  on: (branch: string, parent: string, files: Record<string, string | null>, message?: string) => Promise<string>;
}

async function world(files: Record<string, string> = {}): Promise<World> {
  const test = makeRepository({ files: { 'readme.md': 'x\n', ...files } });
  made.push(test);
  test.git('checkout', '--quiet', '--detach');
  const repo = await openRepository(test.dir);
  if (repo === null) throw new Error('no repository');
  const on: World['on'] = async (branch, parent, changed, message = 'Learn: x') => {
    const commit: NewCommit = { message, author, atMs: 1_763_596_800_000, files: new Map(Object.entries(changed)) };
    let from: string | null = null;
    try {
      from = test.git('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`);
    } catch {
      from = null; // a new branch
    }
    return (await buildCommits(repo, { branch, from, parent, commits: [commit] })).head;
  };
  return { repo, test, main: test.git('rev-parse', 'main'), on };
}

const report = 'Report: dream d1\n\nRead.\n\nAgentmem-Dream: d1\n';
async function dreamt(files: Record<string, string> = {}): Promise<World & { branch: string }> {
  const at = await world(files);
  const learned = await at.on('dream/d1', at.main, { [BOOK]: playbook(A, B) });
  const branch = await at.on('dream/d1', learned, { [REPORT]: '# Dream\n' }, report);
  return { ...at, branch };
}

async function fate({ repo }: World, memory: string, branch: string) {
  const found = await branchFate(repo, memoryReader(repo, '.agentmem'), memory, branch);
  return { state: found.state, ...Object.fromEntries(found.lessons.map((l) => [l.entry, l.state])) };
}

describe('the fate of a branch', () => {
  it('is open as long as nothing of it is in force, and merged once its commits are', async () => {
    const at = await dreamt();
    expect(await fate(at, at.main, at.branch)).toEqual({ state: 'waiting', aaaa: 'open', bbbb: 'open' });
    expect(await fate(at, at.branch, at.branch)).toEqual({ state: 'merged' });
  });

  it('is taken once its content is in force under another commit, whatever stands beside it', async () => {
    const at = await dreamt();
    const beside = section('cccc', 'Somebody else’s.');
    const squash = await at.on('main', at.main, { [BOOK]: playbook(B, beside, `${A}\n`), [REPORT]: '# Dream\n' });
    expect(await fate(at, squash, at.branch)).toEqual({ state: 'taken', aaaa: 'in force', bbbb: 'in force' });
    const picked = await at.on('windows', at.main, { [BOOK]: playbook(A, B).replaceAll('\n', '\r\n') });
    expect(await fate(at, picked, at.branch)).toMatchObject({ state: 'taken' });
  });

  it('is taken with one lesson left out and one edited where the report came along', async () => {
    const at = await dreamt();
    const edited = section('aaaa', 'First rule, but better.');
    const squash = await at.on('main', at.main, { [BOOK]: playbook(edited), [REPORT]: '# Dream\n' });
    expect(await fate(at, squash, at.branch)).toEqual({ state: 'taken', aaaa: 'edited', bbbb: 'left out' });
  });

  it('waits for the rest where single lessons were picked without the report', async () => {
    const at = await dreamt();
    const picked = await at.on('main', at.main, { [BOOK]: playbook(A) });
    expect(await fate(at, picked, at.branch)).toEqual({ state: 'waiting', aaaa: 'in force', bbbb: 'open' });
    const refused = await at.on('main', picked, { [DECISIONS]: no('bbbb') });
    expect(await fate(at, refused, at.branch)).toEqual({ state: 'taken', aaaa: 'in force', bbbb: 'turned down' });
  });

  it('never counts an edit that somebody made here as answered by another text there', async () => {
    const at = await dreamt();
    const squash = await at.on('main', at.main, { [BOOK]: playbook(A, B), [REPORT]: '# Dream\n' });
    const here = section('aaaa', 'First rule, as I would say it.');
    const edited = await at.on('dream/d1', at.branch, { [BOOK]: playbook(here, B) }, 'Edit');
    expect(await fate(at, squash, edited)).toMatchObject({ state: 'waiting', aaaa: 'edited', bbbb: 'in force' });
  });

  it('never loses a verdict that only the branch has', async () => {
    const at = await dreamt();
    const squash = await at.on('main', at.main, { [BOOK]: playbook(A, B), [REPORT]: '# Dream\n' });
    const decided = await at.on('dream/d1', at.branch, { [BOOK]: playbook(A), [DECISIONS]: no('bbbb') }, 'Turn down');
    expect(await fate(at, squash, decided)).toMatchObject({ state: 'waiting', bbbb: 'turned down' });
    const both = await at.on('main', squash, { [BOOK]: playbook(A), [DECISIONS]: no('bbbb') });
    expect(await fate(at, both, decided)).toEqual({ state: 'taken', aaaa: 'in force', bbbb: 'turned down' });
  });

  it('tells a lesson in other words from one that arrived', async () => {
    const at = await dreamt();
    const other = await at.on('main', at.main, { [BOOK]: playbook(section('aaaa', 'Another dream’s words.')) });
    expect(await fate(at, other, at.branch)).toMatchObject({ state: 'waiting', aaaa: 'other words' });
  });

  it('sees a retirement that arrived, and one that did not', async () => {
    const at = await world({ [BOOK]: playbook(A, B) });
    const branch = await at.on('dream/d1', at.main, { [BOOK]: playbook(A) }, 'Retire: b');
    expect(await fate(at, at.main, branch)).toEqual({ state: 'waiting', bbbb: 'open' });
    const done = await at.on('main', at.main, { [BOOK]: playbook(A), 'x.txt': 'x' });
    expect(await fate(at, done, branch)).toEqual({ state: 'taken', bbbb: 'in force' });
  });
});

describe('what waits', () => {
  it('leaves out a squashed branch, and takes in what only a server has, each commit once', async () => {
    const at = await dreamt();
    const { repo, test } = at;
    test.git('remote', 'add', 'origin', '/nowhere');
    test.git('update-ref', 'refs/remotes/origin/dream/d1', at.branch);
    const learned = await at.on('scratch', at.main, { [BOOK]: playbook(section('dddd', 'From the other machine.')) });
    test.git('update-ref', 'refs/remotes/origin/dream/d0', learned);
    const names = async (memory: string) => (await waitingBranches(repo, '.agentmem', memory)).map((b) => b.name);
    expect(await names(at.main)).toEqual(['origin/dream/d0', 'dream/d1']);
    expect(await pickBranch(repo, '.agentmem', at.main)).toBe('dream/d1');
    await expect(pickBranch(repo, '.agentmem', at.main, 'd0')).rejects.toThrow('on the server only');
    const squash = await at.on('main', at.main, { [BOOK]: playbook(A, B), [REPORT]: '# Dream\n' });
    expect(await names(squash)).toEqual(['origin/dream/d0']);
  });

  it('counts for proposing with what it adds, and so does a server’s memory branch that is ahead', async () => {
    const at = await dreamt({ [BOOK]: playbook(section('cccc', 'In force.')) });
    const { repo, test } = at;
    test.git('remote', 'add', 'origin', '/nowhere');
    const there = await at.on('scratch', at.main, {
      [BOOK]: playbook(section('cccc', 'In force.'), section('eeee', 'E')),
    });
    test.git('update-ref', 'refs/remotes/origin/main', there);
    const pending = await pendingEntries(repo, '.agentmem', at.main, 'main');
    expect(pending.map(({ branch, entries, inForceThere }) => ({ branch, entries, inForceThere }))).toEqual([
      { branch: 'dream/d1', entries: ['aaaa', 'bbbb'], inForceThere: undefined },
      { branch: 'origin/main', entries: ['eeee'], inForceThere: true },
    ]);
  });
});

describe('what changed on a server', () => {
  it('is told lesson by lesson, a verdict once', async () => {
    const at = await dreamt();
    const read = memoryReader(at.repo, '.agentmem');
    const files = { [BOOK]: playbook(section('aaaa', 'Edited.'), section('ffff', 'New.')), [DECISIONS]: no('bbbb') };
    const there = await at.on('dream/d1', at.branch, files, 'Changes');
    expect(changesBetween(await read(at.branch), await read(there))).toEqual([
      { entry: 'bbbb', what: 'turned down' },
      { entry: 'aaaa', what: 'edited' },
      { entry: 'ffff', what: 'added' },
    ]);
  });
});
