// Fork: a new session that begins with a copy of another one up to a chosen event; the other one is only read, and no agent runs.
import { assertGoesOn, forkedEvents, forkPoint } from '../agent/fork.ts';
import { liveHeader } from '../agent/live-header.ts';
import { readPast } from '../agent/past.ts';
import { openSession } from '../agent/session.ts';
import { UserError } from '../base/errors.ts';
import { liveSessionId } from '../base/ids.ts';
import type { Header, SessionEvent } from '../domain/events.ts';
import { copiedLines } from '../store/copied-lines.ts';
import type { Layout } from '../store/layout.ts';
import type { Redact } from '../store/redaction.ts';
import { newPath } from '../store/session-files.ts';
import { createTranscript } from '../store/transcript.ts';
import { isHeader } from '../store/transcript-read.ts';

export interface ForkRequest {
  layout: Layout;
  redact: Redact;
  /** The session that is forked. */
  from: { id: string; path: string };
  /** The last event that is taken over (see `forkPoint`); absent = the newest. */
  at?: string;
  /** What the person says now. */
  say?: string;
  modelId: string;
  by: string;
  workspace: { folder: string; project: string; git?: Header['git'] };
  now: () => Date;
  random: () => string;
}

/** A session that can be gone on with, as one that broke off can. */
export interface Forked {
  id: string;
  path: string;
  /** As it is stored. */
  header: Header;
}

/**
 * Makes the new session. Ids and times of copied events stay what they are, so whoever counts can tell copies from work; what
 * they cost stays with the session that paid. Throws UserError where the event is not there, or nothing is left to go on with.
 */
export function forkSession(request: ForkRequest): Forked {
  const { layout, redact, from, now, random } = request;
  const events = readPast(from.path);
  const last = forkPoint(events, request.at);
  const past = events.slice(0, last + 1);
  const until = past.at(-1);
  const origin = past.find(isHeader) ?? events.find(isHeader);
  if (until === undefined || origin === undefined)
    throw new UserError({ what: 'the first line of this session cannot be read', where: `session ${from.id}` });
  const name = request.at === undefined ? from.id : `${from.id}@${request.at}`;
  assertGoesOn(past, request.say, `agent run --fork ${name} "<what to do>"`);
  const at = now();
  const id = liveSessionId(at, random());
  const copies = copiedLines(from.path, { until: until.id, session: id, redact });
  // The last event that both sessions have: by it readers find where the fork's own part begins.
  const shared = copies.at(-1)?.event ?? until;
  const path = newPath(layout, { session: id, at: at.toISOString() });
  const { writer, header } = createTranscript(path, headerOf(request, origin, shared, id, at), {
    redact,
    since: at.toISOString(),
  });
  try {
    writer.appendStored(...copies);
    const all: SessionEvent[] = [header, ...copies.map(({ event }) => event)];
    const session = openSession({ id, path, writer, redact, now, random, onEvent: () => {} }, all);
    session.journal.append(...forkedEvents(session, all));
  } finally {
    writer.close();
  }
  return { id, path, header };
}

function headerOf(request: ForkRequest, origin: Header, shared: SessionEvent, id: string, at: Date): Header {
  const { say, from } = request;
  const { task = {}, agent, memory } = origin;
  // With further words it is no longer the same task, and must not be compared with those that are.
  const words =
    say === undefined ? task : { prompt: [task.prompt, say].filter((part) => part !== undefined).join('\n\n') };
  return liveHeader(
    { ...request, id, at },
    {
      title: say ?? origin.title ?? task.prompt ?? '',
      task: words,
      ...(agent !== undefined && { agent }),
      ...(memory !== undefined && { memory }),
      forked_from: { session: from.id, event: shared.id },
    },
  );
}
