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
  const lead = leadingComments(raw);
  const mark = firstOf(lead, parseMark);
  const predicate = firstOf(lead, parsePredicate);
  return { raw, title: titleOf(raw), ...(mark && { mark }), rule: ruleOf(raw), ...(predicate && { predicate }) };
}

/** The comment line that marks a section as an entry; characters that would end the comment or split an attribute become `-`. */
export function printMark(mark: EntryMark): string {
  const parts = [`entry ${mark.id}`, `kind=${mark.kind}`, `grade=${mark.grade}`];
  if (mark.since !== undefined) parts.push(`since=${attribute(mark.since)}`);
  if (mark.dream !== undefined) parts.push(`dream=${attribute(mark.dream)}`);
  if (mark.pinned) parts.push('pinned');
  if (mark.expires !== undefined) parts.push(`expires=${attribute(mark.expires)}`);
  if (mark.scope !== undefined) parts.push(`scope=${attribute(mark.scope)}`);
  if (mark.trust !== undefined) parts.push(`trust=${attribute(mark.trust)}`);
  return `<!-- ${parts.join(' ')} -->`;
}

/** The comment line that carries a predicate; its JSON is escaped so that no value can end the comment. */
export function printPredicate(predicate: Predicate): string {
  const json = JSON.stringify(predicate)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('--', '\\u002d\\u002d')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `<!-- predicate ${json} -->`;
}

function attribute(value: string): string {
  return value.replace(/[^\w.,:/@+*-]+/g, '-');
}

// Offsets of `## ` lines that are headings: not inside a fenced code block, an HTML comment or the front matter.
function headingOffsets(text: string): number[] {
  const offsets: number[] = [];
  let fence: string | undefined;
  let inComment = false;
  let inFrontMatter = false;
  let offset = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const bare = line.replace(/\r?\n$/, '');
    if (offset === 0 && /^\uFEFF?---(yaml)?\s*$/.test(bare)) inFrontMatter = true;
    else if (inFrontMatter) inFrontMatter = !bare.startsWith('---');
    else if (fence !== undefined) {
      if (closesFence(bare, fence)) fence = undefined;
    } else if (inComment) inComment = !bare.includes('-->') || endsInComment(bare);
    else {
      fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(bare)?.[1];
      if (fence === undefined && /^##[ \t]+\S/.test(bare)) offsets.push(offset);
      inComment = fence === undefined && endsInComment(bare);
    }
    offset += line.length;
  }
  return offsets;
}

function closesFence(line: string, fence: string): boolean {
  const mark = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1];
  return mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length;
}

function endsInComment(line: string): boolean {
  return line.lastIndexOf('<!--') > line.lastIndexOf('-->');
}

// `## Title ##` is closed by its last hashes, `## C#` is not (CommonMark 4.2).
function titleOf(raw: string): string {
  const line = firstLine(raw).slice(2).trim();
  const withoutHashes = line.replace(/#+$/, '');
  return withoutHashes !== line && /[ \t]$/.test(withoutHashes) ? withoutHashes.trim() : line;
}

function firstLine(raw: string): string {
  const end = raw.indexOf('\n');
  return end < 0 ? raw : raw.slice(0, end);
}

// The comment lines right under the heading. Further down a mark is somebody's example or quoted text, never an entry's.
function leadingComments(raw: string): string[] {
  const comments: string[] = [];
  for (const line of raw.split('\n').slice(1)) {
    const bare = line.trim();
    if (bare.startsWith('<!--') && bare.endsWith('-->')) comments.push(bare);
    else if (bare !== '') break;
  }
  return comments;
}

function firstOf<T>(lines: readonly string[], parse: (line: string) => T | undefined): T | undefined {
  for (const line of lines) {
    const found = parse(line);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseMark(comment: string): EntryMark | undefined {
  const match = /^<!-- entry ([a-z0-9]{4,16})((?: [a-z_]+(?:=[^\s>]*)?)*) -->$/.exec(comment);
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

function parsePredicate(comment: string): Predicate | undefined {
  const text = /^<!-- predicate (\{.*\}) -->$/.exec(comment)?.[1];
  if (text === undefined) return undefined;
  try {
    const parsed = predicateSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // a person's half-written predicate is text, not an instruction
  }
}

function ruleOf(raw: string): string {
  const body = raw.slice(firstLine(raw).length);
  return without(without(body, '<!--', '-->'), '<details>', '</details>').trim();
}

// Cuts every passage from `open` to `close`, or to the end where it is never closed; linear, whatever the text.
function without(text: string, open: string, close: string): string {
  let out = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf(open, from);
    if (start < 0) return out + text.slice(from);
    out += text.slice(from, start);
    const end = text.indexOf(close, start + open.length);
    if (end < 0) return out;
    from = end + close.length;
  }
}
