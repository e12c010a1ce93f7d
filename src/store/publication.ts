// What a session's published copy should be: what others published of it, our lines that are missing there, today's rules over all; writes nothing.
import { dirname, join } from 'node:path';
import { splitLines } from '../base/jsonl.ts';
import { count } from '../base/text.ts';
import type { SessionEvent } from '../domain/events.ts';
import type { Layout } from './layout.ts';
import type { Redact } from './redaction.ts';
import { type RuledLine, sessionUnderRules, spilledUnderRules, underRules } from './todays-rules.ts';
import { isHeader, storedLine } from './transcript-read.ts';

/** The orphan branch that sessions are shared on: `sessions/YYYY/MM/<id>.jsonl`, with `<id>.d/` beside it. */
export const SESSIONS_BRANCH = 'agentmem/sessions';

/** Files to be written; none if the published copy says it all. */
export interface Publication {
  files: Map<string, Buffer>;
  /** Lines that are published with other bytes than are stored here. */
  redacted: number;
  leftOut: string[];
}

/**
 * The union by event id of the published copy and the stored session: published lines first, in their order and with their
 * bytes as long as today's rules find nothing in them, then ours that are missing. So a copy only ever grows.
 * @param published the files of the copy, by path on the branch
 */
export function publicationOf(
  layout: Layout,
  session: { id: string; path: string },
  copy: { path: string; published: ReadonlyMap<string, Buffer>; redact: Redact },
): Publication {
  const { path, published, redact } = copy;
  const made: Publication = { files: new Map(), redacted: 0, leftOut: [] };
  const ours = sessionUnderRules(join(layout.sessions, session.path), redact);
  const before = published.get(path);
  const theirs = before === undefined ? [] : linesOf(before, session.id, redact);
  const lines = union([theirs, ours.lines]);
  made.redacted = lines.filter((line) => line.changed && !theirs.includes(line)).length;
  const whole = Buffer.from(lines.map(({ line }) => line).join(''));
  if (before === undefined || !whole.equals(before)) made.files.set(path, whole);
  for (const [name, bytes] of published) {
    const text = name === path ? undefined : spilledUnderRules(name, bytes.toString('utf8'), redact);
    if (text !== undefined && text !== bytes.toString('utf8')) made.files.set(name, Buffer.from(text));
  }
  for (const { name, text } of ours.files) {
    const target = `${dirname(path)}/${name}`;
    if (!published.has(target)) made.files.set(target, Buffer.from(text));
  }
  if (ours.bad > 0) made.leftOut.push(count(ours.bad, 'damaged line'));
  for (const name of ours.missing) made.leftOut.push(`the file ${name} is not there`);
  return made;
}

/** Two published copies of one session as one, under today's rules. */
export function mergedCopy(session: string, first: Buffer, second: Buffer, redact: Redact): Buffer {
  const lines = union([linesOf(first, session, redact), linesOf(second, session, redact)]);
  return Buffer.from(lines.map(({ line }) => line).join(''));
}

type Line = RuledLine & { event: SessionEvent };

function linesOf(copy: Buffer, session: string, redact: Redact): Line[] {
  return [...splitLines(copy)].flatMap((raw): Line[] => {
    const stored = storedLine(raw);
    if (stored?.kind !== 'event') return [];
    return [{ ...underRules(stored.event, raw.bytes.toString('utf8'), session, redact), event: stored.event }];
  });
}

// The first line of an id stays, and the first header.
function union(copies: readonly (readonly Line[])[]): Line[] {
  const lines = new Map<string, Line>();
  let hasHeader = false;
  for (const line of copies.flat()) {
    if (lines.has(line.event.id) || (hasHeader && isHeader(line.event))) continue;
    hasHeader ||= isHeader(line.event);
    lines.set(line.event.id, line);
  }
  return [...lines.values()];
}
