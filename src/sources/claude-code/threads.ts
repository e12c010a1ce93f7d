// Tells which thread a record belongs to and which call started it; decides from earlier records only, so growth changes nothing.
import { sha256, shortHash } from '../../base/hash.ts';
import { asLabel, asList, asObject, asText, type Fields } from '../fields.ts';
import type { Line } from './line.ts';

/** A subagent that was just seen for the first time, with the origin's id of the call that started it. */
export interface NewThread {
  thread: string;
  call?: string;
}

interface Task {
  call: string;
  prompt: string;
}

/** Follows one session's records in order. */
export class Threads {
  readonly #threadOf = new Map<string, string>();
  readonly #announced = new Set<string>();
  readonly #tasks: Task[] = [];

  /** The record's thread; undefined for the main one. Call once for each record, in order. */
  threadOf(line: Line): string | undefined {
    const thread = this.#find(line);
    if (line.uuid !== undefined && thread !== undefined) this.#threadOf.set(line.uuid, thread);
    return thread;
  }

  /** The thread that this record is the first to tie to a call; a thread is given out once. */
  announcedBy(line: Line, thread: string | undefined): NewThread | undefined {
    const found = agentOfResult(line.record) ?? agentOfProgress(line.record) ?? this.#sidechainStart(line, thread);
    if (found === undefined || this.#announced.has(found.thread)) return undefined;
    this.#announced.add(found.thread);
    return found;
  }

  /** Remembers a call that may start a subagent. */
  called(call: string | undefined, input: unknown): void {
    const prompt = asText(asObject(input)?.prompt);
    if (call !== undefined && prompt !== undefined) this.#tasks.push({ call, prompt });
  }

  #find(line: Line): string | undefined {
    const agent = asText(line.record.agentId);
    if (agent !== undefined && line.record.isSidechain !== false) return threadName(agent);
    if (line.record.isSidechain !== true) return undefined;
    // Old sessions name no agent: a sidechain is known by the record that it grows from.
    const above = line.parent === undefined ? undefined : this.#threadOf.get(line.parent);
    return above ?? `side-${shortHash(line.origin, 8)}`;
  }

  #sidechainStart(line: Line, thread: string | undefined): NewThread | undefined {
    if (thread === undefined || asText(line.record.agentId) !== undefined || this.#announced.has(thread))
      return undefined;
    const text = plainText(line.record);
    const task = this.#tasks.findIndex(({ prompt }) => prompt === text);
    const call = task < 0 ? undefined : this.#tasks.splice(task, 1)[0]?.call;
    return { thread, ...(call !== undefined && { call }) };
  }
}

// Agent ids come from a file that anyone may have written, and threads are printed.
function threadName(agent: string): string {
  return asLabel(agent, `agent-${sha256(agent).slice(0, 8)}`);
}

function agentOfResult(record: Fields): NewThread | undefined {
  const agent = asText(asObject(record.toolUseResult)?.agentId);
  if (agent === undefined) return undefined;
  const results = asList(asObject(record.message)?.content).map(asObject);
  const call = asText(results.find((b) => b?.type === 'tool_result')?.tool_use_id);
  return { thread: threadName(agent), ...(call !== undefined && { call }) };
}

function agentOfProgress(record: Fields): NewThread | undefined {
  const data = asObject(record.data);
  const agent = data?.type === 'agent_progress' ? asText(data.agentId) : undefined;
  const call = asText(record.parentToolUseID);
  return agent === undefined || call === undefined ? undefined : { thread: threadName(agent), call };
}

function plainText(record: Fields): string | undefined {
  const content = asObject(record.message)?.content;
  if (typeof content === 'string') return content;
  return asText(asObject(asList(content)[0])?.text);
}
