// The small parts of a team: who holds a file, who gets a place, what an answer must look like, what a session's events say of its threads.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBudget } from '../../../src/agent/budget.ts';
import { answerOf, schemaFault } from '../../../src/agent/team/answer-schema.ts';
import { openGate } from '../../../src/agent/team/gate.ts';
import { jointBudget } from '../../../src/agent/team/joint-budget.ts';
import { ThreadBook, threadUsed } from '../../../src/agent/team/thread-book.ts';
import { openWriteLock } from '../../../src/agent/team/write-lock.ts';
import type { SessionEvent } from '../../../src/domain/events.ts';

describe('a write lock', () => {
  it('is held by the first to write until it lets go, and says who that is', () => {
    const lock = openWriteLock();
    const [ana, ben] = ['ana-1', 'ben-1'].map((thread) => lock.claimFor(thread, ['main']));
    expect(ana?.('a.txt')).toBeUndefined();
    expect(ana?.('a.txt')).toBeUndefined();
    expect(ben?.('a.txt')).toMatch(/a\.txt is held by ana-1/);
    expect(ben?.('b.txt')).toBeUndefined();
    lock.release('ana-1');
    expect(ben?.('a.txt')).toBeUndefined();
  });

  it('passes down to those that a thread waits for, and back', () => {
    const lock = openWriteLock();
    const main = lock.claimFor('main', []);
    const mid = lock.claimFor('mid-1', ['main']);
    const low = lock.claimFor('low-1', ['main', 'mid-1']);
    const other = lock.claimFor('low-2', ['main', 'mid-1']);
    expect([main('a'), mid('a'), low('a')]).toEqual([undefined, undefined, undefined]);
    expect(other('a')).toMatch(/held by low-1/);
    expect(mid('a')).toMatch(/held by low-1/);
    lock.release('low-1');
    expect(other('a')).toBeUndefined();
    lock.release('low-2');
    lock.release('mid-1');
    expect(main('a')).toBeUndefined();
  });

  it('never gives one file to two threads beside each other, whatever they do', () => {
    const step = fc.record({
      thread: fc.integer({ min: 0, max: 3 }),
      path: fc.constantFrom('a', 'b'),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lock = openWriteLock();
        const holder = new Map<string, number>();
        for (const { thread, path, release } of steps) {
          if (release) {
            lock.release(`t-${thread}`);
            for (const [held, by] of holder) if (by === thread) holder.delete(held);
            continue;
          }
          const refused = lock.claimFor(`t-${thread}`, ['main'])(path);
          const by = holder.get(path);
          expect(refused === undefined).toBe(by === undefined || by === thread);
          if (refused === undefined) holder.set(path, thread);
        }
      }),
    );
  });
});

describe('a gate', () => {
  const never = new AbortController().signal;

  it('lets so many in, and the others in the order in which they came', async () => {
    const gate = openGate(2);
    const order: number[] = [];
    const enter = (n: number) => gate.enter(never).then(() => void order.push(n));
    const all = [1, 2, 3, 4].map(enter);
    await Promise.all(all.slice(0, 2));
    expect([order, gate.waiting()]).toEqual([[1, 2], 2]);
    gate.leave();
    await all[2];
    gate.leave();
    await all[3];
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('forgets who stopped waiting, and keeps the place for the next', async () => {
    const gate = openGate(1);
    expect(await gate.enter(never)).toBe(true);
    const stop = new AbortController();
    const [gone, next] = [gate.enter(stop.signal), gate.enter(never)];
    stop.abort();
    expect(await gone).toBe(false);
    gate.leave();
    expect(await next).toBe(true);
    expect(await gate.enter(stop.signal)).toBe(false);
    gate.leave();
    expect(await gate.enter(never)).toBe(true);
  });
});

describe('a budget of two', () => {
  const usage = {
    input_tokens: 10,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    known: true,
  };
  const reply = { kind: 'answer' as const, usage, usd: 0.25 };
  const budget = (limits: { usd?: number; turns?: number }) =>
    openBudget({ limits, spent: () => ({ day: 0, month: 0 }), now: () => new Date(0) });

  it('counts against both, and names whose limit was reached', () => {
    const [own, session] = [budget({ turns: 2 }), budget({ usd: 1 })];
    const joint = jointBudget('ana-1', own, session);
    for (let i = 0; i < 2; i++) joint.charge(reply);
    expect(joint.check()?.text).toBe('the budget of ana-1 of 2 turns is used up');
    expect(joint.spent()).toEqual({ requests: 2, usd: 0.5, unpriced: 0 });
    const other = jointBudget('ben-1', undefined, session);
    for (let i = 0; i < 2; i++) other.charge(reply);
    expect(other.check()?.text).toMatch(/^the session’s budget of \$1\.00 is used up/);
    expect(session.used()).toMatchObject({ turns: 4, usd: 1 });
  });
});

describe('an answer that must fit a schema', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

  it.each([
    ['{"n": 1}', '{"n":1}'],
    ['```json\n{"n": 1}\n```', '{"n":1}'],
    ['  {"n": 1, "m": [null]}\n', '{"n":1,"m":[null]}'],
  ])('takes %j', (text, json) => {
    expect(answerOf(text, schema)).toEqual({ json });
  });

  it.each([
    ['Here it is: {"n": 1}', 'it is no JSON'],
    ['', 'it is no JSON'],
    ['[]', 'the answer must be an object, not an array'],
    ['{"n": 1.5}', 'n must be an integer, not a number'],
    ['{}', 'n is missing'],
    [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'it is nested deeper than 40 levels'],
  ])('says what is wrong with %.20j', (text, fault) => {
    expect(answerOf(text, schema)).toEqual({ faults: [fault] });
  });

  it('refuses a schema that nothing should be checked against', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    expect(schemaFault(deep)).toMatch(/deeper/);
    expect(schemaFault({ description: 'x'.repeat(30_000) })).toMatch(/longer/);
    expect(schemaFault(schema)).toBeUndefined();
  });
});

