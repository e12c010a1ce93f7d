// The memory as one commit holds it: playbooks, decisions and recorded cards; read from git, never from the work tree.
import { shortHash } from '../base/hash.ts';
import { type Card, cardSchema } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { Playbook } from '../domain/playbook.ts';
import { readFiles } from '../git/read.ts';
import type { Repository } from '../git/repository.ts';
import { parseDecisions } from '../store/decisions.ts';
import { type BrokenPlaybook, readPlaybooks } from '../store/playbooks.ts';

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

const PARTS = ['playbooks', 'dreams', 'decisions.jsonl', 'policy.md'];

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

/** The recorded card behind an entry id: an entry id is the beginning of a hash of its card's fingerprint. */
export function cardOfEntry(cards: ReadonlyMap<string, Card>, id: string): Card | undefined {
  for (const card of cards.values()) {
    if (shortHash(card.fingerprint, id.length) === id) return card;
  }
  return undefined;
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
