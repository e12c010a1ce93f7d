// How waiting for an MCP server ends: an answer, or the reason why there is none; never waits longer than it was told to.
import { clip, oneLine, safeForTerminal } from '../../base/text.ts';
import { BROKEN_OFF, type Sdk, type Wire } from './wire.ts';

/** How long an answer may take, and what ends the waiting. */
export interface Patience {
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * `answer`: what the server said. `refused`: it answered with an error of the protocol. `late` and `interrupted`: it was told
 * that nobody waits any more, and may have done the work all the same. `huge`: the answer was too long to be taken.
 * `unreadable`: it was no answer of this protocol. `gone`: the connection ended before an answer came.
 */
export type LinkAnswer<T> =
  | { kind: 'answer'; value: T }
  | { kind: 'refused' | 'unreadable' | 'gone'; why: string }
  | { kind: 'late' | 'interrupted' | 'huge' };

/** What the package is told of it. */
export interface Limits {
  timeout: number;
  signal: AbortSignal;
}

export interface Asking {
  wire: Wire;
  /** Told by the wire where an answer was too long to be taken. */
  waiting: Set<(why: 'huge') => void>;
  isOver: () => boolean;
  limits: Patience;
}

/** Every way in which waiting for an answer can end, as a value; what is none of them is a bug, and is thrown on. */
export async function answerOf<T>(
  sdk: Sdk,
  { wire, waiting, isOver, limits: { timeoutMs, signal } }: Asking,
  request: (limits: Limits) => Promise<T>,
): Promise<LinkAnswer<T>> {
  if (signal.aborted) return { kind: 'interrupted' };
  if (isOver()) return { kind: 'gone', why: wire.ending() ?? 'the connection has ended' };
  const cut = new AbortController();
  let why: 'huge' | 'interrupted' | undefined;
  const end = (reason: NonNullable<typeof why>) => {
    why ??= reason;
    cut.abort(reason);
  };
  const interrupt = () => end('interrupted');
  signal.addEventListener('abort', interrupt, { once: true });
  waiting.add(end);
  try {
    return { kind: 'answer', value: await request({ timeout: timeoutMs, signal: cut.signal }) };
  } catch (error) {
    if (why !== undefined) return { kind: why };
    return failureOf(sdk, error, wire, isOver);
  } finally {
    waiting.delete(end);
    signal.removeEventListener('abort', interrupt);
  }
}

function failureOf(
  sdk: Sdk,
  error: unknown,
  wire: Wire,
  isOver: () => boolean,
): Exclude<LinkAnswer<never>, { kind: 'answer' }> {
  if (error instanceof sdk.ProtocolError)
    return { kind: error.code === BROKEN_OFF ? 'gone' : 'refused', why: inWords(error.message) };
  if (error instanceof sdk.SdkHttpError) {
    const { status } = error;
    const why = inWords(`HTTP ${status}: ${error.message}`);
    // A status from 400 on answers the request that was made; 404 also means that the server forgot the session.
    return { kind: status === 400 || status === 405 ? 'refused' : 'gone', why };
  }
  // How undici tells that a connection could not be made, or ended in the middle of an answer.
  if (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message))
    return { kind: 'gone', why: inWords(causeOf(error)) };
  if (isOver()) return { kind: 'gone', why: wire.ending() ?? 'the connection has ended' };
  if (error instanceof sdk.SdkError) {
    if (error.code === sdk.SdkErrorCode.RequestTimeout) return { kind: 'late' };
    const lost: string[] = [
      sdk.SdkErrorCode.ConnectionClosed,
      sdk.SdkErrorCode.NotConnected,
      sdk.SdkErrorCode.SendFailed,
    ];
    return { kind: lost.includes(error.code) ? 'gone' : 'unreadable', why: inWords(error.message) };
  }
  if (error instanceof sdk.UnauthorizedError) return { kind: 'gone', why: 'HTTP 401: it wants to know who asks' };
  // What a server sent that cannot be understood comes as the parser's own error, or as a plain one of the package (an
  // unknown protocol version, say). Errors of any other class are mistakes in a program, and ours to hear of.
  if (error instanceof SyntaxError || (error instanceof Error && (error.name === 'ZodError' || isPlain(error))))
    return { kind: 'unreadable', why: inWords(error.message) };
  throw error;
}

function isPlain(error: Error): boolean {
  return Object.getPrototypeOf(error) === Error.prototype;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Words of a server's for a person or a model: one line, cut, without escapes. */
export function inWords(text: string): string {
  return clip(oneLine(safeForTerminal(text)), 500);
}
