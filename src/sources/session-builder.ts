// Collects the events of one session of another tool, record by record: stable ids, calls with their answers; knows no format.
import { shortHash } from '../base/hash.ts';
import { importedEventId, importedSessionId } from '../base/ids.ts';
import { clip } from '../base/text.ts';
import { type Block, type Header, isToolResult, isToolUse, type SessionEvent, spokenText } from '../domain/events.ts';
import type { FileReport, FoundSession, OriginFile } from './source.ts';

const MAX_PROMPT = 4_000;

/** From here on a reward is a full one: rewards are products of floats. */
export const FULL_REWARD = 1 - 1e-6;

/** An event without what the builder puts on it. */
type Draft = SessionEvent extends infer E ? (E extends unknown ? Omit<E, 'id' | 'at'> : never) : never;

export interface ResultMarks {
  failed?: boolean;
  denied?: boolean;
  interrupted?: boolean;
}

/** What a header needs beside what the events show. */
export interface HeaderFacts {
  at?: string | undefined;
  title?: string | undefined;
  task?: string | undefined;
  model?: string | undefined;
  project?: string | undefined;
  cwd?: string | undefined;
  version?: string | undefined;
  git?: Header['git'] | undefined;
  label?: Header['label'] | undefined;
}

/** Builds one session. Ids come from the text of each record, so that they stay when the file grows or is copied. */
export class SessionBuilder {
  readonly events: SessionEvent[] = [];
  readonly #tool: string;
  readonly #id: string;
  readonly #seen = new Map<string, number>();
  /** Event id of each call that has no answer yet, by the origin's id; oldest first. */
  readonly #open: { call: string | undefined; name: string; event: string }[] = [];
  #record = '';
  #at: string | undefined;
  #thread: string | undefined;
  #position = 0;
  #rewound: string | undefined;

  /** @param id the session's id in the other tool */
  constructor(tool: string, id: string) {
    this.#tool = tool;
    this.#id = id;
  }

  /** Begins the next record: `key` is its text, or the id that the tool gave it. What is added from here on was made from it. */
  begin(key: string, at: string | undefined, thread?: string): void {
    const hash = shortHash(key, 12);
    const before = this.#seen.get(hash) ?? 0;
    this.#seen.set(hash, before + 1);
    this.#record = before === 0 ? hash : `${hash}.${before}`;
    this.#at = at;
    this.#thread = thread;
    this.#position = 0;
  }

  /** The next event goes on from the event `to`: what lay between is abandoned. */
  rewind(to: string): void {
    this.#rewound = to;
  }

  /** Adds an event; its id. */
  add(draft: Draft): string {
    const origin = `${this.#tool}/${this.#id}/${this.#record}`;
    // Undated events sort by their place in the session, dated ones by time and their place in the record.
    const position = this.#at === undefined ? this.events.length : this.#position++;
    const id = importedEventId(this.#at === undefined ? `${origin}/${this.#position++}` : origin, position, this.#at);
    const stamped = {
      id,
      ...(this.#at !== undefined && { at: this.#at }),
      ...(this.#thread !== undefined && { thread: this.#thread }),
      ...(this.#rewound !== undefined && { rewound_to: this.#rewound }),
      ...draft,
    };
    this.#rewound = undefined;
    this.events.push(stamped as SessionEvent); // a draft and its stamp are an event
    return id;
  }

  /** A call; `call` is the id that the tool gave it. */
  call(name: string, input: unknown, call: string | undefined): string {
    const event = this.add({ type: 'agent.tool_use', name, input, ...(call !== undefined && { call }) });
    this.#open.push({ call, name, event });
    return event;
  }

  /** The answer to a call: found by its id, else the oldest open call of that name. */
  result(
    content: Block[],
    { call, name }: { call?: string | undefined; name?: string },
    marks: ResultMarks = {},
  ): void {
    let at = this.#open.findIndex((open) => call !== undefined && open.call === call);
    if (at < 0 && call === undefined) at = this.#open.findIndex((open) => name === undefined || open.name === name);
    const [answered] = at < 0 ? [] : this.#open.splice(at, 1);
    this.add({
      type: 'agent.tool_result',
      ...(answered !== undefined && { tool_use_id: answered.event }),
      ...(call !== undefined && { call }),
      content,
      ...(marks.failed === true && { is_error: true }),
      ...(marks.denied === true && { denied: true }),
      ...(marks.interrupted === true && { interrupted: true }),
    });
  }

  /** True while a call, or this very one, has no answer. */
  waits(call?: string): boolean {
    return call === undefined ? this.#open.length > 0 : this.#open.some((open) => open.call === call);
  }

  /** A record of a kind that we do not know: kept whole. */
  keep(record: unknown): void {
    this.add({ type: 'source.record', record });
  }

  /** The session as it is now. */
  finish(files: readonly OriginFile[], facts: HeaderFacts): FoundSession {
    const { at, title, model, project, cwd, version, git, label } = facts;
    const first = at ?? this.events.find((event) => event.at !== undefined)?.at;
    const prompt = this.#prompt();
    const task = { ...(facts.task !== undefined && { id: facts.task }), ...(prompt !== undefined && { prompt }) };
    const paths = files.map(({ path, sha256 }) => ({ path, sha256 })).sort((a, b) => (a.path < b.path ? -1 : 1));
    const header: Header = {
      id: importedEventId(`${this.#tool}/session/${this.#id}`, 0, first),
      ...(first !== undefined && { at: first }),
      type: 'session.created',
      version: 1,
      session: importedSessionId(this.#tool, this.#id),
      ...(title !== undefined && { title: clip(title, 200) }),
      ...(Object.keys(task).length > 0 && { task }),
      ...(model !== undefined && { model }),
      ...(project !== undefined && { project }),
      source: { tool: this.#tool, id: this.#id, files: paths, ...(version !== undefined && { version }) },
      ...(cwd !== undefined && { cwd }),
      ...(git !== undefined && { git }),
      ...(label !== undefined && { label }),
    };
    return { header, events: this.events, aliases: [] };
  }

  #prompt(): string | undefined {
    for (const event of this.events) {
      if (event.type !== 'user.message' || event.thread !== undefined) continue;
      const said = spokenText((event as { content: Block[] }).content).trim(); // its schema
      if (said !== '') return clip(said, MAX_PROMPT);
    }
    return undefined;
  }
}

/** Adds what a session holds to the report of its file. */
export function countSession({ header, events }: Pick<FoundSession, 'header' | 'events'>, report: FileReport): void {
  report.sessions++;
  if (header.label?.outcome === 'pass') report.passed++;
  if (header.label?.outcome === 'fail') report.failed++;
  const answered = new Set(events.flatMap((event) => (isToolResult(event) ? [event.tool_use_id] : [])));
  for (const event of events) {
    if (isToolUse(event)) {
      report.tool_calls++;
      if (!answered.has(event.id)) report.unanswered_calls++;
    }
    if (isToolResult(event) && event.is_error === true) report.tool_errors++;
  }
}

/** The label that a reward or a score gives: all of it passes. Undefined for what is no number. */
export function rewardLabel(value: unknown, name: string): Header['label'] | undefined {
  return typeof value === 'number'
    ? { outcome: value >= FULL_REWARD ? 'pass' : 'fail', score: value, name }
    : undefined;
}

/** The state of the repository, as far as it was told. */
export function gitState(head: string | undefined, branch: string | undefined): Header['git'] | undefined {
  if (head === undefined && branch === undefined) return undefined;
  return { ...(head !== undefined && { head }), ...(branch !== undefined && { branch }) };
}
