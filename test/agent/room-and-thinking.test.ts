// Conversations that no longer fit, thinking that no longer holds, and servers that lack parts of the API: what is let go, and that nothing else is.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WrittenTurn } from '../../src/domain/script.ts';
import * as f from '../support/messages-server/faults.ts';
import type { MessagesServer } from '../support/messages-server.ts';
import {
  type Answering,
  conversationOf,
  type Desk,
  eventsOf,
  faultsOfSession,
  makeDesk,
} from '../support/run-session.ts';

let desk: Desk;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());
const world = (answer: Answering, lacks: string[] = []) => desk.world(answer, { lacks });

const count = (n: string, more: object = {}) => ({ name: 'count', input: { n, ...more } });
const body = (server: MessagesServer, n: number) => server.requests.at(n)?.body as { [key: string]: unknown };

describe('a conversation that no longer fits', () => {
  const long = (n: string): WrittenTurn => ({ thinking: `On to ${n}.`, tools: [count(n, { long: 8_000 })] });
  const SCRIPT = [long('1'), long('2'), long('3'), { text: 'Done.' }];
  const room = (max: number, fault: () => f.Fault) =>
    desk.world(SCRIPT, {
      fault: (_, { raw }) => (JSON.stringify(raw.messages).length > max ? fault() : undefined),
    });

  for (const [name, fault] of [
    ['context exceeded', f.contextExceeded],
    ['413', f.tooLarge],
  ] as const) {
    it(`${name}: the oldest results are shortened, thinking is let go, and the work goes on`, async () => {
      const { server, model } = await room(19_000, fault);
      const end = await desk.start(model);
      expect(end).toMatchObject({ stop_reason: 'end_turn', text: 'Done.' });
      const [compacted] = eventsOf(end.path, 'agent.thread_context_compacted');
      expect(compacted).toMatchObject({ thinking_dropped: true, kept: 2000 });
      expect(desk.ran).toEqual(['count 1', 'count 2', 'count 3']);
      expect(faultsOfSession(desk, end.path)).toEqual([]);
      expect(server.requests.filter((r) => r.refused)).toEqual([]);
      const sent = JSON.stringify(server.requests.at(-1)?.body);
      const again = conversationOf(end.path).messages();
      expect(again.slice(0, -1).every((m) => sent.includes(JSON.stringify(m.content[0]).slice(0, 60)))).toBe(true);
    });
  }

  it('where even that does not help it ends, and goes on with a model that has more room', async () => {
    const { model } = await room(1_000, f.contextExceeded);
    const end = await desk.start(model);
    expect(end.stop_reason).toBe('retries_exhausted');
    expect(faultsOfSession(desk, end.path)).toEqual([]);
    const wide = await world(SCRIPT);
    expect(await desk.resume(wide.model, end.path)).toMatchObject({ stop_reason: 'end_turn', text: 'Done.' });
    expect(desk.ran).toEqual(['count 1', 'count 2', 'count 3']);
  });

  it('an answer that ran out of context is not part of the conversation', async () => {
    const { server, model } = await world([
      long('1'),
      long('2'),
      { text: 'Half of', stop_reason: 'model_context_window_exceeded' },
      { text: 'Done.' },
    ]);
    const end = await desk.start(model);
    expect(end).toMatchObject({ stop_reason: 'end_turn', text: 'Done.' });
    expect(JSON.stringify(body(server, -1))).not.toContain('Half of');
    expect(eventsOf(end.path, 'agent.thread_context_compacted')).toHaveLength(1);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
  });
});

describe('thinking', () => {
  const SCRIPT: WrittenTurn[] = [
    { thinking: 'Hm.', tools: [count('1')] },
    { thinking: 'Ah.', tools: [count('2')] },
    { thinking: 'So.', text: 'Done.' },
  ];

  it('that no longer fits is let go once, and the work goes on', async () => {
    const fault = (n: number) => (n === 1 ? f.thinkingMismatch() : undefined);
    const { server, model } = await desk.world(SCRIPT, { fault });
    const end = await desk.start(model);
    expect(end).toMatchObject({ stop_reason: 'end_turn', text: 'Done.' });
    expect(eventsOf(end.path, 'agent.thread_context_compacted')).toMatchObject([{ thinking_dropped: true }]);
    expect(JSON.stringify(body(server, 2))).not.toContain('Hm.');
    expect(faultsOfSession(desk, end.path)).toEqual([]);
  });

  it('that is refused again ends the run instead of going round', async () => {
    const { server, model } = await world(() => f.thinkingMismatch());
    const end = await desk.start(model);
    expect(end.stop_reason).toBe('retries_exhausted');
    expect(server.requests).toHaveLength(1);
  });

  it('is sent back byte for byte when the session is resumed, also in the middle of calls', async () => {
    const { server, model } = await world(SCRIPT);
    const end = await desk.start(model, { budget: { turns: 2 } });
    expect(end.stop_reason).toBe('budget_reached');
    expect(await desk.resume(model, end.path)).toMatchObject({ stop_reason: 'end_turn' });
    expect(server.prefixBreaks).toEqual([]);
    expect(JSON.stringify(body(server, -1))).toContain('Ah.');
  });

  it('is left behind when another model goes on', async () => {
    const { server, model } = await world(SCRIPT);
    const end = await desk.start(model, { budget: { turns: 2 } });
    const after = await desk.resume(model, end.path, { modelId: 'claude-opus-5' });
    expect(after).toMatchObject({ stop_reason: 'end_turn' });
    expect(JSON.stringify(body(server, -1))).not.toContain('Ah.');
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  });

  // Found here: a server of the older kind refuses calls without the thinking that led to them, so the session could not go on.
  it('of older models, once let go, is not demanded of the turn that lacks it', async () => {
    const { server, model } = await world(SCRIPT, ['adaptive']);
    const end = await desk.start(model, { budget: { turns: 2 } });
    const after = await desk.resume(model, end.path, { modelId: 'claude-opus-4' });
    expect(after, after.why).toMatchObject({ stop_reason: 'end_turn', text: 'Done.' });
    expect(server.requests.filter((r) => r.refused).map((r) => r.refused?.message)).toEqual([
      expect.stringContaining("'adaptive'"),
      expect.stringContaining("'adaptive'"),
    ]);
  });
});

describe('compatible servers', () => {
  for (const lacks of [
    ['cache_control'],
    ['thinking'],
    ['output_config'],
    ['cache_control', 'thinking', 'output_config'],
    ['adaptive'],
  ]) {
    it(`without ${lacks.join(', ')}: the session works, and each lack is found out once`, async () => {
      const { server, model } = await world(
        [{ tools: [count('1')] }, { tools: [count('2')] }, { text: 'Done.' }],
        lacks,
      );
      const end = await desk.start(model, { effort: 'high' });
      expect(end, end.why).toMatchObject({ stop_reason: 'end_turn', text: 'Done.' });
      expect(desk.ran).toEqual(['count 1', 'count 2']);
      expect(server.requests.filter((r) => r.refused)).toHaveLength(lacks.length);
      expect(server.requests).toHaveLength(3 + lacks.length);
      const again = await desk.resume(model, end.path, { say: 'Once more.', effort: 'high' });
      expect(again.stop_reason).not.toBe('end_turn'); // the script has no further answer
      expect(server.requests.filter((r) => r.refused?.status === 400)).toHaveLength(lacks.length);
      expect(faultsOfSession(desk, end.path)).toEqual([]);
    });
  }
});
