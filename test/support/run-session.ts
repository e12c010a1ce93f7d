// Sessions run in process against a Messages API on loopback, with tools that count, and the questions every ended session must pass; test code only.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBudget } from '../../src/agent/budget.ts';
import type { Compaction } from '../../src/agent/compaction.ts';
import { Conversation } from '../../src/agent/conversation.ts';
import { readPast } from '../../src/agent/past.ts';
import type { Tool } from '../../src/agent/tools/tool.ts';
import { agentFrontSchema } from '../../src/domain/agent.ts';
import { isToolResult, isToolUse, type SessionEvent, spokenText, type ToolResult } from '../../src/domain/events.ts';
import type { Budget } from '../../src/domain/run-settings.ts';
import type { WrittenTurn } from '../../src/domain/script.ts';
import { anthropicModel } from '../../src/model/anthropic.ts';
import { capabilities } from '../../src/model/capabilities.ts';
import { openClient } from '../../src/model/client.ts';
import { limiter } from '../../src/model/limiter.ts';
import type { Model } from '../../src/model/model.ts';
import { type RetryPolicy, retries } from '../../src/model/retry.ts';
import { findServer, isServer } from '../../src/model/server.ts';
import { type Patience, usualPatience } from '../../src/model/silence.ts';
import { type RunReport, resumeRun, startRun } from '../../src/stages/run.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { redactor } from '../../src/store/redaction.ts';
import { verifySessions } from '../../src/store/verify.ts';
import {
  type Answer,
  type MessagesServer,
  type MessagesServerOptions,
  startMessagesServer,
} from './messages-server.ts';

/** Waits of milliseconds, so that an outage ends within a test. */
export const quick: RetryPolicy = {
  capMs: 3,
  baseMs: 1,
  perAskMs: 10_000,
  perRunMs: 60_000,
  attempts: 4,
  silences: 2,
};

export interface LoopbackModel {
  model: Model;
  close: () => Promise<void>;
}

export interface ModelOptions {
  fetch?: typeof fetch;
  patience?: Partial<Patience>;
  policy?: Partial<RetryPolicy>;
}

/** The shipped model against the server at `url`. */
export async function loopbackModel(url: string, given: ModelOptions = {}): Promise<LoopbackModel> {
  const server = findServer({ ANTHROPIC_API_KEY: 'made-up-key-1', ANTHROPIC_BASE_URL: url });
  if (!isServer(server)) throw new Error('no server');
  const { client, close } = await openClient({
    server,
    env: {},
    ...(given.fetch !== undefined && { fetch: given.fetch }),
  });
  const now = () => new Date();
  const model = anthropicModel({
    client,
    server,
    limiter: limiter({ now }),
    retries: retries({ ...quick, ...given.policy }, Math.random),
    capabilities: capabilities(),
    price: (_, usage) => (usage.input_tokens + usage.output_tokens) / 1e6,
    now,
    patience: { ...usualPatience, ...given.patience },
  });
  return { model, close };
}

/** Tools that say what they were called with: `look` changes nothing, `count` does, `ask` waits for a person. */
export function countingTools(): { tools: Map<string, Tool>; ran: string[] } {
  const ran: string[] = [];
  const make = (name: string, readOnly: boolean): Tool => ({
    definition: {
      name,
      description: `Does ${name}.`,
      input_schema: { type: 'object', properties: { n: { type: 'string' }, long: { type: 'number' } } },
    },
    readOnly,
    subject: () => undefined,
    run: async ({ input }) => {
      const { n, long } = input as { n?: string; long?: number };
      ran.push(`${name} ${n}`);
      const text = `${name} ${n} is done. ${'Pale blue dots. '.repeat((long ?? 0) / 16)}`;
      return name === 'ask'
        ? { content: [], blocked: `What about ${n}?` }
        : { content: [{ type: 'text', text: text.trim() }] };
    },
  });
  const tools = new Map(
    [make('look', true), make('count', false), make('ask', false)].map((t) => [t.definition.name, t]),
  );
  return { tools, ran };
}

export interface Desk {
  dir: string;
  layout: ReturnType<typeof layoutOf>;
  tools: Map<string, Tool>;
  /** Every run of a tool, in order, over all stretches of the session. */
  ran: string[];
  start: (model: Model, more?: More) => Promise<RunReport>;
  resume: (model: Model, path: string, more?: More & { say?: string }) => Promise<RunReport>;
  /** A server for this session and the model that asks it; both end with the desk. */
  world: (answer: Answering, given?: WorldOptions) => Promise<{ server: MessagesServer; model: Model }>;
  /** Takes every session away again. */
  clear: () => void;
  remove: () => Promise<void>;
}

/** Turns in order, or a function of the request's number and the number of answers in the conversation. */
export type Answering = WrittenTurn[] | ((n: number, turn: number) => Answer);

export interface WorldOptions extends ModelOptions {
  fault?: NonNullable<MessagesServerOptions['fault']>;
  lacks?: string[];
}

export interface More {
  budget?: Budget;
  signal?: AbortSignal;
  now?: () => Date;
  tools?: Map<string, Tool>;
  modelId?: string;
  effort?: 'high';
  compaction?: Compaction;
  task?: string;
  onEvent?: (event: SessionEvent) => void;
}

