// A memory in a real repository with review branches made by hand, for the tests of what happens to such branches.
import type { Card } from '../../src/domain/card.ts';
import type { ChangeKind, LearnedChange } from '../../src/domain/dream.ts';
import { buildCommits } from '../../src/git/fast-import.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { planCommits } from '../../src/learning/commit-plan.ts';
import { entryId } from '../../src/learning/entry-id.ts';
import { type MemoryAt, memoryAt } from '../../src/learning/memory-at.ts';
import { type ReviewBranch, readReviewBranch } from '../../src/learning/review-branch.ts';
import { printSection } from '../../src/learning/section.ts';
import { makeCard } from '../learning/make-card.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

export const PREFIX = '.agentmem';
export const who = { name: 'Rita', email: 'rita@example.invalid', by: 'rita' };
export const now = () => new Date('2026-11-21T09:00:00Z');

export interface Lesson {
  entry: string;
  card?: Card;
  change?: ChangeKind;
  replaces?: string[];
}

export interface ReviewMemory {
  test: TestRepository;
  repo: Repository;
  /** Makes `dream/<id>` on the tip of main, or on another commit. */
  dream: (id: string, lessons: readonly Lesson[], from?: string) => Promise<void>;
  state: (id: string) => Promise<ReviewBranch>;
  main: () => Promise<MemoryAt>;
  /** Merges `dream/<id>` into main with plain git. */
  mergeByHand: (id: string) => void;
  /** Commits a change of one file below .agentmem on main. */
  change: (path: string, edit: (text: string) => string) => void;
}

/** A lesson's card: one about heavy crates, told apart by `about`. */
export function card(about: string, parts: Partial<Card> = {}): Card {
  return makeCard({
    template: `Error: the ${about} is too heavy for the crane <num>`,
    fingerprint: `print-${about}`,
    ...parts,
  });
}

/** The name that a dream gives the lesson of a card; only under that name is the card found again. */
export function nameOf(of: Card): string {
  return entryId(of.fingerprint, new Set());
}

export async function reviewMemory(): Promise<ReviewMemory> {
  const test = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'README.md': 'hello\n' } });
  const repo = await openRepository(test.dir);
  if (repo === null) throw new Error('no repository');
  const commitOf = (ref: string) => test.git('rev-parse', ref);
  return {
    test,
    repo,
    dream: async (id, lessons, from = commitOf('main')) => {
      const at = await memoryAt(repo, from, PREFIX);
      const changes = lessons.map((lesson) => learned(id, lesson));
      const evidence = lessons.map((l) => `${JSON.stringify(l.card ?? card(l.entry))}\n`).join('');
      const report = `# Dream ${id}\n`;
      const commits = planCommits({
        dream: id,
        prefix: PREFIX,
        files: at.files,
        changes,
        report,
        evidence,
        atMs: 1_763_596_800_000,
      });
      await buildCommits(repo, { branch: `dream/${id}`, from: null, parent: from, commits });
    },
    state: (id) => readReviewBranch(repo, PREFIX, commitOf('main'), `dream/${id}`),
    main: () => memoryAt(repo, commitOf('main'), PREFIX),
    mergeByHand: (id) => void test.git('merge', '--quiet', '--no-ff', '--no-edit', `dream/${id}`),
    change: (path, edit) => {
      test.write(`${PREFIX}/${path}`, edit(test.git('show', `main:${PREFIX}/${path}`).concat('\n')));
      test.git('commit', '--quiet', '--all', '--message=Edit by hand');
    },
  };
}

function learned(dream: string, { entry, card: own, change = 'add', replaces }: Lesson): LearnedChange {
  const about = own ?? card(entry);
  const section = printSection(about, { id: entry, kind: 'mistake', grade: 'C', dream }, 60);
  return {
    change,
    entry,
    playbook: 'crane',
    kind: 'mistake',
    grade: 'C',
    title: `Lesson ${entry}`,
    ...(change !== 'retire' && { section }),
    ...(replaces && { replaces }),
    preamble: '---\nplaybook: crane\n---\n\n# crane\n\n',
    subject: `Learn: ${entry}`,
    body: 'Seen in 8 sessions.',
    card: about,
    sessions: 8,
    tasks: 4,
    evidence: about.examples,
  };
}
