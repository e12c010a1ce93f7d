// The memory as one commit holds it: playbooks, decisions and recorded cards; read from git, never from the work tree.
import { type Card, cardSchema } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { Playbook } from '../domain/playbook.ts';
import { listTree, readFiles } from '../git/read.ts';
import type { Repository } from '../git/repository.ts';
import { parseDecisions } from '../store/decisions.ts';
import { type BrokenPlaybook, readPlaybooks } from '../store/playbooks.ts';
import { isNameOf } from './entry-id.ts';
import { notesIn } from './note-edits.ts';
import { type NoteFinding, noteFindings } from './note-findings.ts';

export interface MemoryAt {
  commit: string;
  /** Text files by path below `.agentmem`, for example `playbooks/x.md`. */
  files: Map<string, string>;
  playbooks: Playbook[];
  broken: BrokenPlaybook[];
  decisions: Decision[];
  /** Cards that dreams recorded, newest dream last; later ones replace earlier ones of the same fingerprint. */
  cards: Map<string, Card>;
}

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
    cards: recordedCards(files),
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
export function cardOfEntry({ cards, playbooks }: Pick<MemoryAt, 'cards' | 'playbooks'>, id: string): Card | undefined {
  const names = playbooks.flatMap((p) => p.sections.flatMap((s) => s.mark?.id ?? []));
  const longer = names.filter((name) => name !== id && name.startsWith(id));
  return [...cards.values()].find(
    ({ fingerprint }) => isNameOf(id, fingerprint) && !longer.some((name) => isNameOf(name, fingerprint)),
  );
}

function recordedCards(files: Map<string, string>): Map<string, Card> {
  const cards = new Map<string, Card>();
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/^dreams\/[^/]+\.evidence\.jsonl$/.test(path)) continue;
    for (const card of parseCards(text)) cards.set(card.fingerprint, card);
  }
  return cards;
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
