// One question to a model that has no tools, in a thread that ends after the answer: an advisor, or a critic; says nothing to the agent itself.
import type { Agent } from '../../domain/agent.ts';
import type { SessionBudget } from '../budget.ts';
import { textBlocks } from '../session.ts';
import type { Crew, Lead } from './crew.ts';
import { jointBudget, type Spent } from './joint-budget.ts';
import type { Mind } from './member.ts';
import { started } from './start-thread.ts';
import { openThread, type WorkEnd, workOn } from './thread-work.ts';

export interface Question {
  agent: Pick<Agent, 'name' | 'workspace'>;
  role: 'advisor' | 'critic';
  mind: Mind;
  /** Its own limits, where it has any. */
  budget?: SessionBudget;
  prompt: string;
  message: string;
  /** Id of the call that asks, where one does. */
  call?: string;
  signal: AbortSignal;
}

export type OneAnswer = WorkEnd & { thread: string; spent: Spent };

/** Asks, and ends the thread. Throws only for bugs and for a disk that refuses. */
export async function askOnce(crew: Crew, lead: Lead, question: Question): Promise<OneAnswer> {
  const { session, request } = crew;
  const { agent, role, mind, message, call, prompt } = question;
  const signal = AbortSignal.any([question.signal]); // Node takes many listeners on one for a leak
  const record = started(crew, lead, { agent, role, title: message, ...(call !== undefined && { call }) });
  const thread = openThread(session.open, session.book, record, []);
  const budget = jointBudget(record.id, question.budget, lead.budget);
  const parent = crew.journalOf(lead);
  parent.append({
    type: 'agent.thread_message_sent',
    to: record.id,
    agent: agent.name,
    ...(call !== undefined && { call }),
    content: textBlocks(message),
  });
  const end = await crew.waitingFor(lead, async () => {
    if (!(await crew.gate.enter(signal))) return undefined;
    try {
      const { redact, warn } = request;
      const asked = { call, message, budget, signal, redact, warn };
      return await workOn({ ...mind, ...asked, thread, parent, system: { prompt }, tools: new Map() });
    } finally {
      crew.gate.leave();
    }
  });
  thread.journal.append({ type: 'session.thread_status_terminated' });
  const text = end ?? { stop: 'interrupted' as const, text: '', questions: [] };
  return { ...text, thread: record.id, spent: budget.spent() };
}

/** What rules about calls of somebody without tools. */
export const NO_TOOLS: Pick<Mind, 'rule' | 'progress'> = {
  rule: async () => ({
    allowed: false,
    by: 'rule',
    decision: { verdict: 'deny', reason: 'You have no tools here; answer in words.' },
  }),
  progress: () => {},
};
