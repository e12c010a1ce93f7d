// Streams of the Messages API for the tests of this room: events, their bytes, and a fetch that answers with them.

export type Event = { type: string; [key: string]: unknown };

/** Text, signed thinking and two tool calls, as the API streams them. */
export const rich: Event[] = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'made-up-model-1',
      content: [],
      usage: { input_tokens: 100, cache_read_input_tokens: 40, cache_creation_input_tokens: 7, output_tokens: 1 },
    },
  },
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Two files: ä, 🦉. ' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Read both.' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2lnbmVk' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'I look at ' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'both – “a” and “b”.\n' } },
  { type: 'content_block_stop', index: 1 },
  ...call(2, 'toolu_1', 'read', ['{"path"', ': "src/ä.ts"', '}']),
  ...call(3, 'toolu_2', 'list', []),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 55 },
  },
  { type: 'message_stop' },
];

/** A call whose arguments come in these pieces. */
export function call(index: number, id: unknown, name: unknown, pieces: string[]): Event[] {
  return [
    { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } },
    ...pieces.map((partial_json) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json },
    })),
    { type: 'content_block_stop', index },
  ];
}

/** A whole answer of one text. */
export function saying(
  text: string,
  stopReason: string | null = 'end_turn',
  usage: unknown = { output_tokens: 3 },
): Event[] {
  return [
    {
      type: 'message_start',
      message: { id: 'msg_2', model: 'made-up-model-1', usage: { input_tokens: 10, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason }, usage },
    { type: 'message_stop' },
  ];
}

/** Events as bytes of an event stream. */
export function sse(events: Event[]): string {
  return events.map((e) => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join('');
}

/** One answer of a server; a function decides when it is asked. */
export type Reply = Response | Error | ((request: Asked) => Response | Error | Promise<Response>);

/** What a server was asked. */
export interface Asked {
  url: string;
  headers: Headers;
  body: Record<string, unknown>;
  raw: string;
  signal: AbortSignal | undefined;
}

/** A fetch that gives these answers in turn, the last one for ever, and keeps what it was asked. */
export function answering(...replies: Reply[]): { fetch: typeof fetch; asked: Asked[] } {
  const asked: Asked[] = [];
  const answer: typeof fetch = async (input, init) => {
    const raw = String(init?.body ?? '');
    const request: Asked = {
      url: String(input),
      headers: new Headers(init?.headers),
      body: JSON.parse(raw),
      raw,
      signal: init?.signal ?? undefined,
    };
    asked.push(request);
    const reply = replies[Math.min(asked.length, replies.length) - 1];
    const given = typeof reply === 'function' ? await reply(request) : reply;
    if (given === undefined || given instanceof Error) throw given ?? new Error('no answer was made for this');
    return given.clone();
  };
  return { fetch: answer, asked };
}

/** A stream of these events, whole. */
export function stream(events: Event[], headers: Record<string, string> = {}): Response {
  return new Response(sse(events), {
    headers: { 'content-type': 'text/event-stream', 'request-id': 'req_1', ...headers },
  });
}

/** An error as the API words it. */
export function refusal(
  status: number,
  type: string,
  message: string,
  extra: { code?: string; headers?: Record<string, string> } = {},
): Response {
  const error = { type, message, ...(extra.code && { details: { error_code: extra.code } }) };
  return new Response(JSON.stringify({ type: 'error', error }), {
    status,
    headers: { 'content-type': 'application/json', 'request-id': 'req_2', ...extra.headers },
  });
}

/** A stream that sends these pieces, then does what `then` says: ends, breaks, or stays open until it is aborted. */
export function pieces(parts: (string | Uint8Array)[], then: 'end' | 'break' | 'stay', signal?: AbortSignal): Response {
  const left = parts.map((p) => (typeof p === 'string' ? new TextEncoder().encode(p) : p));
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = left.shift();
        if (next !== undefined) controller.enqueue(next);
        else if (then === 'end') controller.close();
        else if (then === 'break') controller.error(new TypeError('terminated'));
        else
          return new Promise((_, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
          );
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
