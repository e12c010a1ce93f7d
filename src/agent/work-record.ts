// What went on in a conversation, kept in few words: files, questions, refusals, calls; counted from events and never taken from a model's account.
import { clip, oneLine } from '../base/text.ts';
import {
  type Block,
  isToolUse,
  type SessionEvent,
  spokenText,
  type ToolResult,
  type ToolUse,
} from '../domain/events.ts';

/** A question that was put to a person, and what came of it. */
export interface Exchange {
  question: string;
  answer: string;
}

/** What the agent had said when a person spoke, so that their words can be understood without it. */
export interface Remark {
  before: string;
  said: string;
}

const READS = new Set(['read']);
const CHANGES = new Set(['write', 'edit']);
const MOST_FILES = 1_000;
const MOST_RECENT = 40;
const MOST_REFUSALS = 20;
const MOST_REMARKS = 20;
const LONGEST_WORDS = 1_500; // characters of what the agent said before a person answered
const HEAD = 120;

/** Takes what happens, in its order. The same events give the same record. */
export class WorkRecord {
  /** Files by path, oldest touch first. */
  readonly #files = new Map<string, 'read' | 'changed'>();
  readonly #tools = new Map<string, { calls: number; failed: number }>();
  readonly exchanges: Exchange[] = [];
  readonly remarks: Remark[] = [];
  /** Calls that a person or a rule refused, newest last. */
  readonly refusals: string[] = [];
  /** The newest calls with what came of them, oldest first. */
  readonly recent: string[] = [];
  /** What the agent said last. */
  words = '';
  /** The newest summary, as it was sent; empty before the first one. */
  summary = '';
  #began = false;

  /** Something that was said to the agent. */
  said(content: readonly Block[]): void {
    const said = spokenText(content).trim();
    if (said === '') return;
    if (this.#began && this.words !== '')
      push(this.remarks, { before: tail(this.words, LONGEST_WORDS), said: clip(oneLine(said), HEAD) }, MOST_REMARKS);
    this.#began = true;
  }

  /** An answer that counts. */
  answer(events: readonly SessionEvent[]): void {
    const words = events
      .flatMap((event) => (event.type === 'agent.message' ? [spokenText(event.content)] : []))
      .join('\n')
      .trim();
    if (words !== '') this.words = words;
    for (const event of events) if (isToolUse(event)) this.#toolOf(event.name).calls++;
  }

  /** What a call came to. */
  result(use: ToolUse, result: ToolResult): void {
    const text = spokenText(result.content);
    const mark = result.denied === true ? 'refused' : result.is_error === true ? 'failed' : 'ok';
    const line = `${use.name} ${clip(oneLine(argumentsOf(use)), HEAD)}`;
    if (mark !== 'ok') this.#toolOf(use.name).failed++;
    if (use.name === 'ask' && mark !== 'refused') {
      const answer = mark === 'ok' ? text.trim() : `Not answered so far: ${text.trim()}`;
      this.exchanges.push({ question: questionOf(use), answer });
    }
    if (mark === 'refused') push(this.refusals, `${line}: ${clip(oneLine(text), 500)}`, MOST_REFUSALS);
    push(this.recent, `${line} → ${mark}: ${clip(oneLine(text), HEAD)}`, MOST_RECENT);
    if (mark === 'ok') this.#touch(use);
  }

  /** The conversation was summed up. */
  summed(text: string): void {
    this.summary = text;
  }

  /** Files that the tools for files read or changed, oldest touch first; one that was changed is not listed as read. */
  files(): { read: string[]; changed: string[] } {
    const of = (kind: 'read' | 'changed') => [...this.#files].flatMap(([path, was]) => (was === kind ? [path] : []));
    return { read: of('read'), changed: of('changed') };
  }

  /** Calls by tool, as they were first used. */
  tools(): { name: string; calls: number; failed: number }[] {
    return [...this.#tools].map(([name, count]) => ({ name, ...count }));
  }

  #toolOf(name: string): { calls: number; failed: number } {
    const known = this.#tools.get(name) ?? { calls: 0, failed: 0 };
    this.#tools.set(name, known);
    return known;
  }

  #touch({ name, input }: ToolUse): void {
    const path = textOf(input, 'path');
    if (path === undefined || !(READS.has(name) || CHANGES.has(name))) return;
    const before = this.#files.get(path);
    this.#files.delete(path); // so that the newest touch comes last
    this.#files.set(path, before === 'changed' || CHANGES.has(name) ? 'changed' : 'read');
    const [oldestRead] = [...this.#files].find(([, was]) => was === 'read') ?? [];
    if (this.#files.size > MOST_FILES && oldestRead !== undefined) this.#files.delete(oldestRead);
  }
}

function argumentsOf({ input }: ToolUse): string {
  return typeof input === 'string' ? input : (JSON.stringify(input) ?? '');
}

function questionOf(use: ToolUse): string {
  return textOf(use.input, 'question')?.trim() ?? argumentsOf(use);
}

function textOf(input: unknown, name: string): string | undefined {
  const value =
    input !== null && typeof input === 'object' ? new Map<string, unknown>(Object.entries(input)).get(name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function push<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length > most) list.shift();
}

// What was asked stands at the end of what somebody says.
function tail(text: string, max: number): string {
  return text.length <= max ? text : `…${text.slice(-max)}`;
}
