// A new thread of a session: its first event, and what the book keeps of it; nobody works in it yet.
import { clip, oneLine } from '../../base/text.ts';
import type { Agent } from '../../domain/agent.ts';
import type { Crew, Lead } from './crew.ts';
import type { ThreadRecord } from './thread-book.ts';

/** What a thread is started for. */
export interface NewThread {
  agent: Pick<Agent, 'name' | 'workspace'>;
  role?: 'advisor' | 'critic';
  title: string;
  /** Id of the call that starts it, where one does. */
  call?: string;
}

/** Starts a thread for a lead. */
export function started(crew: Crew, lead: Pick<Lead, 'thread'>, of: NewThread): ThreadRecord {
  const { book, open } = crew.session;
  const thread = book.freeId(of.agent.name);
  const [event] = open.journal.append({
    type: 'session.thread_created',
    thread,
    agent: of.agent.name,
    role: of.role ?? 'member',
    title: clip(oneLine(of.title), 80),
    ...(of.call !== undefined && { call: of.call }),
    ...(lead.thread !== undefined && { parent: lead.thread }),
    ...(of.role === undefined && { workspace: of.agent.workspace }),
  });
  if (event !== undefined) book.take(event);
  const record = book.find(thread);
  if (record === undefined) throw new Error(`thread ${thread} was started and is not there`);
  return record;
}
