// One attempt at one question: a stream read to its end and judged whole, or the fault that kept it from that; tries nothing twice.
import type Anthropic from '@anthropic-ai/sdk';
import { type Accumulated, type Accumulator, accumulator } from './accumulator.ts';
import { type Fault, faultOf, fromBody } from './fault.ts';
import { foreignAnswer } from './foreign.ts';
import type { ModelWatcher, Usage } from './model.ts';
import { type Patience, type Silence, silence } from './silence.ts';
import { type Tap, tap } from './tap.ts';

export interface AttemptOptions {
  client: Anthropic;
  body: Record<string, unknown>;
  /** Beside those of the client. */
  headers?: Record<string, string>;
  signal: AbortSignal;
  watcher: ModelWatcher;
  patience: Patience;
  now: () => Date;
  /** Whether a clean end after a stop reason counts as an end, as with servers that never send `message_stop`. */
  lenient: boolean;
}

export type Outcome =
  | { kind: 'answer'; answer: Accumulated; unclosed: boolean; requestId?: string }
  | { kind: 'fault'; fault: Fault; usage: Usage }
  | { kind: 'interrupted'; usage: Usage };

/** How long a connection may stay open after the end of the answer before it is cut; one that closes can be used again. */
const GRACE_MS = 500;

/** Asks once. Never throws for what the server or the network does. */
export async function attempt(options: AttemptOptions): Promise<Outcome> {
  const { signal } = options;
  const controller = new AbortController();
  const abort = () => controller.abort();
  const quiet = silence(options.patience, abort);
  const flow = tap({ onHeaders: quiet.headers, onBytes: quiet.bytes });
  const sum = accumulator();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    const thrown = await read(options, controller, { sum, flow, quiet });
    return outcome(options, { sum, flow, quiet, thrown });
  } finally {
    quiet.stop();
    signal.removeEventListener('abort', abort);
  }
}

interface Parts {
  sum: Accumulator;
  flow: Tap;
  quiet: Silence;
}

/** Reads the stream into the accumulator. Returns what was thrown on the way; undefined where it ended by itself. */
async function read(options: AttemptOptions, controller: AbortController, parts: Parts): Promise<Thrown | undefined> {
  const opened = await caught(open(options, controller, parts.flow));
  if ('error' in opened) return opened;
  const events = opened.value[Symbol.asyncIterator]();
  let grace: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      // Only what the SDK throws is a fault; what our own code throws below is a bug and goes its way.
      const step = await caught(events.next());
      if ('error' in step) return step;
      if (step.value.done === true) return undefined;
      parts.quiet.event();
      show(parts.sum, step.value.value, options.watcher);
      if (parts.sum.state() === 'stopped') grace ??= setTimeout(() => controller.abort(), GRACE_MS);
      if (parts.sum.state() === 'failed') return undefined;
    }
  } finally {
    clearTimeout(grace);
    await events.return?.();
  }
}

function open(options: AttemptOptions, controller: AbortController, flow: Tap): Promise<AsyncIterable<unknown>> {
  // The SDK's types name only the newest form of a request; ours is built and tested in wire.ts.
  const body = options.body as unknown as Anthropic.MessageCreateParamsStreaming;
  return options.client.messages.create(body, {
    signal: controller.signal,
    middleware: [flow.middleware],
    ...(options.headers !== undefined && { headers: options.headers }),
  });
}

interface Thrown {
  error: unknown;
}

async function caught<T>(promise: Promise<T>): Promise<{ value: T } | Thrown> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function show(sum: Accumulator, event: unknown, watcher: ModelWatcher): void {
  const shown = sum.take(event);
  if (shown?.type === 'tool') watcher.onTool?.(shown.name);
  else if (shown !== undefined) watcher.onText?.(shown);
}

/** What the attempt came to. An answer that is whole counts, whatever happened after its end. */
function outcome(options: AttemptOptions, parts: Parts & { thrown: Thrown | undefined }): Outcome {
  const { sum, flow } = parts;
  const result = sum.result();
  const requestId = flow.requestId();
  const answer = (unclosed: boolean): Outcome => ({
    kind: 'answer',
    answer: result,
    unclosed,
    ...(requestId !== undefined && { requestId }),
  });
  if (result.stopped) return answer(false);
  if (options.signal.aborted) return { kind: 'interrupted', usage: result.usage };
  const fault = faultIn(options, parts, result);
  if (fault === undefined || (fault.kind === 'truncated' && options.lenient && result.stopReason !== null))
    return answer(true);
  return {
    kind: 'fault',
    fault: requestId === undefined ? fault : { requestId, ...fault },
    usage: result.usage,
  };
}

function faultIn(options: AttemptOptions, parts: Parts & { thrown: Thrown | undefined }, result: Accumulated): Fault {
  const { flow, quiet, thrown } = parts;
  if (quiet.fell() !== undefined) return { kind: 'silent', message: quiet.fell() ?? '' };
  if (flow.flooded() || result.spoilt === 'too_long')
    return { kind: 'too_long', message: 'the answer is longer than any request may be' };
  if (result.error !== undefined) return fromBody('event', result.error);
  if (result.spoilt === 'restarted') return { kind: 'garbled', message: 'a second answer began within the first' };
  if (thrown !== undefined) return faultOf(thrown.error, options.now());
  if (result.events === 0) return foreignAnswer(flow.beginning());
  return { kind: 'truncated', message: 'the stream ended before the answer did' };
}
