// Asks a model for one call of one tool and takes nothing else for an answer; asks once more with what was wrong, and repairs nothing.

import type { z } from 'zod';
import { safeForTerminal } from '../base/text.ts';
import type { Model, ModelAnswer, ModelFailure, ModelRequest, ToolDefinition, Usage } from './model.ts';
import { noUsage, sumUsage } from './usage.ts';

/** Where a model can be asked, and under which name. */
export interface Seat {
  model: Model;
  id: string;
}

/** What may still be spent; the budget of a session fits. */
export interface Purse {
  /** Why nothing more may be asked; undefined while it may. */
  check(): { text: string } | undefined;
  /** Sets aside what a question may cost at most while it is under way; what is handed back lets it go. Absent where one follows the other. */
  hold?(question: string, maxTokens: number, model: string): () => void;
  charge(reply: Pick<ModelAnswer | ModelFailure, 'kind' | 'usage' | 'usd'>, model: string): unknown;
}

export interface ForcedCallRequest<T> {
  seat: Seat;
  system: string;
  /** What is asked, as one message. */
  content: string;
  tool: ToolDefinition;
  schema: z.ZodType<T>;
  /** What is wrong with a value that fits the schema, in words of ours; undefined where nothing is. */
  fault?: (value: T) => string | undefined;
  purse?: Purse | undefined;
  /** Most tokens of the first answer; 4,000 where left out. The second may have four times as many. */
  maxTokens?: number;
  /** Tells equal questions apart where more than one opinion is wanted; the model never sees it. */
  copy?: number | undefined;
  signal: AbortSignal;
}

export interface Spent {
  usage: Usage;
  /** Undefined where the price of any request is unknown. */
  usd: number | undefined;
  requests: number;
}

/** `gone`: this model need not be asked again (no key, no money, no such model). `interrupted`: our own signal. */
export type ForcedCall<T> = Spent &
  ({ kind: 'value'; value: T } | { kind: 'none'; why: string; gone?: true; interrupted?: true; unpaid?: true });

const FIRST_TOKENS = 4_000;
const SECOND_SHARE = 4;

/** Asks at most twice, each time in a fresh conversation, since an answer that went wrong should not argue for itself. */
export async function forcedCall<T>(request: ForcedCallRequest<T>): Promise<ForcedCall<T>> {
  const { seat, purse, signal } = request;
  let spent: Spent = { usage: noUsage(), usd: 0, requests: 0 };
  let problem: string | undefined;
  for (let turn = 0; turn < 2; turn++) {
    if (signal.aborted) return { ...spent, kind: 'none', why: 'interrupted', interrupted: true };
    const over = purse?.check();
    if (over !== undefined) return { ...spent, kind: 'none', why: over.text, unpaid: true };
    const question = asked(request, problem);
    const release = purse?.hold?.(JSON.stringify(question), question.maxTokens, seat.id);
    const reply = await seat.model.ask(question, signal);
    release?.();
    purse?.charge(reply, seat.id);
    spent = added(spent, reply);
    if (reply.kind === 'failure') return { ...spent, kind: 'none', ...failed(reply) };
    const read = readCall(request, reply);
    if ('value' in read) return { ...spent, kind: 'value', value: read.value };
    problem = read.problem;
  }
  return { ...spent, kind: 'none', why: `the answer could not be used, twice: ${problem}` };
}

/** What two requests cost together. */
export function added(a: Spent, b: { usage: Usage; usd: number | undefined; requests?: number }): Spent {
  return {
    usage: sumUsage(a.usage, b.usage),
    usd: a.usd === undefined || b.usd === undefined ? undefined : a.usd + b.usd,
    requests: a.requests + (b.requests ?? 1),
  };
}

function asked<T>(request: ForcedCallRequest<T>, problem: string | undefined): ModelRequest {
  const { seat, system, content, tool, maxTokens = FIRST_TOKENS, copy } = request;
  const again =
    problem === undefined
      ? ''
      : `\n\nAn earlier answer could not be used: ${problem}. Answer by one call of ${tool.name}.`;
  return {
    model: seat.id,
    system: [system],
    tools: [tool],
    messages: [{ role: 'user', content: [{ type: 'text', text: content + again }] }],
    maxTokens: problem === undefined ? maxTokens : maxTokens * SECOND_SHARE,
    thinking: false,
    forceTool: tool.name,
    ...(copy !== undefined && { copy }),
  };
}

function failed({ failure, message }: ModelFailure): { why: string; gone?: true; interrupted?: true } {
  if (failure === 'interrupted') return { why: 'interrupted', interrupted: true };
  const why = `the model gave no answer: ${safeForTerminal(message)}`;
  return failure === 'config' || failure === 'spend' ? { why, gone: true } : { why };
}

// Problems are told to the model again, so they hold nothing that an answer said.
function readCall<T>(request: ForcedCallRequest<T>, answer: ModelAnswer): { value: T } | { problem: string } {
  const { tool, schema, fault } = request;
  if (answer.stopReason === 'refusal') return { problem: 'the model refused' };
  if (answer.stopReason === 'max_tokens') return { problem: 'it was cut off before its end' };
  const calls = answer.content.filter((block) => block.type === 'tool_use');
  const [call] = calls;
  if (call === undefined) return { problem: `it had no call of ${tool.name}` };
  if (calls.length > 1) return { problem: `it had ${calls.length} calls, where one is wanted` };
  if (call.name !== tool.name) return { problem: `it called another tool than ${tool.name}` };
  const broken = answer.broken.find(({ id }) => id === call.id);
  if (broken !== undefined) return { problem: broken.reason };
  const parsed = schema.safeParse(call.input);
  if (!parsed.success) return { problem: schemaProblem(parsed.error) };
  const wrong = fault?.(parsed.data);
  return wrong === undefined ? { value: parsed.data } : { problem: wrong };
}

function schemaProblem({ issues }: z.ZodError): string {
  const words = issues.slice(0, 5).map((issue) => {
    const place = issue.path.map(String).join('.') || 'the arguments';
    return issue.code === 'unrecognized_keys'
      ? `${place}: fields that are not in the schema`
      : `${place}: ${issue.message}`;
  });
  return words.join('; ');
}
