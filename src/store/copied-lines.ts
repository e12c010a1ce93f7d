// The beginning of a transcript as lines of another one, for forks: ids and times stay, what was only about the other session is left out; changes no stored line.
import { readLines } from '../base/jsonl.ts';
import type { Block, SessionEvent } from '../domain/events.ts';
import type { Redact } from './redaction.ts';
import { readSpilled, spilledNames } from './spilled-files.ts';
import { spilledUnderRules, underRules } from './todays-rules.ts';
import type { StoredForm } from './transcript.ts';
import { storedLine } from './transcript-read.ts';

export interface CopyOrder {
  /** Id of the last event that is copied. */
  until: string;
  /** Id of the session that the lines are for. */
  session: string;
  /** Today's rules, which may know more secrets than those that the lines were stored under. */
  redact: Redact;
}

// Facts about the other session: what it was called, cost and was graded, and how it ended.
const LEFT_OUT = new Set([
  'session.created',
  'session.updated',
  'session.usage',
  'session.error',
  'session.status_rescheduled',
  'session.status_terminated',
  'user.interrupt',
  'span.outcome_evaluation_start',
  'span.outcome_evaluation_end',
]);
// Marked, so that neither money nor time of the other session counts twice.
const MARKED = new Set(['span.model_request_end', 'session.status_running', 'session.status_idle']);

/** Every readable line up to `until`, in its order, with the files that lines name. */
export function copiedLines(transcript: string, order: CopyOrder): (StoredForm & { event: SessionEvent })[] {
  const copies: (StoredForm & { event: SessionEvent })[] = [];
  const seen = new Set<string>();
  for (const raw of readLines(transcript)) {
    const stored = storedLine(raw);
    if (stored?.kind !== 'event' || seen.has(stored.event.id)) continue;
    const { event } = stored;
    seen.add(event.id);
    if (!LEFT_OUT.has(event.type)) copies.push(copied(transcript, event, raw.bytes.toString('utf8'), order));
    if (event.id === order.until) break;
  }
  return copies;
}

function copied(transcript: string, event: SessionEvent, text: string, { session, redact }: CopyOrder) {
  const { line, files } = underRules(event, text, session, redact);
  const names = spilledNames(event);
  const kept = JSON.parse(line) as SessionEvent; // a line that was just made from an event
  if (names.length === 0 && !MARKED.has(event.type)) return { line, files, event: kept };
  const moved = names.map((name) => {
    const whole = readSpilled(transcript, name);
    return { name, to: `${session}.d/${name.slice(name.indexOf('/') + 1)}`, text: whole };
  });
  const places = new Map(moved.map(({ name, to, text: whole }) => [name, whole === undefined ? undefined : to]));
  const made = { ...inPlace(kept, places), ...(MARKED.has(event.type) && { copied: true }) } as SessionEvent;
  const taken = moved.flatMap(({ name, to, text: whole }) =>
    whole === undefined ? [] : [{ name: to, text: spilledUnderRules(name, whole, redact) }],
  );
  return { line: `${JSON.stringify(made)}\n`, files: [...files, ...taken], event: made };
}

// The names of files in their new place; the name of one that is not there is left out.
function inPlace(event: SessionEvent, places: ReadonlyMap<string, string | undefined>): SessionEvent {
  const moved = <T extends object>(value: T): T => {
    if (!('file' in value) || typeof value.file !== 'string' || !places.has(value.file)) return value;
    const { file, ...rest } = value as T & { file: string };
    const to = places.get(file);
    return (to === undefined ? rest : { ...rest, file: to }) as T;
  };
  const whole = moved(event);
  if (!('content' in whole) || !Array.isArray(whole.content)) return whole;
  return { ...whole, content: (whole.content as Block[]).map(moved) } as SessionEvent;
}
