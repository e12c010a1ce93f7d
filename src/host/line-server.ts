// A program that answers many questions: a JSON line in, a JSON line out, one after the other; never asks one twice.
import { parsedJson } from '../base/json.ts';
import { oneByOne } from '../base/one-by-one.ts';
import { keepOutput } from './kept-output.ts';
import { MOST_STDERR, type Program } from './one-answer.ts';
import { type GroupEnd, type ProcessGroup, startGroup } from './process-group.ts';

/**
 * `answer`: the next line that is JSON. `gone`: it ended (or could not be started) before it answered; `said` is what it
 * printed to stderr, or else the last line that was no JSON. `late`, `interrupted`: it was ended, since its answer would be taken for the next
 * one's. `huge`: the line was longer than may be. `given up`: it ended without a single answer twice in a row.
 */
export type LineAnswer =
  | { kind: 'answer'; value: unknown }
  | { kind: 'gone'; end: GroupEnd; said: string }
  | { kind: 'late' | 'interrupted' | 'huge' | 'given up' };

export interface Asking {
  program: Program;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface LineServer {
  /** Asks, when all that was asked before is answered; starts `program` where none runs. `question` has no line break. */
  ask(question: string, how: Asking): Promise<LineAnswer>;
  /** Ends it; nothing can be asked any more. */
  close(): Promise<void>;
}

const GRACE_MS = 2_000;
const MOST_FAILURES = 2;

/** A server that is not started yet. Lines over `maxBytes` are dropped. */
export function lineServer(maxBytes: number): LineServer {
  let process: ServingProcess | undefined;
  const inTurn = oneByOne();
  let failures = 0;
  let closed = false;
  const askNow: LineServer['ask'] = async (question, how) => {
    if (how.signal.aborted || closed) return { kind: 'interrupted' };
    if (failures >= MOST_FAILURES) return { kind: 'given up' };
    if (process === undefined || process.hasEnded()) process = serve(how.program, maxBytes);
    const answer = await process.ask(question, how);
    if (answer.kind === 'gone') failures++;
    else if (answer.kind === 'answer') failures = 0;
    return answer;
  };
  return {
    ask: (question, how) => inTurn(() => askNow(question, how)),
    close: async () => {
      closed = true;
      await process?.stop('SIGTERM');
    },
  };
}

interface ServingProcess {
  hasEnded(): boolean;
  ask: LineServer['ask'];
  stop(how: 'SIGINT' | 'SIGTERM'): Promise<void>;
}

function serve(program: Program, maxBytes: number): ServingProcess {
  const stderr = keepOutput(MOST_STDERR);
  let garbage = '';
  let hear: ((answer: LineAnswer) => void) | undefined;
  let end: GroupEnd | undefined;
  // A line that nobody waits for answers nothing: the next question would be taken for answered before it was asked.
  const tell = (answer: LineAnswer) => {
    hear?.(answer);
    hear = undefined;
  };
  const onOut = lineSplitter(maxBytes, (line) => {
    if (line === undefined) return tell({ kind: 'huge' });
    const value = parsedJson(line);
    if (value === undefined) garbage = line.slice(0, MOST_STDERR);
    else tell({ kind: 'answer', value });
  });
  const group: ProcessGroup = startGroup({ ...program, writes: true, onOut, onErr: stderr.take });
  const ended = group.ended.then((how) => {
    end = how;
    tell({ kind: 'gone', end: how, said: stderr.text().trim() || garbage });
  });
  const stop = async (how: 'SIGINT' | 'SIGTERM') => {
    if (end === undefined) group.stop(how, GRACE_MS);
    await ended;
  };
  return {
    hasEnded: () => end !== undefined,
    stop,
    ask: async (question, { timeoutMs, signal }) => {
      let cut: 'late' | 'interrupted' | undefined;
      const heard = new Promise<LineAnswer>((resolve) => {
        hear = resolve;
      });
      const cutOff = (why: 'late' | 'interrupted') => {
        cut ??= why;
        void stop(why === 'late' ? 'SIGTERM' : 'SIGINT');
      };
      const limit = setTimeout(() => cutOff('late'), timeoutMs);
      const interrupt = () => cutOff('interrupted');
      signal.addEventListener('abort', interrupt, { once: true });
      if (end === undefined) group.stdin?.write(`${question}\n`);
      else tell({ kind: 'gone', end, said: stderr.text().trim() });
      const answer = await heard;
      clearTimeout(limit);
      signal.removeEventListener('abort', interrupt);
      if (cut === undefined) return answer;
      await ended; // also where the answer came while it was being ended: the process is lost either way
      return answer.kind === 'answer' ? answer : { kind: cut };
    },
  };
}

/** Takes chunks and calls back with each line, or with undefined in the place of one that is too long. */
export function lineSplitter(maxBytes: number, onLine: (line: string | undefined) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    let rest = chunk;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      const line = Buffer.concat([...parts, rest.subarray(0, at)]);
      onLine(size + at > maxBytes ? undefined : line.toString('utf8'));
      parts = [];
      size = 0;
      rest = rest.subarray(at + 1);
    }
    size += rest.length;
    if (size > maxBytes) parts = [];
    else parts.push(rest);
  };
}
