// The model behind a server of the Messages API: asks until there is a whole answer or a reason why not; runs no tool and keeps no session.
import type Anthropic from '@anthropic-ai/sdk';
import { count } from '../base/text.ts';
import { type AttemptOptions, attempt, type Outcome } from './attempt.ts';
import type { Abilities, Capabilities } from './capabilities.ts';
import { judge } from './failure.ts';
import type { Fault } from './fault.ts';
import { faultCode, faultWords } from './fault-words.ts';
import type { Limiter, Pass } from './limiter.ts';
import type { FailureKind, Model, ModelAnswer, ModelFailure, ModelRequest, ModelWatcher, Usage } from './model.ts';
import { pause, type Retries } from './retry.ts';
import { SEED_HEADER } from './scripted.ts';
import type { Server } from './server.ts';
import { type Patience, usualPatience } from './silence.ts';
import { noUsage, sumUsage } from './usage.ts';
import { wire } from './wire.ts';

export interface AnthropicOptions {
  client: Anthropic;
  server: Pick<Server, 'where' | 'anthropic' | 'auth'>;
  /** Shared by all models that talk to this server. */
  limiter: Limiter;
  /** Shared by all questions of one run. */
  retries: Retries;
  /** Shared by all models that talk to this server. */
  capabilities: Capabilities;
  /** Dollars for tokens; undefined where the model has no known price. */
  price: (model: string, usage: Usage) => number | undefined;
  now: () => Date;
  patience?: Patience;
  /** Whether it is a script, which may know a request's seed. */
  seeded?: boolean;
}

/** A model that asks the server through the SDK's client. */
export function anthropicModel(options: AnthropicOptions): Model {
  return {
    where: options.server.where,
    ask: (request, signal, watcher = {}) => new Question(options, request, signal, watcher).ask(),
  };
}

type Answered = Extract<Outcome, { kind: 'answer' }>;

class Question {
  private readonly options: AnthropicOptions;
  private readonly request: ModelRequest;
  private readonly signal: AbortSignal;
  private readonly watcher: ModelWatcher;
  private attempts = 0;
  /** Of attempts that broke off; they are paid for all the same. */
  private spent = noUsage();
  private started: number;
  private ms = 0;

  constructor(options: AnthropicOptions, request: ModelRequest, signal: AbortSignal, watcher: ModelWatcher) {
    this.options = options;
    this.request = request;
    this.signal = signal;
    this.watcher = watcher;
    this.started = options.now().getTime();
  }

  async ask(): Promise<ModelAnswer | ModelFailure> {
    const tries = this.options.retries.ask();
    for (;;) {
      const tried = await this.once();
      if (tried === undefined) return this.interrupted(noUsage());
      const { outcome, pass, used } = tried;
      if (outcome.kind === 'interrupted') return this.interrupted(outcome.usage);
      if (outcome.kind === 'answer') {
        pass.leave('served');
        return this.answered(outcome);
      }
      this.spent = sumUsage(this.spent, outcome.usage);
      const { fault } = outcome;
      if (this.options.capabilities.learn(this.request.model, fault, used)) {
        pass.leave('served');
        this.sayRetry(0, fault);
        continue;
      }
      const judgement = judge(fault);
      if (!judgement.retry) {
        pass.leave(fault.status === undefined ? 'other' : 'served');
        return this.failed(judgement.failure, faultWords(fault, this.options.server), fault);
      }
      const wait = tries.next(judgement);
      // Others wait as well, even if this question gives up: the server asked everyone. They must not inherit hours, though.
      const busyMs = typeof wait === 'number' ? wait : Math.min(judgement.afterMs ?? 1000, 60_000);
      pass.leave(judgement.shared ? { busyMs } : 'other');
      if (typeof wait === 'string')
        return this.failed('exhausted', `${faultWords(fault, this.options.server)}; ${this.gaveUp(wait)}`, fault);
      this.sayRetry(wait, fault);
      if (!(await pause(wait, this.signal))) return this.interrupted(noUsage());
    }
  }

  /** One attempt in its turn; undefined if the signal fired while it waited for that. Whoever calls gives the pass back. */
  private async once(): Promise<{ outcome: Outcome; pass: Pass; used: Abilities } | undefined> {
    const { limiter, capabilities, client, server, patience, now, seeded } = this.options;
    const { seed } = this.request;
    const pass = await limiter.enter(this.signal);
    if (pass === undefined) return undefined;
    this.attempts++;
    this.started = now().getTime();
    const { body, used } = wire(this.request, capabilities.of(this.request.model));
    const options: AttemptOptions = {
      client,
      body,
      signal: this.signal,
      watcher: this.watcher,
      patience: patience ?? usualPatience,
      now,
      lenient: !server.anthropic,
      ...(seeded === true && seed !== undefined && { headers: { [SEED_HEADER]: encodeURIComponent(seed) } }),
    };
    let outcome: Outcome | undefined;
    try {
      outcome = await attempt(options);
      return { outcome, pass, used };
    } finally {
      this.ms = Math.max(0, now().getTime() - this.started);
      if (outcome === undefined || outcome.kind === 'interrupted') pass.leave('other');
    }
  }

  private answered({ answer, unclosed, requestId }: Answered): ModelAnswer {
    const { content, broken, stopReason, stopDetails, model } = answer;
    // What the answer itself used is what tells whether the server counts.
    const usage = { ...sumUsage(this.spent, answer.usage), known: answer.usage.known };
    return {
      kind: 'answer',
      content,
      broken,
      stopReason,
      ...(unclosed && { unclosed }),
      ...(stopDetails !== undefined && { stopDetails }),
      model: model || this.request.model,
      ...(requestId !== undefined && { requestId }),
      usage,
      usd: usage.known ? this.options.price(this.request.model, usage) : undefined,
      ms: this.ms,
      attempts: this.attempts,
    };
  }

  private interrupted(usage: Usage): ModelFailure {
    this.spent = sumUsage(this.spent, usage);
    return this.failed('interrupted', 'interrupted while the model was asked');
  }

  private failed(failure: FailureKind, message: string, fault?: Fault): ModelFailure {
    return {
      kind: 'failure',
      failure,
      message,
      ...(fault?.status !== undefined && { status: fault.status }),
      ...faultCode(fault),
      ...(fault?.requestId !== undefined && { requestId: fault.requestId }),
      attempts: this.attempts,
      usage: this.spent,
      usd: this.options.price(this.request.model, this.spent),
      ms: this.ms,
    };
  }

  private sayRetry(waitMs: number, fault: Fault): void {
    this.watcher.onRetry?.({
      attempt: this.attempts,
      waitMs,
      message: faultWords(fault, this.options.server),
      ...(fault.status !== undefined && { status: fault.status }),
      ...faultCode(fault),
    });
  }

  private gaveUp(why: 'attempts' | 'time' | 'silence'): string {
    const tried = count(this.attempts, 'attempt');
    if (why === 'time') return `gave up after ${tried}, since waiting longer is not allowed`;
    return `gave up after ${tried}`;
  }
}
