// The wire to an MCP server that is asked over streamable HTTP; follows no redirect to another place and reads no endless answer.
import { setTimeout as wait } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/client';
import { BROKEN_OFF, MOST_MESSAGE, type Sdk, type Wire, type WireEvents } from './wire.ts';

/** Where a server is asked, with the headers as they are sent. */
export interface Address {
  url: string;
  headers: Record<string, string>;
}

// One more try where a stream of the server's breaks off: calls that wait must not wait long.
const RECONNECTING = {
  initialReconnectionDelay: 500,
  maxReconnectionDelay: 2_000,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 1,
};

const FAREWELL_MS = 1_000;
// The last event is read by promises alone, with nothing to wait for in between.
const READ_MS = 100;

/** Asks `address`. Without an authorization of its own: what a server wants to see stands in `headers`. */
export async function httpWire(
  sdk: Pick<Sdk, 'StreamableHTTPClientTransport'>,
  { url, headers }: Address,
  { onHuge }: WireEvents,
): Promise<Wire> {
  // By way of the default export: a bundle has no named ones of a CommonJS package.
  const { Agent, fetch: ask } = (await import('undici')).default;
  // Node's own limits of 300 s are shorter than a server may take; ours is timeout_seconds.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const transport = new sdk.StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    reconnectionOptions: RECONNECTING,
    redirectPolicy: 'same-origin',
    fetch: async (where, init) => {
      // The package's fetch and the one built in have the same shape and separate types.
      const response = (await ask(where, { ...(init as object), dispatcher })) as unknown as Response;
      return bounded(response, { onHuge, onEnd: () => breakOff(transport, init?.body) });
    },
  });
  return {
    transport,
    ending: () => undefined,
    garbage: () => ({ lines: 0, newest: '' }),
    close: async () => {
      await Promise.race([farewell(transport), wait(FAREWELL_MS, undefined, { ref: false })]);
      await transport.close(); // which ends the farewell too
      await dispatcher.destroy();
    },
  };
}

// A courtesy, so that the server can forget the session; it may refuse, or be gone.
async function farewell(transport: { terminateSession(): Promise<void> }): Promise<void> {
  await transport.terminateSession().catch(() => {});
}

// The package leaves a call whose stream ends without an answer waiting for its time limit. An answer that came after all
// is the one that counts, and this one is passed over.
function breakOff(transport: Pick<Transport, 'onmessage'>, body: unknown): void {
  const id = typeof body === 'string' ? idOf(JSON.parse(body)) : undefined;
  if (id === undefined) return;
  const error = { code: BROKEN_OFF, message: 'the server ended its answer in the middle' };
  setTimeout(() => transport.onmessage?.({ jsonrpc: '2.0', id, error }), READ_MS);
}

function idOf(message: unknown): string | number | undefined {
  const id = message !== null && typeof message === 'object' && 'id' in message ? message.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

interface BodyEvents {
  onHuge: () => void;
  /** A stream of events ended, and cannot be taken up again. */
  onEnd: () => void;
}

// An event stream may go on for as long as the session does, so there the limit is one event's.
function bounded(response: Response, { onHuge, onEnd }: BodyEvents): Response {
  if (response.body === null) return response;
  const events = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const reader = response.body.getReader();
  const count = counter(events);
  let resumable = false;
  const ended = () => {
    if (events && !resumable) onEnd();
  };
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read().catch((error: unknown) => {
        ended();
        throw error;
      });
      if (done) {
        ended();
        return controller.close();
      }
      // A server that numbers its events lets the package ask for the rest.
      resumable ||= events && /(?:^|\n)id:/.test(Buffer.from(value).toString('latin1'));
      if (count(value) <= MOST_MESSAGE) return controller.enqueue(value);
      onHuge();
      await reader.cancel();
      throw new Error(`an answer was longer than ${MOST_MESSAGE} bytes`);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

// Counts the bytes of an answer; of events those since the last blank line, which ends one.
function counter(events: boolean): (chunk: Uint8Array) => number {
  let size = 0;
  let blank = true;
  return (chunk) => {
    if (!events) size += chunk.length;
    else
      for (const byte of chunk) {
        size = byte === 10 && blank ? 0 : size + 1;
        if (byte !== 13) blank = byte === 10;
      }
    return size;
  };
}
