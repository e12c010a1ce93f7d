// What graders see of a session: task, final message, calls that ran; and what they may not quote.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { readWork, workOf } from '../../src/grading/work.ts';
import { madeEvents, madeWork, writeTranscript } from './made.ts';

describe('the work of a session', () => {
  it('has the task, the last words of the main thread, and the calls that ran, with their results', () => {
    const work = madeWork(
      [
        ['read', { path: 'a' }],
        ['rm', {}, { denied: true }],
        ['sleep', {}, null],
      ],
      'Done.',
    );
    expect(work).toMatchObject({
      session: 's1',
      task: 'Land.',
      output: { text: 'Done.', event: 'evt_end' },
      artefacts: undefined,
    });
    expect(work.calls.map(({ use, result }) => [use.name, result?.id])).toEqual([
      ['read', 'evt_result0'],
      ['sleep', undefined],
    ]);
  });

  it('takes no words of a subagent, an abandoned branch or a hook for the final message, but counts their calls', () => {
    const more = [
      { id: 'evt_lost', type: 'agent.message', content: [{ type: 'text', text: 'Abandoned.' }] },
      { id: 'evt_lostuse', type: 'agent.tool_use', name: 'drop', input: {} },
      { id: 'evt_said', type: 'agent.message', rewound_to: 'evt_ask', content: [{ type: 'text', text: 'Kept.' }] },
      { id: 'evt_sub', type: 'agent.message', thread: 'helper', content: [{ type: 'text', text: 'Of a subagent.' }] },
      { id: 'evt_hook', type: 'agent.message', content: [{ type: 'text', text: 'Hook.', injected: 'hook' }] },
    ] as unknown as SessionEvent[]; // made by hand in the shape of the schema
    const work = workOf([...madeEvents([]), ...more], { sessionFile: '/nowhere/s1.jsonl' });
    expect(work.output).toEqual({ text: 'Kept.', event: 'evt_said' });
    expect(work.calls.map(({ use }) => use.name)).toEqual(['drop']);
  });

  it('lets events be quoted, but no thinking, no earlier grade, no label and nothing invented', () => {
    const grade = { id: 'evt_grade', type: 'span.outcome_evaluation_end', criteria: [{ reason: 'all is met' }] };
    const label = { id: 'evt_label', type: 'session.updated', label: { outcome: 'pass' } };
    const extra = [grade, label] as unknown as SessionEvent[]; // made by hand in the shape of the schema
    const work = workOf([...madeEvents([['read', { path: 'a' }]], 'Done.'), ...extra], {
      sessionFile: '/nowhere/s.jsonl',
    });
    expect(work.quoteOccurs('evt_use0', '"path":"a"')).toBe(true);
    expect(work.quoteOccurs('evt_end', 'Done')).toBe(true);
    expect(work.quoteOccurs('evt_end', 'Undone')).toBe(false);
    expect(work.quoteOccurs('evt_end', '')).toBe(false);
    expect(work.quoteOccurs('evt_thought', 'pretend')).toBe(false);
    expect(work.quoteOccurs('evt_grade', 'all is met')).toBe(false);
    expect(work.quoteOccurs('evt_label', 'pass')).toBe(false);
    expect(work.quoteOccurs('evt_none', 'Done')).toBe(false);
  });

  it('is read from a transcript, with the whole of a result that lies beside it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'agentmem-work-'));
    const file = join(dir, 's1.jsonl');
    writeTranscript(file, madeEvents([['read', {}, { file: 's1.d/evt_result0.txt' }]], 'Done.'));
    mkdirSync(join(dir, 's1.d'));
    writeFileSync(join(dir, 's1.d', 'evt_result0.txt'), 'long before the needle and after');
    const work = readWork(file, dir);
    expect(work).toMatchObject({ sessionFile: file, artefacts: dir, task: 'Land.' });
    expect(work.quoteOccurs('evt_result0', 'the needle')).toBe(true);
    expect(work.quoteOccurs('evt_result0', 'the haystack')).toBe(false);
    rmSync(dir, { recursive: true });
  });
});
