// Sessions that outgrow their model: what is let go, what stays word for word, and that the work goes on to its end.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBudget } from '../../src/agent/budget.ts';
import type { Compaction } from '../../src/agent/compaction.ts';
import { Conversation } from '../../src/agent/conversation.ts';
import { threadJournal } from '../../src/agent/journal.ts';
import { runLoop } from '../../src/agent/loop.ts';
import { readPast } from '../../src/agent/past.ts';
import { openSession } from '../../src/agent/session.ts';
import type { EventDraft } from '../../src/domain/events.ts';
import type { ScriptBody } from '../../src/model/scripted.ts';
import { redactor } from '../../src/store/redaction.ts';
import { summarize } from '../../src/store/session-summary.ts';
import { createTranscript } from '../../src/store/transcript.ts';
import * as f from '../support/messages-server/faults.ts';
import { type Answer, type MessagesServer, startMessagesServer } from '../support/messages-server.ts';
import {
  conversationOf,
  type Desk,
  eventsOf,
  faultsOfSession,
  type LoopbackModel,
  linesOf,
  loopbackModel,
  makeDesk,
} from '../support/run-session.ts';

const PROMPT = readFileSync(join(import.meta.dirname, '../../templates/prompts/compaction.md'), 'utf8').trim();
const compaction: Compaction = { at: 6_000, keepTurns: 4, prompt: PROMPT };
const TASK = 'Count to the end. The word of the day is heliotrope. Say it when you are done.';

let desk: Desk;
let server: MessagesServer;
let opened: LoopbackModel;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(async () => {
  await opened.close();
  await server.close();
  await desk.remove();
});

async function world(answer: (body: ScriptBody, n: number) => Answer, fault?: (n: number) => f.Fault | undefined) {
  server = await startMessagesServer({ answer, ...(fault && { fault }) });
  opened = await loopbackModel(server.url);
  return opened.model;
}

const textIn = (body: ScriptBody) => JSON.stringify(body.messages);
const asksForSummary = (body: ScriptBody) =>
  JSON.stringify(body.messages.at(-1)).includes('The conversation has grown long');
const highest = (text: string) => Math.max(0, ...[...text.matchAll(/count (\d+) is done/g)].map((m) => Number(m[1])));

/** Counts to `end`, one call a turn; whatever it knows stands in the messages that it is sent. */
function counter(
  end: number,
  summary: (text: string) => Answer = (text) => ({
    text: `Counted, so far: count ${highest(text)} is done.${carried(text)}`,
  }),
) {
  return (body: ScriptBody): Answer => {
    const text = textIn(body);
    if (asksForSummary(body)) return summary(text);
    const n = highest(text) + 1;
    if (n <= end) return { thinking: `On to ${n}.`, tools: [{ name: 'count', input: { n: String(n), long: 320 } }] };
    const word = /The word of the day is (\w+)/.exec(text)?.[1];
    return { text: `Done. The word is ${word}.${carried(text)}` };
  };
}
// What was once found out, and stands in no message of a person.
const carried = (text: string) => (text.includes('count 3 is done') || text.includes('FOUND:3') ? ' FOUND:3' : '');

const summaries = (path: string) =>
  eventsOf(path, 'agent.thread_context_compacted').filter((event) => event.summary !== undefined);
const bytes = (path: string) => JSON.stringify(conversationOf(path).messages());

describe('a session of 500 turns', () => {
  it('compacts many times and ends with what it was told at the start and what it found out', async () => {
    const model = await world(counter(500));
    const end = await desk.start(model, { compaction, task: TASK });
    expect(end, end.why).toMatchObject({ stop_reason: 'end_turn', text: 'Done. The word is heliotrope. FOUND:3' });
    expect(summaries(end.path).length).toBeGreaterThan(5);
    expect(summaries(end.path).every((event) => event.by === 'model')).toBe(true);
    expect(desk.ran).toHaveLength(500);
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
    const tokens = eventsOf(end.path, 'span.model_request_end').map((e) => e.usage as Record<string, number>);
    const largest = Math.max(
      ...tokens.map(
        (u) => (u.input_tokens ?? 0) + (u.cache_read_input_tokens ?? 0) + (u.cache_creation_input_tokens ?? 0),
      ),
    );
    expect(largest).toBeLessThan(8_000);
    // Between compactions the prefix stands, so most of what is sent comes from the cache.
    expect(server.prefixBreaks.length).toBeLessThanOrEqual(2 * summaries(end.path).length + 2);
  }, 120_000);
});

