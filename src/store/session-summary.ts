// Boils one transcript down to what the index keeps of it: header, counts, outcome and a hash of the content; changes nothing.
import { sha256 } from '../base/hash.ts';
import { clip } from '../base/text.ts';
import { type Header, isToolResult, isToolUse, type SessionEvent } from '../domain/events.ts';
import { definedRubric, outcomeOf } from '../domain/outcome.ts';
import { conversation } from './conversation.ts';
import { foldUpdates, isHeader, readTranscript, type StoredLine } from './transcript-read.ts';

export interface Counts {
  events: number;
  tool_calls: number;
  tool_errors: number;
  unanswered_calls: number;
  threads: number;
  bad_lines: number;
}

export interface Summary
  extends Pick<Header, 'title' | 'source' | 'agent' | 'model' | 'project' | 'by' | 'task' | 'suite' | 'dream'> {
  /** Time of the header, else of the first dated event. */
  at?: string;
  /** Time of the last dated event. */
  last_at?: string;
  counts: Counts;
  outcome: 'pass' | 'fail' | null;
  /** Grades in the transcript, of any rubric. */
  evaluations: number;
  /** The rubric that it worked for. */
  rubric?: string;
  content: string;
}

const LONGEST_PROMPT = 1_000;

/** The summary of a transcript; undefined if no line of it is a readable header. */
export function summarize(path: string): Summary | undefined {
  return summarizeLines(readTranscript(path));
}

/** The summary of a transcript's lines, as `summarize` gives it. */
export function summarizeLines(lines: Iterable<StoredLine>): Summary | undefined {
  return new Summarizer().read(lines);
}

/**
 * Hash of what a session says, whatever order its parts were imported in.
 * @param shas SHA-256 of every event line but `session.created` and `session.updated`
 */
export function contentHash(shas: Iterable<string>): string {
  return sha256([...shas].sort().join('\n'));
}

class Summarizer {
  #header: Header | undefined;
  #model: string | undefined;
  #badLines = 0;
  #errors = 0;
  readonly #updates: SessionEvent[] = [];
  readonly #talk: { event: SessionEvent }[] = [];
  readonly #shas: string[] = [];
  readonly #calls = new Set<string>();
  readonly #answered = new Set<string>();
  readonly #threads = new Set<string>();

  read(lines: Iterable<StoredLine>): Summary | undefined {
    for (const line of lines) {
      if (line.kind === 'bad') this.#badLines++;
      else if (isHeader(line.event)) this.#header ??= line.event;
      else if (line.event.type === 'session.updated') this.#updates.push(line.event);
      else {
        this.#shas.push(line.sha256);
        this.#take(line.event);
      }
    }
    return this.#header === undefined ? undefined : this.#summary(foldUpdates(this.#header, this.#updates));
  }

  #take(event: SessionEvent): void {
    this.#threads.add(event.thread ?? 'main');
    if (isToolUse(event)) this.#calls.add(event.id);
    if (isToolResult(event)) {
      if (event.is_error === true) this.#errors++;
      if (event.tool_use_id !== undefined) this.#answered.add(event.tool_use_id);
    }
    if (event.type === 'agent.message' && 'model' in event && typeof event.model === 'string')
      this.#model ??= event.model;
    // Of a long session only the order is needed, and what was judged.
    const judged = event.type === 'span.outcome_evaluation_end' || event.type === 'user.define_outcome';
    const { id, type, at, thread } = event;
    this.#talk.push({ event: judged ? event : ({ id, type, at, thread } as SessionEvent) });
  }

  #summary(header: Header): Summary {
    const { title, source, agent, project, by, task, suite, dream } = header;
    const model = header.model ?? this.#model;
    const span = this.#span();
    const at = header.at ?? span?.first;
    const last = span?.last ?? header.at;
    const ordered = conversation(this.#talk).map(({ item }) => item.event);
    const rubric = definedRubric(ordered);
    return {
      ...(title !== undefined && { title }),
      source,
      ...(agent !== undefined && { agent }),
      ...(model !== undefined && { model }),
      ...(task !== undefined && { task: shortened(task) }),
      ...(suite !== undefined && { suite }),
      ...(dream !== undefined && { dream }),
      ...(at !== undefined && { at }),
      ...(last !== undefined && { last_at: last }),
      ...(project !== undefined && { project }),
      ...(by !== undefined && { by }),
      counts: this.#counts(),
      outcome: outcomeOf(header, ordered),
      evaluations: ordered.filter((event) => event.type === 'span.outcome_evaluation_end').length,
      ...(rubric !== undefined && { rubric }),
      content: contentHash(this.#shas),
    };
  }

  // Its first and its last time, as they are written.
  #span(): { first: string; last: string } | undefined {
    let span: { first: string; last: string; from: number; to: number } | undefined;
    for (const { event } of this.#talk) {
      // A grade is given whenever somebody asks for it: it dates nothing that happened in the session.
      if (event.at === undefined || event.type.startsWith('span.outcome_evaluation')) continue;
      const time = Date.parse(event.at);
      if (Number.isNaN(time)) continue;
      span ??= { first: event.at, last: event.at, from: time, to: time };
      if (time < span.from) Object.assign(span, { first: event.at, from: time });
      if (time >= span.to) Object.assign(span, { last: event.at, to: time });
    }
    return span;
  }

  #counts(): Counts {
    return {
      events: this.#talk.length,
      tool_calls: this.#calls.size,
      tool_errors: this.#errors,
      unanswered_calls: [...this.#calls].filter((id) => !this.#answered.has(id)).length,
      threads: this.#threads.size,
      bad_lines: this.#badLines,
    };
  }
}

function shortened(task: NonNullable<Header['task']>): NonNullable<Header['task']> {
  return task.prompt === undefined ? task : { ...task, prompt: clip(task.prompt, LONGEST_PROMPT) };
}
