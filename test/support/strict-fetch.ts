// A `fetch` that answers from a script, refuses what the Messages API refuses, and can break any answer at any byte; no socket, test code only.
import type { ScriptTurn } from '../../src/domain/script.ts';
import { factsOf, type ScriptBody, scriptBody, scriptPosition } from '../../src/model/scripted.ts';
import { answerEvents, errorBody, printEvent } from '../../src/model/scripted-answer.ts';
import { PrefixCheck } from './messages-server/cache.ts';
import { refusal } from './messages-server/refusal.ts';
import { signThinking } from './messages-server/thinking.ts';
import { unitsOf } from './messages-server/units.ts';

export interface Cut {
  /** Number of the request whose answer breaks. */
  request: number;
  /** Bytes that still arrive. */
  byte: number;
  /** A connection that breaks, or an end in good order. */
  how: 'break' | 'end';
  /** Bytes that arrive at a time. */
  chunk: number;
}

export interface StrictFetch {
  fetch: typeof fetch;
  /** Sizes of the answers, in bytes. */
  sizes: number[];
  /** What the API would have refused, and requests that did not begin with the bytes of the one before. */
  faults: string[];
}

/** Answers each conversation with the turns in order; `cut` breaks one of the answers. */
export function strictFetch(script: readonly ScriptTurn[], cut?: Cut): StrictFetch {
  const position = scriptPosition(script);
  const prefixes = new PrefixCheck();
  const out: StrictFetch = { fetch: answer, sizes: [], faults: [] };
  async function answer(_: unknown, init?: RequestInit): Promise<Response> {
    const parsed: unknown = JSON.parse(String(init?.body));
    const refused = refusal(parsed);
    const body = scriptBody(parsed);
    const turn = refused === undefined && body !== undefined ? await position(body, undefined) : undefined;
    if (body === undefined || turn === undefined) {
      out.faults.push(refused?.message ?? 'the script has no answer to this');
      return Response.json(errorBody('invalid_request_error', refused?.message ?? ''), { status: 400 });
    }
    prefixes.look(out.sizes.length, body.raw, unitsOf(body.raw), undefined);
    for (const { path } of prefixes.breaks.splice(0)) out.faults.push(`does not begin as the request before: ${path}`);
    const bytes = printed(turn, body);
    const n = out.sizes.push(bytes.length) - 1;
    return stream(bytes, cut?.request === n ? cut : undefined);
  }
  return out;
}

function printed(turn: ScriptTurn, body: ScriptBody): Uint8Array {
  const events = answerEvents(turn, { ...factsOf(body, turn), sign: (thinking) => signThinking(body.raw, thinking) });
  return new TextEncoder().encode(events.map(printEvent).join(''));
}

function stream(bytes: Uint8Array, cut: Cut | undefined): Response {
  const end = cut === undefined ? bytes.length : Math.min(cut.byte, bytes.length);
  const chunk = cut?.chunk ?? 4096;
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= end) return cut?.how === 'break' ? controller.error(new TypeError('terminated')) : controller.close();
      const to = Math.min(end, at + chunk);
      controller.enqueue(bytes.subarray(at, to));
      at = to;
    },
  });
  return new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } });
}
