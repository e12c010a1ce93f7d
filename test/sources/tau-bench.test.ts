// tau-bench results: trials as sessions, labelled with their reward.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../src/domain/events.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { tauBench } from '../../src/sources/tau-bench.ts';
import { temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();
const read = (name: string, content: string) => tauBench.read([originFile(write(join(folder, name), content))]);

const use = (id: string, args: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'find', arguments: args } }],
});
const trial = (task_id: number, reward: number, extra: object[] = []) => ({
  task_id,
  trial: 1,
  reward,
  info: {},
  traj: [
    { role: 'system', content: 'Serve the shop.' },
    { role: 'user', content: 'Where is my parcel?' },
    use('c1', '{"parcel":4}'),
    { role: 'tool', tool_call_id: 'c1', name: 'find', content: 'Error: no such parcel' },
    ...extra,
    { role: 'assistant', content: 'It is lost.' },
  ],
});

describe('a trial', () => {
  it('is a session with task, label and undated events', () => {
    const { sessions, reports } = read('one.json', JSON.stringify([trial(3, 1), trial(4, 0.5)]));
    const { header, events } = sessions[0] ?? { header: undefined, events: [] };
    expect(header).toMatchObject({
      task: { id: '3', prompt: 'Where is my parcel?' },
      label: { outcome: 'pass', score: 1, name: 'reward' },
    });
    expect(header?.source.id).toMatch(/^3-1-[0-9a-z]{6}$/);
    expect(header?.session).toBe(`tau-bench-${header?.source.id}`);
    expect(header?.project).toMatch(/^tau-bench\/[0-9a-f]{8}$/);
    expect(events.map((e) => e.type)).toEqual([
      'system.message',
      'user.message',
      'agent.tool_use',
      'agent.tool_result',
      'agent.message',
    ]);
    expect(events[0]).toMatchObject({ content: [{ injected: 'system-prompt' }] });
    expect(events[3]).toMatchObject({ tool_use_id: events[2]?.id, call: 'c1', is_error: true });
    for (const event of [header, ...events]) {
      expect(event).not.toHaveProperty('at');
      expect(eventSchema.safeParse(event).error).toBeUndefined();
    }
    expect(reports[0]).toMatchObject({
      sessions: 2,
      tool_calls: 2,
      tool_errors: 2,
      unanswered_calls: 0,
      passed: 1,
      failed: 1,
    });
  });

  it('keeps arguments that are not JSON as text, and pairs ids that are used again by order', () => {
    const again = [use('c1', '{broken'), { role: 'tool', tool_call_id: 'c1', content: 'ok' }, use('c9', '{}')];
    const { sessions, reports } = read('again.json', JSON.stringify([trial(1, 0, again)]));
    const events = sessions[0]?.events ?? [];
    const calls = events.filter((e) => e.type === 'agent.tool_use');
    const results = events.filter((e) => e.type === 'agent.tool_result');
    expect(calls[1]).toMatchObject({ input: '{broken' });
    expect(results).toMatchObject([{ tool_use_id: calls[0]?.id }, { tool_use_id: calls[1]?.id }]);
    expect(reports[0]).toMatchObject({ tool_calls: 3, unanswered_calls: 1 });
  });

  it('has the same id in any file and order, and another where the conversation differs', () => {
    const ids = (content: object[]) => read('ids.json', JSON.stringify(content)).sessions.map((s) => s.header.session);
    const [a, b] = ids([trial(1, 1), trial(2, 1)]);
    expect(ids([trial(2, 1), trial(1, 1)])).toEqual([b, a]);
    expect(ids([trial(1, 1, [{ role: 'user', content: 'Hurry.' }])])).not.toEqual([a]);
    expect(ids([trial(1, 1), trial(1, 1)])).toEqual([a]);
  });

  it('is kept whole where a message is of no known role', () => {
    const { sessions } = read(
      'odd.json',
      JSON.stringify([{ task_id: 'x', traj: [{ role: 'ghost', content: 'boo' }, 7] }]),
    );
    expect(sessions[0]?.events).toMatchObject([
      { type: 'source.record', record: { role: 'ghost' } },
      { type: 'source.record', record: 7 },
    ]);
    expect(sessions[0]?.header).not.toHaveProperty('label');
  });
});

describe('a results file', () => {
  it('may hold one trial a line', () => {
    const { sessions, reports } = read('lines.jsonl', `${JSON.stringify(trial(1, 1))}\n{"task_id":2}\n{"cut`);
    expect(sessions).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      bad_lines: 2,
      problems: [
        { line: 2, reason: 'not a trial: no task_id or traj' },
        { line: 3, reason: 'cut off in the middle' },
      ],
    });
  });

  it('that is cut off gives the trials before the cut and says so', () => {
    const whole = JSON.stringify([trial(1, 1), trial(2, 0)]);
    const { sessions, reports } = read('cut.json', whole.slice(0, -20));
    expect(sessions.map((s) => s.header.task?.id)).toEqual(['1']);
    expect(reports[0]?.problems).toEqual([
      { line: 1, reason: 'the array is cut off in the middle: 1 complete record before the cut' },
    ]);
  });
});
