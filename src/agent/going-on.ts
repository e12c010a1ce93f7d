// What a stored session needs before its agent can go on: a beginning that was lost, answers, the truth about calls that broke off; asks no model.
import { UserError } from '../base/errors.ts';
import { type Header, type SessionEvent, spokenText } from '../domain/events.ts';
import { resultOf } from './calls.ts';
import { closeOpenCalls } from './loop.ts';
import { changedSince, lastWaiting } from './past.ts';
import { type OpenSession, textBlocks } from './session.ts';
import { said } from './tools/tool.ts';

export interface GoingOn {
  session: OpenSession;
  /** Every stored event, the header first. */
  past: readonly SessionEvent[];
  /** The agent's system prompt, for a session that died before it was stored. */
  prompt: string;
  modelId: string;
  tools: readonly string[];
  /** What the person says now: an answer to what the agent asked, or the next thing to do. */
  say?: string;
}

/**
 * Makes a stored conversation one that can be sent again. Gives back the agent's last words where it had said that it is done and
 * only the session's end was lost; there is nothing to work on then. Throws UserError where an answer is needed, or nothing is
 * left to do.
 */
export function goOn(request: GoingOn): string | undefined {
  const { session, past, modelId, tools, say } = request;
  const { journal, conversation } = session;
  begin(request, headerOf(request));
  answerWhatWaits(request);
  closeOpenCalls(conversation, journal, new Set());
  if (say === undefined && conversation.answered()) return endOf(request);
  const nudge = say === undefined ? conversation.nudge() : undefined;
  if (nudge !== undefined)
    journal.append({ type: 'user.message', content: [{ type: 'text', text: nudge, injected: 'agentmem' }] });
  if (conversation.hasThinking() && changedSince(past, modelId, tools))
    journal.append({
      type: 'agent.thread_context_compacted',
      thinking_dropped: true,
      reason: 'the model or its tools changed',
    });
  return undefined;
}

function headerOf({ session: { id }, past }: GoingOn): Header {
  const [header] = past;
  if (header?.type === 'session.created') return header;
  throw new UserError({
    what: 'the first line of this session cannot be read, so nobody knows what it was about',
    where: `session ${id}`,
    hint: 'start a new one: agent run "<task>"',
  });
}

// A process can die between the header and the first words. The lessons of that moment are gone then, and the transcript says so.
function begin({ session: { journal, conversation }, prompt }: GoingOn, header: Header): void {
  if (conversation.messages().length > 0) return;
  if (conversation.system().length === 0) {
    const commit = header.memory?.commit;
    if (commit !== undefined) journal.append({ type: 'memory.loaded', commit, entries: [], playbooks: [] });
    journal.append({ type: 'system.message', content: textBlocks(prompt) });
  }
  const task = header.task?.prompt;
  if (task !== undefined) journal.append({ type: 'user.message', content: textBlocks(task) });
}

function answerWhatWaits({ session, past, say }: GoingOn): void {
  const { id, journal, conversation } = session;
  const waiting = lastWaiting(past);
  const open = conversation.calls().filter(({ use, result }) => result === undefined && waiting.has(use.id));
  if (open.length > 0 && say === undefined)
    throw new UserError({
      what: 'the agent waits for an answer',
      where: `session ${id}`,
      hint: `agent run --resume ${id} "<your answer>"`,
    });
  if (say === undefined) return;
  if (open.length > 0) journal.append(...open.map(({ use }) => resultOf(use, said(say))));
  // Calls beside the one that was answered may have broken off; their results have to come before anything that is said.
  closeOpenCalls(conversation, journal, new Set());
  if (open.length === 0) journal.append({ type: 'user.message', content: textBlocks(say) });
}

function endOf({ session: { id }, past }: GoingOn): string {
  const answer = past.findLastIndex((event) => event.type === 'span.model_request_end' && event.thread === undefined);
  if (past.slice(answer).some((event) => event.type === 'session.status_idle'))
    throw new UserError({
      what: 'this session has ended: the agent said that it is done',
      where: `session ${id}`,
      hint: `say what comes next: agent run --resume ${id} "<what to do>"`,
    });
  const asked = past
    .slice(0, answer)
    .findLastIndex((event) => event.type === 'span.model_request_start' && event.thread === undefined);
  return past
    .slice(asked + 1, answer)
    .flatMap((event) =>
      event.type === 'agent.message' && event.thread === undefined ? [spokenText(event.content)] : [],
    )
    .join('\n')
    .trim();
}
