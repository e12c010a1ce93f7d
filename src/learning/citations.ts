// Which stored events the lessons in force and those that wait cite; reads git, changes nothing, and judges no lesson.
import type { Card } from '../domain/card.ts';
import type { Section } from '../domain/playbook.ts';
import { remoteTracking } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { cardOfEntry, type MemoryAt, memoryAt } from './memory-at.ts';
import { waitingBranches } from './review-branch.ts';

/** One lesson that cites one event of a session. */
export interface Citation {
  session: string;
  event: string;
  entry: string;
  playbook: string;
  title: string;
  /** `in force`, or the review branch that it waits on. */
  where: string;
}

const IN_FORCE = 'in force';

/**
 * Every citation of the lessons in force at the commit `memory`, in force on a server as the last fetch saw it, and on the
 * branches that wait, each once, in force first. What a person wrote into a section counts as well as the recorded card.
 */
export async function citations(
  repo: Repository,
  at: { prefix: string; memory: string; memoryBranch: string },
): Promise<Citation[]> {
  const { prefix, memory, memoryBranch } = at;
  const found = new Map<string, Citation>();
  const add = (citation: Citation) => {
    const key = [citation.session, citation.event, citation.entry].join(' ');
    if (!found.has(key)) found.set(key, citation);
  };
  const servers = (await remoteTracking(repo, memoryBranch)).filter(({ branch }) => branch === memoryBranch);
  const places = [
    { name: IN_FORCE, commit: memory },
    ...servers.map(({ remote, branch, commit }) => ({ name: `${remote}/${branch}`, commit })),
    ...(await waitingBranches(repo, prefix, memory)),
  ];
  for (const { name, commit } of places) citedBy(await memoryAt(repo, commit, prefix), name).forEach(add);
  return [...found.values()];
}

/** The lessons behind citations as a person reads them: `k7f3 (bash, in force)`, each once. */
export function lessonsOf(cited: readonly Citation[]): string[] {
  return [...new Set(cited.map(({ entry, playbook, where }) => `${entry} (${playbook}, ${where})`))];
}

/** The citations of one memory; pure. */
export function citedBy(memory: MemoryAt, where: string): Citation[] {
  return memory.playbooks.flatMap(({ name, sections }) =>
    sections.flatMap((section) => {
      const entry = section.mark?.id ?? '';
      const card = entry === '' ? undefined : cardOfEntry(memory, entry);
      const spans = [...spansIn(section), ...spansOf(card)];
      return spans.map((span) => ({ ...span, entry, playbook: name, title: section.title, where }));
    }),
  );
}

function spansOf(card: Card | undefined): { session: string; event: string }[] {
  if (card === undefined) return [];
  return [...card.examples, ...card.counter_examples].map(({ session, event }) => ({ session, event }));
}

// Two code spans side by side, the second an event's id: so evidence is printed (section.ts), and so people copy it.
function spansIn({ raw }: Section): { session: string; event: string }[] {
  const spans = [...raw.matchAll(/`([A-Za-z0-9][A-Za-z0-9._-]{0,127})` `(evt_[A-Za-z0-9_-]{1,128})`/g)];
  return spans.map(([, session = '', event = '']) => ({ session, event }));
}
