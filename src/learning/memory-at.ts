// The memory as one commit holds it: playbooks, decisions and recorded cards; read from git, never from the work tree.
import { type Card, cardSchema } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { EntryMark, Playbook } from '../domain/playbook.ts';
import { listTree, readFiles } from '../git/read.ts';
import type { Repository } from '../git/repository.ts';
import { parseDecisions } from '../store/decisions.ts';
import { type BrokenPlaybook, readPlaybooks } from '../store/playbooks.ts';
import { isNameOf, namedBy } from './entry-id.ts';
import { notesIn } from './note-edits.ts';
import { type NoteFinding, noteFindings } from './note-findings.ts';

export interface MemoryAt {
  commit: string;
  /** Text files by path below `.agentmem`, for example `playbooks/x.md`. */
  files: Map<string, string>;
  playbooks: Playbook[];
  broken: BrokenPlaybook[];
  decisions: Decision[];
  /** The newest card that dreams recorded of each finding: where its entry is in force, that of the dream that wrote the entry. */
  cards: Map<string, Card>;
}

const DAY_OF_NAME = 'd20261120'.length;
const PARTS = ['playbooks', 'notes', 'dreams', 'decisions.jsonl', 'policy.md'];

/** Reads what `commit` holds below `prefix` (the path of `.agentmem` in the repository). */
export async function memoryAt(repo: Repository, commit: string, prefix: string): Promise<MemoryAt> {
  const blobs = await readFiles(
    repo,
    commit,
    PARTS.map((part) => `${prefix}/${part}`),
  );
  const files = new Map<string, string>();
  for (const [path, bytes] of blobs) files.set(path.slice(prefix.length + 1), bytes.toString('utf8'));
  const { playbooks, broken } = readPlaybooks(below(files, 'playbooks/'));
  return {
    commit,
    files,
    playbooks,
    broken,
    decisions: parseDecisions(files.get('decisions.jsonl') ?? '').decisions,
    cards: recordedCards(files, playbooks),
  };
}

/** What is doubtful in the notes of a memory; a large repository is listed only where there are notes. */
export async function doubtfulNotes(repo: Repository, at: MemoryAt, prefix: string): Promise<NoteFinding[]> {
  const notes = notesIn(at.files);
  if (notes.size === 0) return [];
  const files = new Set((await listTree(repo, at.commit, '')).map((entry) => entry.path));
  return noteFindings(notes, { files, prefix });
}

/** The recorded card behind an entry. A name may be the beginning of another's, so a card goes to the longest name that fits it. */
export function cardOfEntry(
  { cards, playbooks }: { cards: ReadonlyMap<string, Card>; playbooks: readonly Playbook[] },
  id: string,
): Card | undefined {
  const names = playbooks.flatMap((p) => p.sections.flatMap((s) => s.mark?.id ?? []));
  const longer = names.filter((name) => name !== id && name.startsWith(id));
  return [...cards.values()].find(
    ({ fingerprint }) => isNameOf(id, fingerprint) && !longer.some((name) => isNameOf(name, fingerprint)),
  );
}

interface Recorded {
  dream: string;
  card: Card;
}

function recordedCards(files: Map<string, string>, playbooks: readonly Playbook[]): Map<string, Card> {
  const byFinding = new Map<string, Recorded[]>();
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const dream = /^dreams\/([^/]+)\.evidence\.jsonl$/.exec(path)?.[1];
    if (dream === undefined) continue;
    for (const card of parseCards(text))
      byFinding.set(card.fingerprint, [...(byFinding.get(card.fingerprint) ?? []), { dream, card }]);
  }
  const marks = playbooks.flatMap(({ sections }) => sections.flatMap(({ mark }) => mark ?? []));
  return new Map([...byFinding].flatMap(([name, all]) => newestOf(all, marks).map((card) => [name, card] as const)));
}

// Names of dreams sort by day only: of two dreams of one day the entry itself says which of them wrote it, and one that took it out
// came after one that wrote it.
function newestOf(all: readonly Recorded[], marks: readonly EntryMark[]): Card[] {
  const [only, ...more] = all;
  if (only === undefined || more.length === 0) return only === undefined ? [] : [only.card];
  const isName = namedBy(only.card.fingerprint);
  const writers = marks.flatMap(({ id, dream }) => (dream !== undefined && isName(id) ? [dream] : []));
  const day = all.at(-1)?.dream.slice(0, DAY_OF_NAME);
  const last = all.filter(({ dream }) => dream.slice(0, DAY_OF_NAME) === day);
  const chosen =
    all.findLast(({ dream }) => writers.includes(dream)) ?? last.findLast(({ card }) => card.retired) ?? last.at(-1);
  return chosen === undefined ? [] : [chosen.card];
}

function parseCards(text: string): Card[] {
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    try {
      const parsed = cardSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return []; // a line that a merge tore apart carries no evidence, and the lesson shows as not checkable
    }
  });
}

function below(files: Map<string, string>, folder: string): Map<string, string> {
  return new Map(
    [...files].filter(([path]) => path.startsWith(folder)).map(([path, text]) => [path.slice(folder.length), text]),
  );
}
