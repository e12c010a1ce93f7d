// The loop: ask the model, run what it calls, until it is done or something stops it; every step is an event before it has an effect.
import type { SessionEvent, StopReason } from '../domain/events.ts';
import type { ModelAnswer, ModelFailure } from '../model/model.ts';
import type { Redact } from '../store/redaction.ts';
import { answerEvents, failureEvent, wordsIn } from './answer-events.ts';
import { askModel } from './asking.ts';
import type { SessionBudget } from './budget.ts';
import { type CallsRequest, callsOf, resultOf, runCalls } from './calls.ts';
import { type CompactionRequest, compactWhenFull, makeRoom } from './compaction.ts';
import type { Conversation } from './conversation.ts';
import type { Journal } from './journal.ts';
import { hear, heldBack, type Onlooking, objected } from './onlooker.ts';
import { failed } from './tools/tool.ts';
import { nextStep } from './turn-rules.ts';

export interface LoopRequest extends CompactionRequest, Onlooking, Pick<CallsRequest, 'rule' | 'progress'> {
  budget: Pick<SessionBudget, 'check' | 'charge'>;
  redact: Redact;
}

/** Where the work stopped. */
export interface LoopEnd {
  stop: StopReason;
  /** What the agent said last. */
  text: string;
  /** In words, where the stop reason does not say it all. */
  why?: string;
  failure?: ModelFailure;
  /** Calls that wait for a person's answer, with what is needed. */
  waiting: { event: string; need: string }[];
}

const FIRST_MAX_TOKENS = 16_000;
const MOST_TOKENS = 64_000;
const MOST_IN_A_ROW = 5; // answers that are empty, cut or paused, or whose calls all came broken
const MOST_REPAIRS = 6;
const INTERRUPTED =
  'Interrupted: the session stopped before a result was known. It may have run, in part or whole; look before you do it again.';

/** Works on the conversation until it ends. Throws only for bugs and for a disk that refuses. */
export async function runLoop(request: LoopRequest): Promise<LoopEnd> {
  const { journal, budget, signal, redact, modelId } = request;
  let maxTokens = FIRST_MAX_TOKENS;
  let inARow = 0;
  let repairs = 0;
  for (;;) {
    if (signal.aborted) return { ...nothing, stop: 'interrupted' };
    const over = budget.check();
    if (over !== undefined) return { ...nothing, stop: 'budget_reached', why: over.text };
    if (await compactWhenFull(request)) continue;
    const result = await askModel(request, maxTokens);
    const unpriced = budget.charge(result);
    if (unpriced !== undefined) request.warn(unpriced);
    if (result.kind === 'failure') {
      journal.append(failureEvent(result, modelId));
      const repaired = repairs < MOST_REPAIRS && (await repair(request, result, repairs));
      if (!repaired) return failedEnd(request, result);
      repairs++;
      continue;
    }
    repairs = 0;
    const events = journal.append(...answerEvents(result, redact));
    const step = nextStep(result);
    if (step.kind === 'refused') return refusedEnd(events, result);
    if (step.kind === 'done') {
      if (await objected(request, events)) continue;
      return { ...nothing, stop: 'end_turn', text: wordsIn(events) };
    }
    if (step.kind === 'shorten' && !(await makeRoom(request, 'the model ran out of context', inARow)))
      return tooLong(events);
    if (result.stopReason === 'max_tokens') maxTokens = Math.min(MOST_TOKENS, maxTokens * 2);
    if (step.kind === 'calls') {
      const calls = callsOf(events);
      // A call that a power loss made us forget would run twice; a result that is lost is only told as interrupted.
      await journal.synced();
      const end = await runCalls(request, calls, await heldBack(request, events, step.skip));
      if (end.stopped || signal.aborted) return { ...nothing, stop: 'interrupted', text: wordsIn(events) };
      if (end.blocked.length > 0) return blockedEnd(events, end.blocked);
      await hear(request, events);
      if (calls.some(({ call }) => !step.skip.has(call ?? ''))) {
        inARow = 0;
        continue;
      }
    }
    if (++inARow > MOST_IN_A_ROW) return fruitless(events, inARow);
    if (step.say !== undefined)
      journal.append({ type: 'user.message', content: [{ type: 'text', text: step.say, injected: 'agentmem' }] });
  }
}

/** Gives every call that has no result one that says it was interrupted, so that the conversation is whole again. */
export function closeOpenCalls(conversation: Conversation, journal: Journal, except: ReadonlySet<string>): number {
  const open = conversation.calls().filter(({ use, result }) => result === undefined && !except.has(use.id));
  if (open.length > 0)
    journal.append(...open.map(({ use }) => resultOf(use, failed(INTERRUPTED), { interrupted: true })));
  return open.length;
}

const nothing = { text: '', waiting: [] };

// True if the conversation was changed so that asking again makes sense.
async function repair(request: LoopRequest, { failure, message }: ModelFailure, repairs: number): Promise<boolean> {
  const { conversation, journal } = request;
  if (failure === 'context' || failure === 'too_large') return await makeRoom(request, message, repairs);
  if (failure === 'thinking') {
    if (!conversation.hasThinking()) return false;
    journal.append({ type: 'agent.thread_context_compacted', thinking_dropped: true, reason: message });
    return true;
  }
  if (failure === 'invalid') {
    // A server can send a kind of block that it, or the one behind the gateway next time, does not take back.
    if (!conversation.hasOthers()) return false;
    const dropped = { others_dropped: true, thinking_dropped: true, reason: message };
    journal.append({ type: 'agent.thread_context_compacted', ...dropped });
    return true;
  }
  return failure === 'pairing' && closeOpenCalls(conversation, journal, new Set()) > 0;
}

function failedEnd({ journal }: LoopRequest, failure: ModelFailure): LoopEnd {
  if (failure.failure === 'interrupted') return { ...nothing, stop: 'interrupted' };
  const { message, status, code, requestId } = failure;
  journal.append({
    type: 'session.error',
    message,
    error: {
      failure: failure.failure,
      ...(status && { status }),
      ...(code && { code }),
      ...(requestId && { requestId }),
    },
  });
  return { ...nothing, stop: 'retries_exhausted', why: message, failure };
}

function refusedEnd(events: readonly SessionEvent[], answer: ModelAnswer): LoopEnd {
  const details = answer.stopDetails === undefined ? '' : `: ${JSON.stringify(answer.stopDetails).slice(0, 500)}`;
  return { ...nothing, stop: 'refusal', text: wordsIn(events), why: `the model refused${details}` };
}

function fruitless(events: readonly SessionEvent[], inARow: number): LoopEnd {
  const why = `${inARow} answers in a row were empty, cut off or could not be read`;
  return { ...nothing, stop: 'retries_exhausted', text: wordsIn(events), why };
}

function tooLong(events: readonly SessionEvent[]): LoopEnd {
  const why = 'the conversation no longer fits the model, and there is nothing left to shorten';
  return { ...nothing, stop: 'retries_exhausted', text: wordsIn(events), why };
}

function blockedEnd(events: readonly SessionEvent[], blocked: { use: { id: string }; need: string }[]): LoopEnd {
  return {
    stop: 'requires_action',
    text: wordsIn(events),
    why: blocked.map(({ need }) => need).join('\n'),
    waiting: blocked.map(({ use, need }) => ({ event: use.id, need })),
  };
}
