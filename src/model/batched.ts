// A model that is asked through batches: slower by minutes or hours, at half the price, and never twice for one question; runs no tool.
import { canonicalJson, sha256 } from '../base/hash.ts';
import { type Batches, type BatchesOptions, openBatches } from './batches.ts';
import type { Abilities, Capabilities } from './capabilities.ts';
import { judge } from './failure.ts';
import type { Fault } from './fault.ts';
import { faultCode, faultWords } from './fault-words.ts';
import type { Model, ModelAnswer, ModelFailure, ModelRequest, Usage } from './model.ts';
import { BATCH_SHARE } from './prices.ts';
import type { Server } from './server.ts';
import { noUsage, sumUsage } from './usage.ts';
import { wholeAnswer } from './whole-answer.ts';
import { wire } from './wire.ts';

export interface BatchedOptions extends BatchesOptions {
  server: Pick<Server, 'where' | 'baseUrl' | 'auth'>;
  capabilities: Capabilities;
  /** Dollars for tokens at the usual price. */
  price: (model: string, usage: Usage) => number | undefined;
}

const MOST_SENT = 4; // of one question, where batches keep failing it

/** A model over the Message Batches API. What is asked while others wait goes into one batch with them. */
export function batchedModel(options: BatchedOptions): Model {
  const batches = openBatches(options);
  return { where: options.server.where, ask: (request, signal) => asked(options, batches, request, signal) };
}

async function asked(
  options: BatchedOptions,
  batches: Batches,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelAnswer | ModelFailure> {
  const { capabilities, now, server } = options;
  const begun = now().getTime();
  let spent = noUsage();
  const end = (attempts: number) => ({ attempts, ms: Math.max(0, now().getTime() - begun) });
  for (let attempts = 1; ; attempts++) {
    const { body, used } = wire(request, capabilities.of(request.model));
    const { stream: _, ...params } = body;
    const key = sha256(canonicalJson({ server: server.baseUrl, params, copy: request.copy ?? 0 }));
    const result = await batches.ask(key, params, signal);
    if (result === undefined)
      return {
        ...failure(options, request, spent),
        failure: 'interrupted',
        message: 'interrupted while a batch was waited for',
        ...end(attempts),
      };
    if (result.kind === 'message') {
      const answer = wholeAnswer(result.message);
      if (answer.stopped) return { ...answered(options, request, answer, spent), ...end(attempts) };
      spent = sumUsage(spent, answer.usage);
    }
    batches.forget(key);
    const fault: Fault =
      result.kind === 'fault' ? result.fault : { kind: 'garbled', message: 'a result that is no message' };
    const again = mayGoOn(capabilities, request, fault, used);
    if (again !== true || attempts >= MOST_SENT) {
      const message = faultWords(fault, server);
      const { status, requestId } = fault;
      return {
        ...failure(options, request, spent),
        failure: again === true ? 'exhausted' : again,
        message,
        ...(status !== undefined && { status }),
        ...faultCode(fault),
        ...(requestId !== undefined && { requestId }),
        ...end(attempts),
      };
    }
  }
}

function mayGoOn(
  capabilities: Capabilities,
  { model }: ModelRequest,
  fault: Fault,
  used: Abilities,
): true | ModelFailure['failure'] {
  // Within a batch a refusal has no status of its own.
  const refused: Fault = fault.type === 'invalid_request_error' ? { ...fault, kind: 'http', status: 400 } : fault;
  if (capabilities.learn(model, refused, used)) return true;
  const judgement = judge(refused);
  return judgement.retry ? true : judgement.failure;
}

function answered(
  { price }: BatchedOptions,
  request: ModelRequest,
  answer: ReturnType<typeof wholeAnswer>,
  spent: Usage,
): Omit<ModelAnswer, 'attempts' | 'ms'> {
  const { content, broken, stopReason, stopDetails, model } = answer;
  const usage = { ...sumUsage(spent, answer.usage), known: answer.usage.known };
  return {
    kind: 'answer',
    content,
    broken,
    stopReason,
    ...(stopDetails !== undefined && { stopDetails }),
    model: model || request.model,
    usage,
    usd: usage.known ? halved(price(request.model, usage)) : undefined,
  };
}

function failure({ price }: BatchedOptions, { model }: ModelRequest, usage: Usage) {
  return { kind: 'failure', usage, usd: halved(price(model, usage)) } as const;
}

function halved(usd: number | undefined): number | undefined {
  return usd === undefined ? undefined : usd * BATCH_SHARE;
}
