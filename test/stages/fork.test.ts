// Forks of sessions: what is copied and what is not, that the other session stays as it is, and that nothing counts twice.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usedSoFar } from '../../src/agent/budget.ts';
import { readPast } from '../../src/agent/past.ts';
import type { Tool } from '../../src/agent/tools/tool.ts';
import type { Header, SessionEvent } from '../../src/domain/events.ts';
import type { WrittenTurn } from '../../src/domain/script.ts';
import { collapseCopies } from '../../src/mining/copies.ts';
import { extractSession } from '../../src/mining/extract.ts';
import { type Forked, forkSession } from '../../src/stages/fork.ts';
import { redactor } from '../../src/store/redaction.ts';
import { readTranscript } from '../../src/store/transcript-read.ts';
import { verifySessions } from '../../src/store/verify.ts';
import type { MessagesServer } from '../support/messages-server.ts';
import { conversationOf, type Desk, eventsOf, makeDesk, resultsOf } from '../support/run-session.ts';

let desk: Desk;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());

const count = (n: string) => ({ name: 'count', input: { n } });
const SCRIPT: WrittenTurn[] = [
  { thinking: 'Hm.', text: 'First.', tools: [count('1'), count('2')] },
  { thinking: 'Ah.', tools: [count('3')] },
  { text: 'Done.' },
];

let serial = 0;
function fork(path: string, more: { at?: string; say?: string } = {}): Forked {
  return forkSession({
    ...{
      layout: desk.layout,
      redact: redactor(),
      from: { id: basename(path, '.jsonl'), path },
      modelId: 'claude-sonnet-5',
    },
    ...{ by: 'someone', workspace: { folder: desk.dir, project: 'made-up' } },
    now: () => new Date(),
    random: () => (++serial + 4096).toString(16).padStart(8, '0'),
    ...more,
  });
}

// A list of turns is used up by the answers that a fork begins with; these are given in order, whatever came before.
const next = (...turns: WrittenTurn[]) => desk.world((n) => turns[n]);
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const idOf = (path: string, test: (event: SessionEvent) => boolean) => readPast(path).find(test)?.id ?? '';
const problems = () => verifySessions(desk.layout).problems;
const messages = (path: string) => JSON.stringify(conversationOf(path).messages());
const lastAsked = (server: MessagesServer) => JSON.stringify(server.requests.at(-1)?.body?.messages);

