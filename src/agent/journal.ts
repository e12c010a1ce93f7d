// The journal of a running session: every event is stamped, redacted and on disk before anything acts on it; never rewrites one.
import { liveEventId } from '../base/ids.ts';
import type { EventDraft, SessionEvent } from '../domain/events.ts';
import type { Redact } from '../store/redaction.ts';
import { storedForm, type TranscriptWriter } from '../store/transcript.ts';

export interface JournalOptions {
  session: string;
  writer: TranscriptWriter;
  redact: Redact;
  now: () => Date;
  random: () => string;
  /** Milliseconds of the newest event that is stored already; what is appended sorts after it. */
  after?: number;
  /** Told of each event in its stored form, after it is on disk; must not throw. */
  onEvent: (event: SessionEvent) => void;
}

export interface Journal {
  /**
   * Stores events in one write and gives them back as they were stored: what is stored is what the model is sent, so nothing
   * else may be used from here on. Throws UserError where the disk refuses; earlier events stay whole.
   */
  append(...drafts: EventDraft[]): SessionEvent[];
  /** Makes everything so far survive a power loss. */
  sync(): void;
  /** As `sync`, while other sessions of the process go on. Rejects as `append` throws. */
  synced(): Promise<void>;
}

/** A journal over an open transcript. */
export function openJournal(options: JournalOptions): Journal {
  const { session, writer, redact, now, random, onEvent, after } = options;
  let order = 1; // 0 is the header's
  let last = after === undefined ? 0 : after + 1;
  let thread: unknown;
  return {
    append: (...drafts) => {
      // Times never run backwards within a session, whatever the machine's clock does: readers sort by them. Events of one
      // time they sort by thread, so what happens in another thread happens a millisecond later.
      const [first] = drafts;
      const other = first !== undefined && first.thread !== thread;
      last = Math.max(last + (other && last > 0 ? 1 : 0), now().getTime());
      if (other) thread = first.thread;
      const at = new Date(last);
      const stored = drafts.map((draft) => {
        const event = { id: liveEventId(at, order++, random()), at: at.toISOString(), ...draft } as SessionEvent; // a draft and its stamp are an event
        return storedForm(event, session, redact);
      });
      writer.appendStored(...stored);
      for (const { event } of stored) onEvent(event);
      return stored.map(({ event }) => event);
    },
    sync: () => writer.sync(),
    synced: () => writer.synced(),
  };
}

/** The same journal for one thread: what it appends carries the thread's name. */
export function threadJournal(journal: Journal, thread: string): Journal {
  return {
    append: (...drafts) => journal.append(...drafts.map((draft) => ({ ...draft, thread }))),
    sync: journal.sync,
    synced: journal.synced,
  };
}