describe('the book of threads', () => {
  const at = (second: number) => `2026-11-21T08:00:${String(second).padStart(2, '0')}.000Z`;
  const events = (...rows: [type: string, fields?: object][]): SessionEvent[] =>
    rows.map(([type, fields], i) => ({ id: `evt_${i}`, at: at(i), type, ...fields }) as SessionEvent);
  const thread = 'ana-1';

  it('knows what was started, what it last said, and what was cut off', () => {
    const book = new ThreadBook(
      events(
        ['session.thread_created', { thread, agent: 'ana', title: 'Look.', workspace: 'copy' }],
        ['session.thread_status_running', { thread, model: 'm', tools: ['read'], folder: '/x' }],
        ['agent.thread_message_sent', { thread, to: 'main', content: [{ type: 'text', text: 'Half.' }] }],
        ['session.thread_status_idle', { thread, stop_reason: 'requires_action', waiting_for: ['evt_9'] }],
        ['session.thread_created', { thread: 'ben-1', agent: 'ben', parent: thread, role: 'critic' }],
        ['session.thread_status_running', { thread: 'ben-1' }],
        ['agent.thread_message_sent', { thread: 'nobody', to: 'main', content: 'odd' }],
      ),
    );
    expect(book.find(thread)).toMatchObject({
      ...{ member: 'ana', status: 'idle', stop: 'requires_action', waiting: ['evt_9'], answer: 'Half.' },
      ...{ workspace: 'copy', folder: '/x', model: 'm', tools: ['read'] },
    });
    expect(book.find('ben-1')).toMatchObject({ status: 'broken off', parent: thread, role: 'critic' });
    expect([book.freeId('ana'), book.freeId('cas')]).toEqual(['ana-2', 'cas-1']);
  });

  it('passes over threads whose names would lead elsewhere: folders and branches are named by them', () => {
    const names = ['../../x', '/etc', 'a/b', '', 'A', '.git', '-x', 'x'.repeat(100)];
    const book = new ThreadBook(
      events(...names.map((name): [string, object] => ['session.thread_created', { thread: name }])),
    );
    expect(book.all()).toEqual([]);
  });

  it('adds up what one thread used: its requests, and the time that it worked', () => {
    const end = { model: 'm', usage: { input_tokens: 5, output_tokens: 2 }, cost_usd: 0.5 };
    const used = threadUsed(
      events(
        ['session.thread_status_running', { thread }],
        ['span.model_request_end', { thread, ...end }],
        ['span.model_request_end', { thread: 'ben-1', ...end }],
        ['session.thread_status_idle', { thread }],
        ['session.thread_status_running', { thread }],
        ['span.model_request_end', { thread, ...end }],
      ),
      thread,
    );
    expect(used).toMatchObject({ usd: 1, turns: 2, tokens: 14, ms: 4_000 });
  });
});
