// Runs a program once: a text in on stdin, what it prints out, within limits of time and size; understands neither.
import { keepOutput } from './kept-output.ts';
import { type GroupEnd, type GroupOrder, startGroup } from './process-group.ts';

export type Program = Omit<GroupOrder, 'onOut' | 'onErr' | 'writes'>;

export interface OneAnswer {
  end: GroupEnd;
  stopped?: 'timeout' | 'interrupted';
  /** Bytes as they came, at most `maxBytes`. */
  stdout: Buffer;
  /** True where there was more than that. */
  tooLong: boolean;
  /** The beginning and the end of stderr, made plain. */
  stderr: string;
}

/** Characters of stderr that are kept. */
export const MOST_STDERR = 4_000;
const GRACE_MS = 2_000;

/** Runs it to its end. Never throws for what it does. */
export async function oneAnswer(
  program: Program,
  input: string,
  limits: { timeoutMs: number; maxBytes: number; signal: AbortSignal },
): Promise<OneAnswer> {
  const { timeoutMs, maxBytes, signal } = limits;
  const chunks: Buffer[] = [];
  let size = 0;
  const stderr = keepOutput(MOST_STDERR);
  if (signal.aborted) return { end: {}, stopped: 'interrupted', stdout: Buffer.alloc(0), tooLong: false, stderr: '' };
  const onOut = (chunk: Buffer) => {
    if (size < maxBytes) chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
  };
  const group = startGroup({ ...program, writes: true, onOut, onErr: stderr.take });
  group.stdin?.end(input);
  let stopped: OneAnswer['stopped'];
  const limit = setTimeout(() => {
    stopped ??= 'timeout';
    group.stop('SIGTERM', GRACE_MS);
  }, timeoutMs);
  const interrupt = () => {
    stopped ??= 'interrupted';
    group.stop('SIGINT', GRACE_MS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  const end = await group.ended;
  clearTimeout(limit);
  signal.removeEventListener('abort', interrupt);
  const stdout = Buffer.concat(chunks);
  return { end, ...(stopped && { stopped }), stdout, tooLong: size > maxBytes, stderr: stderr.text() };
}