/** A folder for one session, and the way to start it and to go on with it. */
export function makeDesk(): Desk {
  const dir = mkdtempSync(join(tmpdir(), 'agentmem-run-'));
  const layout = layoutOf(join(dir, '.agentmem'));
  const { tools, ran } = countingTools();
  const redact = redactor();
  const open: (() => Promise<void>)[] = [];
  let serial = 0;
  const parts = (model: Model, more: More) => {
    const now = more.now ?? (() => new Date());
    return {
      layout,
      redact,
      agent: { ...agentFrontSchema.parse({ name: 'default' }), prompt: 'You count.', sha256: 'a'.repeat(64) },
      now,
      random: () => (++serial).toString(16).padStart(8, '0'),
      model,
      modelId: more.modelId ?? 'claude-sonnet-5',
      ...(more.effort !== undefined && { effort: more.effort }),
      ...(more.compaction !== undefined && { compaction: more.compaction }),
      tools: more.tools ?? tools,
      budget: openBudget({ limits: more.budget ?? {}, spent: () => ({ day: 0, month: 0 }), now }),
      rule: async () => ({
        allowed: true,
        by: 'rule' as const,
        decision: { verdict: 'allow' as const, reason: 'test' },
      }),
      progress: () => undefined,
      warn: () => undefined,
      signal: more.signal ?? new AbortController().signal,
      onEvent: more.onEvent ?? (() => undefined),
    };
  };
  return {
    dir,
    layout,
    tools,
    ran,
    start: (model, more = {}) =>
      startRun({
        ...parts(model, more),
        task: { prompt: more.task ?? 'Count everything.' },
        by: 'someone',
        workspace: { folder: dir, project: 'made-up' },
      }),
    resume: (model, path, more = {}) =>
      resumeRun({
        ...parts(model, more),
        session: { id: path.replace(/^.*\/|\.jsonl$/g, ''), path },
        ...(more.say !== undefined && { say: more.say }),
      }),
    world: async (answer, given = {}) => {
      const { fault, lacks = [] } = given;
      const server = await startMessagesServer({
        answer: Array.isArray(answer) ? answer : (_, n, turn) => answer(n, turn),
        lacks,
        ...(fault && { fault }),
      });
      const { model, close } = await loopbackModel(server.url, given);
      open.push(close, server.close);
      return { server, model };
    },
    clear: () => rmSync(layout.sessions, { recursive: true, force: true }),
    remove: async () => {
      for (const close of open.splice(0)) await close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * What is wrong with a stored session, whatever happened to it: lines that do not verify (but for lines that a crash cut off,
 * where `torn` says how many there may be), calls that ran twice, calls of counted answers with no result or with two.
 */
export function faultsOfSession(desk: Desk, path: string, { torn = 0, waiting = 0 } = {}): string[] {
  const problems = verifySessions(desk.layout).problems.map(({ line, reason }) => `line ${line}: ${reason}`);
  const cutOff = problems.filter((reason) => /not JSON|cut off|JSON/i.test(reason));
  const found = problems.filter((reason) => !cutOff.includes(reason));
  if (cutOff.length > torn) found.push(...cutOff);
  const twice = desk.ran.filter((run, i) => desk.ran.indexOf(run) !== i);
  if (twice.length > 0) found.push(`ran twice: ${twice.join(', ')}`);
  return [...found, ...pairingFaults(readPast(path), waiting), ...orderFaults(readPast(path))];
}

function pairingFaults(events: readonly SessionEvent[], waiting: number): string[] {
  const found: string[] = [];
  let pending: SessionEvent[] = [];
  const open = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'span.model_request_start') pending = [];
    if (isToolUse(event)) pending.push(event);
    if (event.type === 'span.model_request_end') {
      const isVoid = event.stop_reason === 'refusal' || event.stop_reason === 'model_context_window_exceeded';
      for (const use of isVoid ? [] : pending) open.set(use.id, 0);
      pending = [];
    }
    if (isToolResult(event)) {
      const count = open.get(event.tool_use_id ?? '');
      if (count === undefined) found.push(`a result for a call that does not count: ${event.tool_use_id}`);
      else open.set(event.tool_use_id ?? '', count + 1);
    }
  }
  const unanswered = [...open.values()].filter((count) => count === 0).length;
  if (unanswered !== waiting) found.push(`${unanswered} calls have no result`);
  if ([...open.values()].some((count) => count > 1)) found.push('a call has two results');
  return found;
}

function orderFaults(events: readonly SessionEvent[]): string[] {
  const bad = (of: (event: SessionEvent) => string | undefined) =>
    events.some((event, i) => i > 0 && (of(event) ?? '') < (of(events[i - 1] as SessionEvent) ?? ''));
  return [...(bad((e) => e.id) ? ['ids do not sort'] : []), ...(bad((e) => e.at) ? ['times do not sort'] : [])];
}

/** The conversation as a resumed session would send it. */
export function conversationOf(path: string): Conversation {
  const conversation = new Conversation({ load: () => undefined });
  for (const event of readPast(path)) conversation.add(event);
  return conversation;
}

/** The events of a transcript of one type, as open records. */
export function eventsOf(path: string, type: SessionEvent['type']): { id: string; [key: string]: unknown }[] {
  return readPast(path).flatMap((event) => (event.type === type ? [{ ...event }] : []));
}

/** The results of a transcript's calls, and their texts. */
export function resultsOf(path: string): (ToolResult & { text: string })[] {
  return readPast(path).flatMap((e) => (isToolResult(e) ? [{ ...e, text: spokenText(e.content) }] : []));
}

/** The lines of a transcript as they lie there. */
export function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n');
}
