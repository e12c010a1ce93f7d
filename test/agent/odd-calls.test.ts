// Calls as servers really send them: broken, doubled, unknown, with ids that come again; each is answered and the session goes on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WrittenTurn } from '../../src/domain/script.ts';
import * as f from '../support/messages-server/faults.ts';
import { type Answering, type Desk, faultsOfSession, makeDesk, resultsOf } from '../support/run-session.ts';

let desk: Desk;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());
const world = (answer: Answering, lacks: string[] = []) => desk.world(answer, { lacks });

const count = (n: string, more: object = {}) => ({ name: 'count', input: { n, ...more } });
const texts = (path: string) => resultsOf(path).map((r) => r.text);

describe('calls as servers send them', () => {
  const once = (fault: f.Fault, turn: WrittenTurn) => async () =>
    await world((n) => (n === 0 ? { ...fault, turn } : { text: 'Done.' }));

  for (const [name, fault, why] of [
    ['that are no JSON', f.toolJson('{"n": "1"'), 'no complete JSON'],
    ['that are no object', f.toolJson('[1]'), 'no JSON object'],
    ['that are text', f.toolJson('count the first'), 'no complete JSON'],
  ] as const) {
    it(`arguments ${name} do not run, and the model is told what arrived`, async () => {
      const { model, server } = await once(fault, { tools: [count('1'), count('2')] })();
      const end = await desk.start(model);
      expect(end.stop_reason).toBe('end_turn');
      expect(desk.ran).toEqual([]);
      expect(texts(end.path)).toEqual([expect.stringContaining(why), expect.stringContaining(why)]);
      expect(faultsOfSession(desk, end.path)).toEqual([]);
      expect(server.prefixBreaks).toEqual([]);
    });
  }

  it('arguments of a megabyte run', async () => {
    const huge = JSON.stringify({ n: '1', text: 'x'.repeat(1_000_000) });
    const { model } = await once(f.toolJson(huge, 65_536), { tools: [count('1')] })();
    expect((await desk.start(model)).stop_reason).toBe('end_turn');
    expect(desk.ran).toEqual(['count 1']);
  });

  it('no arguments at all are an empty object', async () => {
    const { model } = await once(f.toolJson(''), { tools: [count('1')] })();
    const end = await desk.start(model);
    expect(desk.ran).toEqual(['count undefined']);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
  });

  it('two calls with one id: the second does not run, and both are answered', async () => {
    const twice = [
      { ...count('1'), id: 'toolu_x' },
      { ...count('2'), id: 'toolu_x' },
    ];
    const { model, server } = await world([{ tools: twice }, { text: 'Done.' }]);
    const end = await desk.start(model);
    expect(end.stop_reason).toBe('end_turn');
    expect(desk.ran).toEqual(['count 1']);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  });

  // Found here: servers that count their calls anew in each turn ended the session with the second turn.
  it('ids that come again in a later turn are sent so that every server takes them', async () => {
    const same = (n: string) => ({ tools: [{ ...count(n), id: 'call_0' }] });
    const { model, server } = await world([same('1'), same('2'), same('3'), { text: 'Done.' }]);
    const end = await desk.start(model);
    expect(end.stop_reason, end.why).toBe('end_turn');
    expect(desk.ran).toEqual(['count 1', 'count 2', 'count 3']);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
    expect(server.prefixBreaks).toEqual([]);
  });

  it('ids that no server takes back are made to fit', async () => {
    const { model, server } = await world([{ tools: [{ ...count('1'), id: 'functions.count:0' }] }, { text: 'Done.' }]);
    const end = await desk.start(model);
    expect(end.stop_reason, end.why).toBe('end_turn');
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  });

  it('tools that do not exist are named to the model, also where the name could never be one', async () => {
    const { model, server } = await world([
      { tools: [{ name: 'teleport', input: {} }, { name: 'read file!', input: {} }, count('1')] },
      { text: 'Done.' },
    ]);
    const end = await desk.start(model);
    expect(end.stop_reason).toBe('end_turn');
    expect(texts(end.path)[0]).toContain('There is no tool named "teleport"');
    expect(desk.ran).toEqual(['count 1']);
    expect(faultsOfSession(desk, end.path)).toEqual([]);
    expect(server.requests.filter((r) => r.refused)).toEqual([]);
  });

  it('a block that nobody knows does not end the session', async () => {
    const { model } = await once(f.unknownBlock(), { tools: [count('1')] })();
    const end = await desk.start(model);
    expect(end.stop_reason, end.why).toBe('end_turn');
    expect(faultsOfSession(desk, end.path)).toEqual([]);
  });
});