describe('compaction', () => {
  it('keeps what people said word for word, marks the rest as injected, and is paid for', async () => {
    const model = await world(counter(120));
    const first = await desk.start(model, { compaction, task: TASK, budget: { turns: 20 } });
    expect(first.stop_reason).toBe('budget_reached');
    const said = 'One more thing: leave “Ωmega”\nalone.';
    const end = await desk.resume(model, first.path, { compaction, say: said });
    expect(end.stop_reason).toBe('end_turn');
    expect(summaries(end.path).length).toBeGreaterThan(1);
    const [head] = conversationOf(end.path).messages();
    const texts = head?.content.map((block) => block.text);
    expect(texts?.slice(0, 2)).toEqual([TASK, said]);
    for (const event of summaries(end.path))
      expect(event.summary).toMatchObject([{ injected: 'compaction' }, { injected: 'compaction' }]);
    const asked = eventsOf(end.path, 'span.model_request_end').filter((event) => event.purpose === 'compaction');
    expect(asked).toHaveLength(summaries(end.path).length);
    expect(end.usage.requests).toBe(eventsOf(end.path, 'span.model_request_end').length);
    expect(summarize(end.path)?.counts.tool_calls).toBe(120);
  }, 60_000);

  it('gives the same bytes live and resumed, wherever the process dies between two turns', async () => {
    const model = await world(counter(60));
    const whole = await desk.start(model, { compaction, task: TASK });
    const sent = new Map(server.requests.map((r) => [r.raw.length, r.body?.messages]));
    expect(sent.size).toBeGreaterThan(50);
    const lines = linesOf(whole.path);
    const ends = lines.flatMap((line, i) => (line.includes('"agent.tool_result"') ? [i + 1] : []));
    // In the middle of asking for a summary, too: what was asked in vain is asked again.
    const asking = lines.findIndex((line) => line.includes('"purpose":"compaction"')) + 1;
    expect(asking).toBeGreaterThan(0);
    for (const at of [ends[5], ends[24], ends[25], asking, ends[40], ends.at(-1)]) {
      writeFileSync(whole.path, `${lines.slice(0, at).join('\n')}\n`);
      desk.ran.length = 0;
      const before = server.requests.length;
      const again = await desk.resume(model, whole.path, { compaction });
      expect(again, again.why).toMatchObject({ stop_reason: 'end_turn', text: whole.text });
      const next = server.requests[before]?.body as { messages: unknown; [key: string]: unknown };
      // What the resumed session asks first is what the whole one asked at that point.
      const same = server.requests.slice(0, before).some((r) => r.raw === server.requests[before]?.raw);
      expect(same, JSON.stringify(next.messages).slice(-300)).toBe(true);
    }
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  }, 60_000);

  for (const [name, answer, fault] of [
    ['a refusal', { text: 'I will not.', stop_reason: 'refusal' }, 'it refused'],
    ['an answer without text', { tools: [{ name: 'count', input: { n: 'wrong' } }] }, 'no text'],
    [
      'a failure',
      { error: { status: 400, type: 'invalid_request_error', message: 'Summaries are out today.' } },
      'out today',
    ],
  ] as const) {
    it(`goes on with a summary made in code after ${name}`, async () => {
      const model = await world(counter(40, () => answer as unknown as Answer));
      const end = await desk.start(model, { compaction, task: TASK });
      expect(end, end.why).toMatchObject({ stop_reason: 'end_turn' });
      expect(end.text).toContain('heliotrope');
      const [made] = summaries(end.path);
      expect(made).toMatchObject({ by: 'code', reason: expect.stringContaining(fault) });
      expect(JSON.stringify(made?.summary)).toContain('- count: ');
      expect(desk.ran).not.toContain('count wrong');
      expect(faultsOfSession(desk, end.path)).toEqual([]);
    }, 60_000);
  }

  it('is what helps when the server says that the conversation is too long, before anybody knew how long that is', async () => {
    const { at: _, ...unknown } = compaction;
    server = await startMessagesServer({
      answer: counter(60),
      fault: (_n, { raw }) => (JSON.stringify(raw.messages).length > 16_000 ? f.contextExceeded() : undefined),
    });
    opened = await loopbackModel(server.url);
    const end = await desk.start(opened.model, { compaction: unknown, task: TASK });
    expect(end, end.why).toMatchObject({ stop_reason: 'end_turn' });
    expect(end.text).toContain('heliotrope');
    expect(summaries(end.path).length).toBeGreaterThan(0);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
  }, 60_000);

  it('shortens long results first, where that is worth the cached prefix', async () => {
    let n = 0;
    const model = await world((body) => {
      if (asksForSummary(body)) return { text: 'Summed up.' };
      n++;
      return n > 6 ? { text: 'Done.' } : { tools: [{ name: 'count', input: { n: String(n), long: 6_400 } }] };
    });
    const end = await desk.start(model, { compaction, task: TASK });
    expect(end.stop_reason).toBe('end_turn');
    const [first] = eventsOf(end.path, 'agent.thread_context_compacted');
    expect(first).toMatchObject({ kept: 2_000, thinking_dropped: true });
    expect(first?.summary).toBeUndefined();
  });

  it('lists the files that were read and changed, by what the calls say and not by what the model says', async () => {
    const answers = [
      {
        tools: [
          { name: 'read', input: { path: 'src/a.ts' } },
          { name: 'read', input: { path: 'src/b.ts' } },
        ],
      },
      { tools: [{ name: 'edit', input: { path: 'src/b.ts', edits: [] } }] },
      { tools: [{ name: 'write', input: { path: 'no/way.ts', text: '' } }] },
    ];
    const { tools } = desk;
    const result = (isError: boolean) => ({
      content: [{ type: 'text' as const, text: 'x'.repeat(250) }],
      ...(isError && { isError }),
    });
    for (const name of ['read', 'edit', 'write']) {
      const like = tools.get('look');
      if (like === undefined) throw new Error('no tool to copy');
      const definition = { ...like.definition, name, input_schema: { type: 'object' } };
      tools.set(name, { ...like, definition, run: async ({ input }) => result(input.path === 'no/way.ts') });
    }
    let n = 0;
    const model = await world((body) =>
      asksForSummary(body) ? { text: 'I changed c.ts.' } : (answers[n++] ?? { text: 'Done.' }),
    );
    const small = { ...compaction, at: 400, keepTurns: 1 };
    const end = await desk.start(model, { compaction: small, task: TASK });
    expect(end.stop_reason).toBe('end_turn');
    const state = JSON.stringify(summaries(end.path).at(-1)?.summary);
    expect(state).toContain('Changed in this session: src/b.ts');
    expect(state).toContain('Read and not changed: src/a.ts');
    expect(state).not.toContain('no/way.ts,');
  });

  it('leaves nothing of the summary request in the conversation, and no word of the summary to a person', async () => {
    const model = await world(counter(40));
    const end = await desk.start(model, { compaction, task: TASK });
    expect(bytes(end.path)).not.toContain('The conversation has grown long');
    const people = readPast(end.path).filter((event) => event.type === 'user.message');
    expect(people).toHaveLength(1);
  });

  // Found here: what people said counted as something that could go, so a long task was summed up around at every single turn.
  it('is not repeated at every turn where what people said fills most of the room by itself', async () => {
    const model = await world(counter(60));
    const end = await desk.start(model, { compaction, task: `${'Mind the gap. '.repeat(1_500)} ${TASK}` });
    expect(end, end.why).toMatchObject({ stop_reason: 'end_turn' });
    expect(end.text).toContain('heliotrope');
    expect(summaries(end.path).length).toBeGreaterThan(2);
    expect(summaries(end.path).length).toBeLessThan(20);
  }, 60_000);

  it('works for the thread of a team as for the main one, and leaves the main one alone', async () => {
    const model = await world(counter(60));
    const id = '20261120-100000-team';
    const path = join(desk.dir, `${id}.jsonl`);
    const redact = redactor();
    const header = {
      id: 'evt_0',
      type: 'session.created',
      version: 1,
      session: id,
      source: { tool: 'agentmem' },
    } as const;
    const { writer } = createTranscript(path, header, { redact });
    let serial = 0;
    const random = () => (++serial).toString(16).padStart(8, '0');
    const now = () => new Date();
    const session = openSession({ id, path, writer, redact, now, random, onEvent: () => {} }, [header]);
    session.journal.append({ type: 'user.message', content: [{ type: 'text', text: 'Lead the way.' }] });
    const conversation = new Conversation({ thread: 'scout-1', load: () => undefined });
    const journal = threadJournal(session.journal, 'scout-1');
    const append = (...drafts: EventDraft[]) => {
      const events = journal.append(...drafts);
      for (const event of events) conversation.add(event);
      return events;
    };
    append({ type: 'user.message', content: [{ type: 'text', text: TASK, injected: 'lead' }] });
    const limits = openBudget({ limits: {}, spent: () => ({ day: 0, month: 0 }), now });
    const end = await runLoop({
      ...{
        model,
        modelId: 'claude-sonnet-5',
        tools: desk.tools,
        journal: { ...journal, append },
        conversation,
        redact,
      },
      ...{ budget: limits, warn: () => {}, progress: () => {}, signal: new AbortController().signal, compaction },
      rule: async () => ({ allowed: true, by: 'rule', decision: { verdict: 'allow', reason: 'test' } }),
    });
    writer.close();
    expect(end).toMatchObject({ stop: 'end_turn', text: 'Done. The word is heliotrope. FOUND:3' });
    expect(summaries(path).length).toBeGreaterThan(0);
    expect(summaries(path).every((event) => event.thread === 'scout-1')).toBe(true);
    expect(session.conversation.messages()).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Lead the way.' }] },
    ]);
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  }, 60_000);

  it('does nothing where it is switched off', async () => {
    const model = await world(counter(60));
    const end = await desk.start(model, { task: TASK });
    expect(end.stop_reason).toBe('end_turn');
    expect(eventsOf(end.path, 'agent.thread_context_compacted')).toEqual([]);
  }, 60_000);
});
