// What is doubtful in notes: near repetitions, contradictions, references to files that are gone; lists them, changes nothing.
import { posix } from 'node:path';
import { clip } from '../base/text.ts';
import { opposes, type Stance, stanceOf } from '../domain/polarity.ts';
import { blocksOf, linesOf, type NoteBlock, shieldedLines } from './note-blocks.ts';

/** `where` and `other` are `<path>:<line>`, paths below `.agentmem`. */
export interface NoteFinding {
  kind: 'repetition' | 'contradiction' | 'dead reference';
  where: string;
  text: string;
  other?: string;
  other_text?: string;
}

/** The files of the repository, and where in it the memory lies (`.agentmem`, say). */
export interface Tree {
  files: ReadonlySet<string>;
  prefix: string;
}

/** Files and folders of the repository. */
interface Known {
  paths: ReadonlySet<string>;
  prefix: string;
}

const ALIKE = 0.6; // of all content words, for two statements to be about the same thing
const NEARLY_EQUAL = 0.8;
const FEWEST_WORDS = 3;
const MAX_FINDINGS = 200;
const MAX_TEXT = 200;

/** Every finding, repetitions and contradictions first, in the order of paths and lines; at most 200. */
export function noteFindings(notes: ReadonlyMap<string, string>, tree: Tree): NoteFinding[] {
  const sorted = [...notes].sort(([a], [b]) => (a < b ? -1 : 1));
  const statements = sorted
    .flatMap(([path, text]) => blocksOf(path, text))
    .map((block) => ({ block, stance: stanceOf(block.text) }));
  const known = { paths: withFolders(tree.files), prefix: tree.prefix };
  return [
    ...pairsAlike(statements).flatMap(([a, b]) => judge(a, b)),
    ...sorted.flatMap(([path, text]) => deadReferences(path, text, known)),
  ].slice(0, MAX_FINDINGS);
}

function withFolders(files: ReadonlySet<string>): Set<string> {
  const paths = new Set<string>();
  for (const file of files) for (let p = file; p !== '.' && !paths.has(p); p = posix.dirname(p)) paths.add(p);
  return paths;
}

interface Statement {
  block: NoteBlock;
  stance: Stance;
}

function judge(a: Statement, b: Statement): NoteFinding[] {
  const against = opposes(a.stance, b.stance) && opposes(b.stance, a.stance);
  if (!against && jaccard(a.stance, b.stance) < NEARLY_EQUAL) return [];
  return [
    {
      kind: against ? 'contradiction' : 'repetition',
      where: placeOf(a.block),
      text: clip(a.block.text, MAX_TEXT),
      other: placeOf(b.block),
      other_text: clip(b.block.text, MAX_TEXT),
    },
  ];
}

// Two sets that share so many words share one of the first few, when each is ordered from the rarest word on; only such
// pairs are compared, so that many notes do not cost the square of their number.
function pairsAlike(statements: readonly Statement[]): [Statement, Statement][] {
  const frequency = new Map<string, number>();
  for (const { stance } of statements)
    for (const word of stance.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const rarest = (a: string, b: string) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || (a < b ? -1 : 1);
  const holders = new Map<string, number[]>();
  const pairs: [Statement, Statement][] = [];
  for (const [i, one] of statements.entries()) {
    if (one.stance.size < FEWEST_WORDS) continue;
    const words = [...one.stance.keys()].sort(rarest);
    const first = words.slice(0, words.length - Math.ceil(words.length * ALIKE) + 1);
    const candidates = new Set(first.flatMap((word) => holders.get(word) ?? []));
    for (const j of [...candidates].sort((a, b) => a - b)) {
      const other = statements[j];
      if (other && jaccard(one.stance, other.stance) >= ALIKE) pairs.push([other, one]);
    }
    for (const word of first) holders.set(word, [...(holders.get(word) ?? []), i]);
  }
  return pairs;
}

function jaccard(a: Stance, b: Stance): number {
  let shared = 0;
  for (const word of a.keys()) if (b.has(word)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

// Links, and code that reads like a path whose first folder is there; other words may be about other places.
function deadReferences(path: string, text: string, known: Known): NoteFinding[] {
  const here = posix.dirname(posix.join(known.prefix, path));
  const lines = linesOf(text);
  const shielded = shieldedLines(lines);
  return lines.flatMap((line, i) => {
    if (shielded[i]) return [];
    const links = [...line.matchAll(LINK)].map((m) => m[1] ?? '').filter(isRelative);
    const paths = [...line.matchAll(PATH)].map((m) => m[1] ?? '').filter((p) => known.paths.has(p.split('/')[0] ?? ''));
    const dead = new Set([...links, ...paths].filter((reference) => isDead(reference, here, known.paths)));
    return [...dead].map((text): NoteFinding => ({ kind: 'dead reference', where: `${path}:${i + 1}`, text }));
  });
}

const LINK = /\]\(<?([^()<>\s]{1,300})>?(?:\s+"[^"]{0,200}")?\)/g;
const PATH = /`([\w.@-]{1,100}(?:\/[\w.@-]{1,100}){1,20}\.\w{1,10})(?::\d+)?`/g;

function isRelative(link: string): boolean {
  return link !== '' && !/^(?:[a-z][a-z0-9+.-]*:|\/\/|#|\?)/i.test(link);
}

// Looked for from the note and from the top of the repository; what leads out of it is nobody's business here.
function isDead(reference: string, here: string, paths: ReadonlySet<string>): boolean {
  const bare = decoded(reference.replace(/[#?].*$/, '')).replace(/\/+$/, '');
  const places = [posix.normalize(posix.join(here, bare)), posix.normalize(bare.replace(/^\/+/, ''))];
  return !places[0]?.startsWith('..') && !places.some((place) => place === '.' || paths.has(place));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign is part of the name
  }
}

function placeOf({ path, start }: NoteBlock): string {
  return `${path}:${start + 1}`;
}
