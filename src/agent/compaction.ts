// Compaction: a conversation that grows too long goes on with a summary in place of its older turns; loses nothing that people said, and nothing stored.
import type { EventDraft } from '../domain/events.ts';
import type { ApiMessage, ModelAnswer, ToolDefinition } from '../model/model.ts';
import { failureEvent, spanEnd } from './answer-events.ts';
import { type AskingRequest, askModel } from './asking.ts';
import type { SessionBudget } from './budget.ts';
import { codeSummary, stateText, writtenSummary } from './compaction-text.ts';
import type { Conversation, Cut } from './conversation.ts';
import { shortening, shorteningNewest } from './shorten.ts';

/** When a conversation is made shorter, and how. */
export interface Compaction {
  /** Tokens from which on; absent where nobody knows how many the model takes: then only the server's refusal tells. */
  at?: number;
  /** The newest answers that stay as they are. */
  keepTurns: number;
  /** What asks the model for a summary: templates/prompts/compaction.md. */
  prompt: string;
}

export interface CompactionRequest extends AskingRequest {
  /** Absent: nothing is ever summed up. */
  compaction?: Compaction;
  budget: Pick<SessionBudget, 'charge'>;
  /** Told what a person should know and the transcript need not hold. */
  warn: (text: string) => void;
}

const PURPOSE = 'compaction';
const MAX_TOKENS = 16_000;
const TAIL = 0.3; // of the limit: what the newest turns may take before fewer of them are kept
const WORTH_SHORTENING = 0.2; // of the limit: shortening that frees less is left out, since each one costs the cached prefix
const WORTH_SUMMING = 0.1;
const CHARACTERS = 4; // of a token

/**
 * Makes room where the conversation has grown to the limit, between two turns: long results first, then a summary. True if
 * something was done, and the budget and the signal want to be asked again before the next request.
 */
export async function compactWhenFull(request: CompactionRequest): Promise<boolean> {
  const { compaction, conversation, journal } = request;
  const at = compaction?.at;
  if (at === undefined) return false;
  const size = conversation.size(() => toolTokens(request));
  if (size < at) return false;
  const reason = `the conversation has about ${size.toLocaleString('en-US')} tokens, and from ${at.toLocaleString('en-US')} on it is made shorter`;
  const draft = shortening(conversation, reason, at * WORTH_SHORTENING * CHARACTERS);
  if (draft !== undefined) {
    journal.append(draft);
    return true;
  }
  return await sumUp(request, { reason, tail: at * TAIL, least: at * WORTH_SUMMING });
}

/**
 * Makes room after the server said that the conversation no longer fits; `tries` counts how often it said so in a row. True if
 * something was changed, so that asking again makes sense.
 */
export async function makeRoom(request: CompactionRequest, reason: string, tries: number): Promise<boolean> {
  const { compaction, conversation, journal } = request;
  const first = tries === 0 || compaction === undefined ? shortening(conversation, reason) : undefined;
  if (first !== undefined) {
    journal.append(first);
    return true;
  }
  if (compaction === undefined) return false;
  // Where a summary alone did not help, the turns that were kept are what is too long.
  const tail = tries <= 1 ? conversation.size(() => toolTokens(request)) * TAIL : 0;
  if (await sumUp(request, { reason, tail, least: 0 })) return true;
  const last = shortening(conversation, reason) ?? shorteningNewest(conversation, reason);
  if (last !== undefined) journal.append(last);
  return last !== undefined;
}

interface Order {
  reason: string;
  /** Tokens that the kept turns may take; at least one turn is kept. */
  tail: number;
  /** Tokens that have to go, or it is not worth a request. */
  least: number;
}

async function sumUp(request: CompactionRequest, { reason, tail, least }: Order): Promise<boolean> {
  const { conversation, journal, compaction, signal } = request;
  if (compaction === undefined) return false;
  const cut = bestCut(conversation, compaction.keepTurns, tail);
  if (cut === undefined || cut.size.goes < least) return false;
  const { end, text, fault } = await modelSummary(request, cut, compaction.prompt);
  if (signal.aborted) {
    journal.append(end);
    return true;
  }
  const { record } = conversation;
  const summary = text === undefined ? codeSummary(record) : writtenSummary(text);
  // In one write, so that no summary is paid for and forgotten.
  journal.append(end, {
    type: 'agent.thread_context_compacted',
    summary: [stateText(record), summary].map((told) => ({ type: 'text', text: told, injected: PURPOSE })),
    keeps_from: cut.keepsFrom,
    answers: cut.answers,
    by: text === undefined ? 'code' : 'model',
    // Signatures cover everything before them, which has just changed.
    thinking_dropped: true,
    reason: fault === undefined ? reason : `${reason}; the model gave no summary: ${fault}`,
  });
  return true;
}

function bestCut(conversation: Conversation, most: number, tail: number): Cut | undefined {
  for (let keep = most; keep > 1; keep--) {
    const cut = conversation.cut(keep);
    if (cut !== undefined && cut.size.behind <= tail) return cut;
  }
  return conversation.cut(1);
}

interface Summary {
  end: EventDraft;
  text?: string;
  /** Why there is no text. */
  fault?: string;
}

// Asked of the conversation itself, cut before the turns that stay: its prefix is in the server's cache.
async function modelSummary(request: CompactionRequest, cut: Cut, prompt: string): Promise<Summary> {
  const { modelId, budget, warn } = request;
  const answer = await askModel(request, MAX_TOKENS, { purpose: PURPOSE, messages: withWords(cut.before, prompt) });
  const unpriced = budget.charge(answer);
  if (unpriced !== undefined) warn(unpriced);
  if (answer.kind === 'failure')
    return { end: { ...failureEvent(answer, modelId), purpose: PURPOSE }, fault: answer.message };
  const end = { ...spanEnd(answer), purpose: PURPOSE };
  const fault = faultOf(answer);
  return fault === undefined ? { end, text: textOf(answer) } : { end, fault };
}

function withWords(messages: readonly ApiMessage[], words: string): ApiMessage[] {
  const text = { type: 'text', text: words };
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: [text] }];
  return [...messages.slice(0, -1), { role: 'user', content: [...last.content, text] }];
}

function faultOf(answer: ModelAnswer): string | undefined {
  if (answer.stopReason === 'refusal') return 'it refused';
  if (answer.stopReason === 'model_context_window_exceeded') return 'it ran out of context';
  return textOf(answer) === '' ? 'its answer had no text' : undefined;
}

function textOf({ content }: Pick<ModelAnswer, 'content'>): string {
  return content
    .flatMap((block) => (block.type === 'text' && typeof block.text === 'string' ? [block.text] : []))
    .join('\n')
    .trim();
}

// The tools of a session stay the same, and are asked about before each request; most are those of every other session.
const counted = new WeakMap<AskingRequest['tools'], number>();
const lengths = new WeakMap<object, { description: string; length: number }>();

function toolTokens({ tools }: AskingRequest): number {
  const known = counted.get(tools);
  if (known !== undefined) return known;
  let characters = 1;
  for (const { definition } of tools.values()) characters += lengthOf(definition);
  const tokens = Math.ceil(characters / CHARACTERS);
  counted.set(tools, tokens);
  return tokens;
}

// Schemas are shared by the sessions of a process; descriptions may say what holds for one of them.
function lengthOf(definition: ToolDefinition): number {
  const { description, input_schema } = definition;
  const known = lengths.get(input_schema);
  if (known?.description === description) return known.length;
  const length = JSON.stringify(definition).length + 1; // and what joins it to the next one
  lengths.set(input_schema, { description, length });
  return length;
}
