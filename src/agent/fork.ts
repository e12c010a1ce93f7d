// Where a session can be forked, and what is told to the agent there; reads events and writes none.
import { UserError } from '../base/errors.ts';
import { type EventDraft, isToolUse, type SessionEvent } from '../domain/events.ts';
import { resultOf } from './calls.ts';
import { Conversation } from './conversation.ts';
import { lastWaiting } from './past.ts';
import type { OpenSession } from './session.ts';
import { failed } from './tools/tool.ts';

const NOT_RUN =
  'Not run here: this session was forked from another one before this call had a result. In the other one it may have run; look before you do it again.';
const FORKED =
  'This session was forked from another one at this point. Files are as they are now, which need not be what you saw: look again before you rely on it.';

/**
 * The index of the last event that a fork at `ref` takes over: an event's id, or a beginning of it that no other has (with or
 * without `evt_`); absent = the newest. A part of an answer stands for the whole answer, which counts only as a whole.
 * Throws UserError where no event, or more than one, is meant.
 */
export function forkPoint(events: readonly SessionEvent[], ref: string | undefined): number {
  const at = ref === undefined ? events.length - 1 : indexOf(events, ref);
  const event = events[at];
  if (event === undefined || !isOfAnswer(event)) return at;
  const same = ({ thread }: SessionEvent) => thread === event.thread;
  const next = events.findIndex((e, i) => i > at && same(e) && e.type.startsWith('span.model_request_'));
  return events[next]?.type === 'span.model_request_end' ? next : at;
}

/**
 * Throws UserError where the agent would have nothing to go on with: nothing was said yet, or it had said that it is done or
 * waits for an answer, and nobody says anything now. `hint` is the command that says it.
 */
export function assertGoesOn(past: readonly SessionEvent[], say: string | undefined, hint: string): void {
  const conversation = new Conversation({ load: () => undefined });
  for (const event of past) conversation.add(event);
  if (conversation.messages().length === 0)
    throw new UserError({
      what: 'nothing had been said yet at this point',
      hint: 'start a new session: agent run "<task>"',
    });
  if (say !== undefined) return;
  const waiting = openCalls(conversation, past).length < conversation.calls().filter(isOpen).length;
  if (waiting) throw new UserError({ what: 'the agent waits for an answer at this point', hint });
  if (conversation.answered())
    throw new UserError({
      what: 'the agent had said that it is done at this point, so there is nothing to go on with',
      hint,
    });
}

/** What a fork begins with after the copied events: the truth about calls without a result, and about files. */
export function forkedEvents(
  { conversation }: Pick<OpenSession, 'conversation'>,
  past: readonly SessionEvent[],
): EventDraft[] {
  const open = openCalls(conversation, past);
  return [
    ...open.map(({ use }) => resultOf(use, failed(NOT_RUN), { interrupted: true })),
    { type: 'user.message', content: [{ type: 'text', text: FORKED, injected: 'agentmem' }] },
  ];
}

function indexOf(events: readonly SessionEvent[], ref: string): number {
  const exact = events.findIndex(({ id }) => id === ref);
  if (exact >= 0) return exact;
  const begins = ref.startsWith('evt_') ? ref : `evt_${ref}`;
  const [only, ...others] = [...events.keys()].filter((i) => events[i]?.id.startsWith(begins));
  if (only !== undefined && others.length === 0 && ref !== '') return only;
  throw new UserError({
    what:
      only === undefined || ref === ''
        ? 'this session has no such event'
        : `${others.length + 1} events begin like that`,
    where: `@${ref}`,
    hint: 'agent sessions show <session> --ids shows the id of each event',
  });
}

function isOfAnswer(event: SessionEvent): boolean {
  return isToolUse(event) || event.type === 'agent.message' || event.type === 'agent.thinking';
}

// A call that waits for a person's answer gets it from what they say now.
function openCalls(conversation: Conversation, past: readonly SessionEvent[]) {
  const waiting = lastWaiting(past);
  return conversation.calls().filter((call) => isOpen(call) && !waiting.has(call.use.id));
}

function isOpen({ result }: { result: unknown }): boolean {
  return result === undefined;
}
