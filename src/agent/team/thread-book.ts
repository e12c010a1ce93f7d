// The threads of a session as its stored events tell of them, the same live and resumed; folds events and appends none.
import type { WorkspaceKind } from '../../domain/agent.ts';
import { workspaceKinds } from '../../domain/agent.ts';
import { type Block, type SessionEvent, spokenText } from '../../domain/events.ts';
import { type Used, usedSoFar } from '../budget.ts';

/** What a thread is there for; an advisor and a critic end after one answer. */
export type ThreadRole = 'member' | 'advisor' | 'critic';

/** `queued`: waits for its turn · `broken off`: the process ended while it worked · `ended`: nothing can be said to it any more. */
export type ThreadStatus = 'queued' | 'running' | 'idle' | 'broken off' | 'ended';

export interface ThreadRecord {
  id: string;
  /** The agent that works in it. */
  member: string;
  role: ThreadRole;
  /** The thread that it works for; absent = the main one. */
  parent?: string;
  title: string;
  status: ThreadStatus;
  /** Why it last stopped. */
  stop?: string;
  /** What it handed in last, whole. */
  answer: string;
  /** Calls (event ids) that wait for an answer of whoever delegated. */
  waiting: string[];
  /** Model and tools of its last stretch of work. */
  model?: string;
  tools: string[];
  workspace: WorkspaceKind;
  folder?: string;
  branch?: string;
  base?: string;
}

// Folders and branches are named by it, and a transcript may come from somebody else.
const ID = /^[a-z0-9][a-z0-9_-]{0,79}$/;

export class ThreadBook {
  readonly #threads = new Map<string, ThreadRecord>();

  /** The threads of stored events; those that were at work when the process ended are marked as broken off. */
  constructor(past: Iterable<SessionEvent>) {
    for (const event of past) this.take(event);
    for (const thread of this.#threads.values())
      if (thread.status === 'running' || thread.status === 'queued') thread.status = 'broken off';
  }

  /** In the order in which they were started. */
  all(): ThreadRecord[] {
    return [...this.#threads.values()];
  }

  find(id: string): ThreadRecord | undefined {
    return this.#threads.get(id);
  }

  /** An id that no thread of the session has: `scout-2`. */
  freeId(member: string): string {
    for (let n = 1; ; n++) if (!this.#threads.has(`${member}-${n}`)) return `${member}-${n}`;
  }

  /** Takes the next stored event of any thread. */
  take(event: SessionEvent): void {
    if (event.thread === undefined) return;
    if (event.type === 'session.thread_created' && ID.test(event.thread))
      this.#threads.set(event.thread, recordOf(event.thread, event));
    const thread = this.#threads.get(event.thread);
    if (thread === undefined) return;
    if (event.type === 'session.thread_status_running') {
      thread.status = 'running';
      thread.model = textIn(event.model) ?? '';
      thread.tools = textsIn(event.tools);
      Object.assign(thread, groundIn(event));
    } else if (event.type === 'agent.thread_message_sent' && event.to === (thread.parent ?? 'main'))
      thread.answer = spokenText(blocksIn(event.content));
    else if (event.type === 'session.thread_status_idle') {
      thread.status = 'idle';
      thread.stop = textIn(event.stop_reason) ?? '';
      thread.waiting = textsIn(event.waiting_for);
    } else if (event.type === 'session.thread_status_terminated') thread.status = 'ended';
  }
}

/** What one thread has used, out of the session's stored events. */
export function threadUsed(past: readonly SessionEvent[], thread: string): Used {
  const own = past.filter((event) => event.thread === thread);
  return usedSoFar(own.map(asSessions));
}

// Budgets measure a session's running time between these two; a thread's is measured the same way.
function asSessions(event: SessionEvent): SessionEvent {
  const { id, at } = event;
  const time = at === undefined ? {} : { at };
  if (event.type === 'session.thread_status_running') return { id, ...time, type: 'session.status_running' };
  return event.type === 'session.thread_status_idle' ? { id, ...time, type: 'session.status_idle' } : event;
}

type Fields = { [key: string]: unknown };

function recordOf(id: string, event: Fields): ThreadRecord {
  const parent = textIn(event.parent);
  return {
    id,
    member: textIn(event.agent) ?? '',
    role: event.role === 'advisor' || event.role === 'critic' ? event.role : 'member',
    title: textIn(event.title) ?? '',
    status: 'queued',
    answer: '',
    waiting: [],
    tools: [],
    workspace: workspaceKinds.find((kind) => kind === event.workspace) ?? 'shared',
    ...(parent !== undefined && { parent }),
  };
}

function groundIn(event: Fields): Pick<ThreadRecord, 'folder' | 'branch' | 'base'> {
  const [folder, branch, base] = [event.folder, event.branch, event.base].map(textIn);
  return {
    ...(folder !== undefined && { folder }),
    ...(branch !== undefined && { branch }),
    ...(base !== undefined && { base }),
  };
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

// Only text blocks are ever sent between threads.
function blocksIn(value: unknown): Block[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown): Block[] => {
    if (item === null || typeof item !== 'object' || !('text' in item) || typeof item.text !== 'string') return [];
    return [{ type: 'text', text: item.text }];
  });
}