describe('a fork', () => {
  it('begins with the other conversation up to the event, goes on with what is said, and leaves the other one as it is', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const before = hashOf(first.path);
    const at = idOf(first.path, (e) => e.type === 'agent.tool_result' && JSON.stringify(e).includes('count 2'));
    const made = fork(first.path, { at, say: 'Rather count ten.' });
    const other = await next({ tools: [count('10')] }, { text: 'Ten.' });
    const end = await desk.resume(other.model, made.path, { say: 'Rather count ten.' });
    expect(end).toMatchObject({ stop_reason: 'end_turn', text: 'Ten.', session: made.id });
    expect(desk.ran).toEqual(['count 1', 'count 2', 'count 3', 'count 10']);
    expect(hashOf(first.path)).toBe(before);
    expect(other.server.requests.filter((r) => r.refused)).toEqual([]);
    expect(lastAsked(other.server)).toContain('count 2 is done');
    expect(lastAsked(other.server)).not.toContain('count 3 is done');
    expect(problems()).toEqual([]);
    const header = readPast(made.path)[0] as Header;
    expect(header).toMatchObject({
      forked_from: { session: first.session, event: at },
      task: { prompt: 'Count everything.\n\nRather count ten.' },
      title: 'Rather count ten.',
    });
    expect(header.task?.id).toBeUndefined();
  });

  it('in the middle of an answer takes the whole answer, and tells its calls as not run', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const made = fork(first.path, { at: idOf(first.path, (e) => e.type === 'agent.thinking') });
    const results = resultsOf(made.path);
    expect(results).toHaveLength(2);
    for (const result of results)
      expect(result).toMatchObject({
        is_error: true,
        interrupted: true,
        text: expect.stringContaining('Not run here'),
      });
    const other = await next({ text: 'Done.' });
    expect(await desk.resume(other.model, made.path)).toMatchObject({ stop_reason: 'end_turn' });
    expect(other.server.requests.filter((r) => r.refused)).toEqual([]);
    expect(desk.ran).toEqual(['count 1', 'count 2', 'count 3']);
    expect(problems()).toEqual([]);
  });

  it('sends the very bytes that the other one sent, thinking included', async () => {
    const { server, model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const made = fork(first.path, { at: idOf(first.path, (e) => e.type === 'agent.tool_result'), say: 'Go on.' });
    await desk.resume(model, made.path, { say: 'Go on.' });
    expect(
      server.prefixBreaks.filter(({ path }) => path.startsWith('system') || path.startsWith('messages[0]')),
    ).toEqual([]);
    expect(JSON.stringify(server.requests[3]?.body?.messages)).toContain('Hm.');
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  });

  it('costs nothing for what it copied: no dollars, no turns, no minutes', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    expect(first.usage.requests).toBe(3);
    const made = fork(first.path, { say: 'And now?' });
    expect(usedSoFar(readPast(made.path))).toEqual({ usd: 0, tokens: 0, turns: 0, ms: 0, unpriced: 0, uncounted: 0 });
    const other = await next({ text: 'Now.' });
    const end = await desk.resume(other.model, made.path, { say: 'And now?', budget: { turns: 1 } });
    expect(end).toMatchObject({ stop_reason: 'end_turn', usage: { requests: 1 } });
  });

  it('is mined for its own part only, so that no mistake has two votes', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const made = fork(first.path, { say: 'Once more.' });
    const other = await next({ tools: [count('4')] }, { text: 'Four.' });
    await desk.resume(other.model, made.path, { say: 'Once more.' });
    const [whole, own] = [extractSession(readTranscript(first.path)), extractSession(readTranscript(made.path))];
    expect(whole.actions.map((a) => a.input)).toEqual([{ n: '1' }, { n: '2' }, { n: '3' }]);
    expect(own.actions.map((a) => a.input)).toEqual([{ n: '4' }]);
    expect(own.turns.map((t) => t.text)).toEqual(['Once more.']);
    expect(collapseCopies([whole, own]).collapsed).toEqual([]);
  });

  it('takes the files along that hold long results, into a folder of its own', async () => {
    const long = 'Pale blue dots. '.repeat(9_000);
    const tool = desk.tools.get('count') as Tool;
    desk.tools.set('count', { ...tool, run: async () => ({ content: [{ type: 'text', text: long }] }) });
    const { model } = await desk.world([{ tools: [count('1')] }, { text: 'Done.' }]);
    const first = await desk.start(model);
    const made = fork(first.path, { say: 'Go on.' });
    const [result] = resultsOf(made.path);
    expect(result?.file).toBe(`${made.id}.d/${basename(result?.file ?? '')}`);
    expect(readFileSync(join(dirname(made.path), result?.file ?? ''), 'utf8')).toBe(long);
    expect(messages(made.path)).toContain(messages(first.path).slice(1, 2_000));
    expect(problems()).toEqual([]);
  });

  it('carries no grade and no ending over: it has its own outcome', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const made = fork(first.path, { say: 'Go on.' });
    const types = new Set(readPast(made.path).map((event) => event.type));
    for (const type of ['session.usage', 'session.updated', 'session.error', 'span.outcome_evaluation_end'] as const)
      expect(types.has(type), type).toBe(false);
    const ends = eventsOf(made.path, 'span.model_request_end');
    expect(ends.every((event) => event.copied === true)).toBe(true);
  });

  it('of a fork works like a fork of any session', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const second = fork(first.path, { say: 'Again.' });
    const other = await next({ text: 'Yes.' });
    await desk.resume(other.model, second.path, { say: 'Again.' });
    const third = fork(second.path, { say: 'And again.' });
    const last = await next({ text: 'Well.' });
    expect(await desk.resume(last.model, third.path, { say: 'And again.' })).toMatchObject({ text: 'Well.' });
    expect(extractSession(readTranscript(third.path)).turns.map((t) => t.text)).toEqual(['And again.']);
    expect(problems()).toEqual([]);
  });

  it('answers a question that waits with what is said, and refuses where nothing is', async () => {
    const { model } = await desk.world([
      { tools: [{ name: 'ask', input: { n: 'the column' } }] },
      { text: 'Dropped.' },
    ]);
    const first = await desk.start(model);
    expect(first.stop_reason).toBe('requires_action');
    expect(() => fork(first.path)).toThrow('waits for an answer');
    const made = fork(first.path, { say: 'Drop it.' });
    const end = await desk.resume(model, made.path, { say: 'Drop it.' });
    expect(end).toMatchObject({ stop_reason: 'end_turn', text: 'Dropped.' });
    expect(resultsOf(made.path).map((r) => r.text)).toEqual(['Drop it.']);
  });

  it('is refused where it would have nothing to go on with, and leaves no file behind', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const sessions = () => readdirSync(dirname(first.path)).filter((name) => name.endsWith('.jsonl'));
    const header = idOf(first.path, (e) => e.type === 'session.created');
    for (const [more, words] of [
      [{}, 'had said that it is done'],
      [{ at: header, say: 'Go.' }, 'nothing had been said yet'],
      [{ at: 'evt_nowhere', say: 'Go.' }, 'no such event'],
      [{ at: 'evt_', say: 'Go.' }, 'events begin like that'],
      [{ at: '', say: 'Go.' }, 'no such event'],
    ] as const)
      expect(() => fork(first.path, more), words).toThrow(words);
    expect(sessions()).toHaveLength(1);
    expect(existsSync(`${first.path}.lock`)).toBe(false);
  });

  it('takes the beginning of an event’s id, with or without evt_', async () => {
    const { model } = await desk.world(SCRIPT);
    const first = await desk.start(model);
    const id = idOf(first.path, (e) => e.type === 'user.message');
    for (const at of [id, id.slice(0, -3), id.slice(4, -3)])
      expect((readPast(fork(first.path, { at }).path)[0] as Header).forked_from?.event).toBe(id);
  });
});
