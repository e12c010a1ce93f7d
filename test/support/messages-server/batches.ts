// The Message Batches API of the test server: takes batches, answers their questions when it is looked at often enough; forgets all when it ends.
import type { RawEvent } from '../../../src/model/scripted-answer.ts';

export interface BatchesOptions {
  /** How often a batch is looked at before it has ended. */
  looks: number;
  /** What becomes of a question in place of an answer; undefined = it is answered. */
  result?: (body: Record<string, unknown>, n: number) => Record<string, unknown> | undefined;
}

/** A batch as it was sent. */
export interface SeenBatch {
  id: string;
  requests: { custom_id: string; params: Record<string, unknown> }[];
  looks: number;
  /** How often its results were fetched. */
  fetched: number;
}

export type BatchReply = { status: number; body?: unknown; lines?: unknown[] };

export class TestBatches {
  readonly seen: SeenBatch[] = [];
  readonly #options: BatchesOptions;
  readonly #answer: (body: Record<string, unknown>) => Promise<RawEvent[] | undefined>;
  #asked = 0;

  constructor(options: BatchesOptions, answer: (body: Record<string, unknown>) => Promise<RawEvent[] | undefined>) {
    this.#options = options;
    this.#answer = answer;
  }

  /** Undefined where the path is none of a batch. */
  async reply(method: string, path: string, body: unknown, url: string): Promise<BatchReply | undefined> {
    const [, id, results] = /^\/v1\/messages\/batches(?:\/([\w-]+)(\/results)?)?$/.exec(path) ?? [];
    if (!path.startsWith('/v1/messages/batches')) return undefined;
    if (method === 'POST' && id === undefined) return this.#take(body, url);
    const batch = this.seen.find((one) => one.id === id);
    if (method !== 'GET' || batch === undefined) return { status: 404, body: notFound(path) };
    if (results === undefined) {
      batch.looks++;
      return { status: 200, body: this.#shown(batch, url) };
    }
    batch.fetched++;
    const lines: unknown[] = [];
    for (const { custom_id, params } of batch.requests) lines.push({ custom_id, result: await this.#result(params) });
    return { status: 200, lines: lines.reverse() }; // in any order, as the API says
  }

  #take(body: unknown, url: string): BatchReply {
    const { requests } = body as { requests?: SeenBatch['requests'] };
    const ids = new Set(requests?.map(({ custom_id }) => custom_id));
    const bad = requests?.some(({ custom_id, params }) => !/^[\w-]{1,64}$/.test(custom_id) || params.stream === true);
    if (requests === undefined || requests.length === 0 || ids.size !== requests.length || bad)
      return { status: 400, body: invalid('requests: custom_id must be unique, and nothing may stream') };
    const batch = { id: `msgbatch_test_${this.seen.length}`, requests, looks: 0, fetched: 0 };
    this.seen.push(batch);
    return { status: 200, body: this.#shown(batch, url) };
  }

  #shown({ id, requests, looks }: SeenBatch, url: string) {
    const over = looks >= this.#options.looks;
    const done = over ? requests.length : Math.min(requests.length - 1, looks);
    return {
      ...{ id, type: 'message_batch', processing_status: over ? 'ended' : 'in_progress' },
      request_counts: { processing: requests.length - done, succeeded: done, errored: 0, canceled: 0, expired: 0 },
      results_url: over ? `${url}/v1/messages/batches/${id}/results` : null,
    };
  }

  async #result(params: Record<string, unknown>): Promise<Record<string, unknown>> {
    const given = this.#options.result?.(params, this.#asked++);
    if (given !== undefined) return given;
    const events = await this.#answer(params);
    if (events === undefined) return { type: 'errored', error: notFound('answer') };
    return { type: 'succeeded', message: messageOf(events) };
  }
}

/** A stream of events as the one message that it comes to. */
function messageOf(events: readonly RawEvent[]): Record<string, unknown> {
  let message: Record<string, unknown> = {};
  const content: Record<string, unknown>[] = [];
  const json: string[] = [];
  for (const event of events) {
    const at = Number(event.index);
    if (event.type === 'message_start') message = { ...(event.message as object) };
    if (event.type === 'content_block_start') content[at] = { ...(event.content_block as object) };
    if (event.type === 'message_delta') {
      const usage = { ...(message.usage as object), ...(event.usage as object) };
      message = { ...message, ...(event.delta as object), usage };
    }
    const block = content[at];
    if (event.type !== 'content_block_delta' || block === undefined) continue;
    const { type, text, thinking, signature, partial_json } = event.delta as Record<string, string | undefined>;
    if (type === 'text_delta') block.text = `${block.text}${text}`;
    if (type === 'thinking_delta') block.thinking = `${block.thinking}${thinking}`;
    if (type === 'signature_delta') block.signature = signature;
    if (type === 'input_json_delta') json[at] = `${json[at] ?? ''}${partial_json}`;
  }
  for (const [at, text] of json.entries()) if (text) (content[at] ?? {}).input = JSON.parse(text);
  return { ...message, content };
}

function invalid(message: string) {
  return { type: 'error', error: { type: 'invalid_request_error', message } };
}

function notFound(path: string) {
  return { type: 'error', error: { type: 'not_found_error', message: `Not found: ${path}` } };
}
