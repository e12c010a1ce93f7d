// Writes an answer to a connection, whole or as its fault says: cut, stalled, dripping, ended early; test code only.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawEvent } from '../../../src/model/scripted-answer.ts';
import { type Fault, printed } from './faults.ts';

/** Sends the events (or the fault's own response); returns once nothing more will be written. */
export async function deliver(response: ServerResponse, events: RawEvent[], fault: Fault): Promise<void> {
  if (fault.cut === 'before headers') return reset(response);
  if (fault.stall?.after === -1) await stalled(response, { ...fault.stall, pingEveryMs: undefined });
  if (fault.response !== undefined) return whole(response, fault.response, events);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...fault.headers,
  });
  response.flushHeaders();
  if (fault.cut === 'after headers') return reset(response, true);
  const texts = printed(fault, events);
  const end = fault.endAfter === undefined ? texts.length : fault.endAfter < 0 ? texts.length - 1 : fault.endAfter;
  let left = typeof fault.cut === 'object' && 'bytes' in fault.cut ? fault.cut.bytes : Number.POSITIVE_INFINITY;
  if (
    left === Number.POSITIVE_INFINITY &&
    fault.stall === undefined &&
    fault.drip === undefined &&
    typeof fault.cut !== 'object'
  ) {
    response.end(texts.slice(0, end).join(''));
    return;
  }
  for (const [at, text] of texts.slice(0, end).entries()) {
    if (fault.stall?.after === at) await stalled(response, fault.stall);
    if (typeof fault.cut === 'object' && 'events' in fault.cut && fault.cut.events === at) return reset(response, true);
    const bytes = Buffer.from(text);
    await write(response, bytes.subarray(0, Math.max(0, left)), fault);
    left -= bytes.length;
    if (left < 0 || response.destroyed) return reset(response, true);
  }
  // Also a cut behind the last byte is a cut: the chunked body is never closed.
  if (typeof fault.cut === 'object') return reset(response, true);
  response.end();
}

function whole(
  response: ServerResponse,
  { status, headers, body }: NonNullable<Fault['response']>,
  events: RawEvent[],
): void {
  response.writeHead(status, headers);
  response.end(typeof body === 'string' ? body : body(events));
}

async function write(response: ServerResponse, bytes: Buffer, { drip }: Fault): Promise<void> {
  if (drip === undefined) return void response.write(bytes);
  for (let at = 0; at < bytes.length && !response.destroyed; at += drip.bytes) {
    response.write(bytes.subarray(at, at + drip.bytes));
    await sleep(drip.everyMs);
  }
}

async function stalled(
  response: ServerResponse,
  { pingEveryMs, forMs }: { pingEveryMs?: number | undefined; forMs?: number | undefined },
): Promise<void> {
  const step = pingEveryMs ?? forMs ?? 50;
  for (let waited = 0; !response.destroyed && (forMs === undefined || waited < forMs); waited += step) {
    if (pingEveryMs !== undefined) response.write('event: ping\ndata: {"type": "ping"}\n\n');
    await sleep(step);
  }
}

// What was written must have left before the reset, or the client would miss bytes that it was promised.
function reset(response: ServerResponse, flush = false): void {
  const { socket } = response;
  if (socket === null || socket.destroyed) return;
  if (!flush) return void socket.resetAndDestroy();
  socket.write('', () => setTimeout(() => socket.destroy(), 5));
}
