// A playbook as text: sections in, sections out, byte for byte where nothing changed; never touches a file.
import { type EntryKind, entryKinds, type Grade, grades, type Predicate, predicateSchema } from './card.ts';

/** The mark under an entry's heading: `<!-- entry k7f3 kind=mistake grade=C since=2026-11-20 dream=d20261120-8c1f -->`. */
export interface EntryMark {
  id: string;
  kind: EntryKind;
  grade: Grade;
  since?: string;
  dream?: string;
  pinned?: boolean;
  expires?: string;
  scope?: string;
  trust?: string;
}

/** One `##` section. Sections without a readable mark are a person's own text: kept, never touched. */
export interface Section {
  /** The exact bytes of the section, heading line included, up to the next `##` heading or the end. */
  raw: string;
  title: string;
  mark?: EntryMark;
  /** What goes into a prompt: the text between mark and evidence. */
  rule: string;
  predicate?: Predicate;
}

export interface Playbook {
  /** File name without `.md`. */
  name: string;
  /** Everything before the first `##` section: front matter, title, introduction. */
  preamble: string;
  sections: Section[];
}

/** Splits a playbook's text into sections; `printPlaybook` gives back the same bytes. Never throws. */
export function parsePlaybook(name: string, text: string): Playbook {
  const starts = headingOffsets(text);
  const preamble = text.slice(0, starts[0] ?? text.length);
  const sections = starts.map((start, i) => parseSection(text.slice(start, starts[i + 1] ?? text.length)));
  return { name, preamble, sections };
}

export function printPlaybook(playbook: Playbook): string {
  return playbook.preamble + playbook.sections.map((s) => s.raw).join('');
}

/** Reads one section; `raw` must begin with its `##` line. */
export function parseSection(raw: string): Section {
  const title = /^## +(.*?)[ \t]*#*\r?(?:\n|$)/.exec(raw)?.[1] ?? '';
  const mark = parseMark(raw);
  const predicate = parsePredicate(raw);
  return { raw, title, ...(mark && { mark }), rule: ruleOf(raw), ...(predicate && { predicate }) };
}

/** The comment line that marks a section as an entry. */
export function printMark(mark: EntryMark): string {
  const parts = [`entry ${mark.id}`, `kind=${mark.kind}`, `grade=${mark.grade}`];
  if (mark.since !== undefined) parts.push(`since=${mark.since}`);
  if (mark.dream !== undefined) parts.push(`dream=${mark.dream}`);
  if (mark.pinned) parts.push('pinned');
  if (mark.expires !== undefined) parts.push(`expires=${mark.expires}`);
  if (mark.scope !== undefined) parts.push(`scope=${mark.scope}`);
  if (mark.trust !== undefined) parts.push(`trust=${mark.trust}`);
  return `<!-- ${parts.join(' ')} -->`;
}

// Offsets of `## ` lines that are headings: not inside a fenced code block, an HTML comment or the front matter.
function headingOffsets(text: string): number[] {
  const offsets: number[] = [];
  let fence: string | undefined;
  let inComment = false;
  let inFrontMatter = false;
  let offset = 0;
  let first = true;
  for (const line of text.split(/(?<=\n)/)) {
    const bare = line.replace(/\r?\n$/, '');
    if (first && /^\uFEFF?---(yaml)?\s*$/.test(bare)) inFrontMatter = true;
    else if (inFrontMatter) inFrontMatter = !/^---/.test(bare);
    else if (fence !== undefined) {
      if (closesFence(bare, fence)) fence = undefined;
    } else if (inComment) inComment = !bare.includes('-->');
    else {
      fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(bare)?.[1];
      if (fence === undefined && /^## +\S/.test(bare)) offsets.push(offset);
      inComment = bare.lastIndexOf('<!--') > bare.lastIndexOf('-->');
    }
    first = false;
    offset += line.length;
  }
  return offsets;
}

function closesFence(line: string, fence: string): boolean {
  const mark = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1];
  return mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length;
}

function parseMark(raw: string): EntryMark | undefined {
  const match = /^<!-- entry ([a-z0-9]{4,16})((?: [a-z_]+(?:=[^\s>]*)?)*) -->[ \t]*\r?$/m.exec(raw);
  if (!match) return undefined;
  const attributes = new Map<string, string>();
  for (const part of (match[2] ?? '').trim().split(/ +/)) {
    const [key = '', value = 'true'] = part.split('=', 2);
    attributes.set(key, value);
  }
  const kind = entryKinds.find((k) => k === attributes.get('kind'));
  const grade = grades.find((g) => g === attributes.get('grade'));
  if (kind === undefined || grade === undefined) return undefined;
  const mark: EntryMark = { id: match[1] ?? '', kind, grade };
  for (const key of ['since', 'dream', 'expires', 'scope', 'trust'] as const) {
    const value = attributes.get(key);
    if (value !== undefined) mark[key] = value;
  }
  if (attributes.has('pinned')) mark.pinned = true;
  return mark;
}

function parsePredicate(raw: string): Predicate | undefined {
  const text = /^<!-- predicate (\{.*\}) -->[ \t]*\r?$/m.exec(raw)?.[1];
  if (text === undefined) return undefined;
  try {
    const parsed = predicateSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // a person's half-written predicate is text, not an instruction
  }
}

function ruleOf(raw: string): string {
  return raw
    .replace(/^## .*\r?\n?/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<details>[\s\S]*?(?:<\/details>|$)/g, '')
    .trim();
}
