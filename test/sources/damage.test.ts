// Mutated transcripts: nothing crashes, and no line that can be read is lost.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSchema, type SessionEvent } from '../../src/domain/events.ts';
import type { Fields } from '../../src/sources/fields.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sniff } from '../../src/sources/sniff.ts';
import { sources } from '../../src/sources/table.ts';
import { tauBench } from '../../src/sources/tau-bench.ts';
import {
  answered,
  call,
  jsonl,
  readFiles,
  record,
  result,
  SESSION,
  said,
  temporaryFolder,
  text,
  write,
} from './support.ts';

const folder = temporaryFolder();
const agent = { isSidechain: true, agentId: 'x1' };
const shapes: Fields[] = [
  said('u1', null, 'Hello <system-reminder>x</system-reminder>'),
  answered('a1', 'u1', { type: 'thinking', thinking: 'Hm.' }, 'm1'),
  answered('a2', 'a1', call('t1', 'Task', { prompt: 'Go.' }), 'm1'),
  result('u2', 'a2', 't1', [text('done')], { is_error: true }),
  said('s1', null, 'Go.', agent),
  answered('s2', 's1', text('Gone.'), 'm2', agent),
  said('u3', 'u1', 'Again.'),
  record('attachment', 'x1', 'u3', { attachment: { type: 'nested_memory', content: { content: 'y' } } }),
  record('system', 'x2', 'x1', { subtype: 'compact_boundary', logicalParentUuid: 'u3' }),
  record('system', 'x3', 'x2', { subtype: 'api_error', error: { message: 'no' } }),
  { type: 'custom-title', customTitle: 'T', sessionId: SESSION },
  { type: 'last-prompt', lastPrompt: 'p', sessionId: SESSION },
];
const trials: Fields[] = [1, 2].map((task_id) => ({
  task_id,
  trial: 0,
  reward: 1,
  traj: [
    { role: 'user', content: 'a' },
    { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'c', content: 'Error' },
  ],
}));

// A step into the value, and what is put there.
const strange = fc.oneof(
  fc.constantFrom(null, '', 0, -1, true, [], {}, [null], 'u1', 'a1', 'tool_result', '\ud800', '__proto__'),
  fc.jsonValue({ maxDepth: 2 }),
);
const mutation = fc.record({
  target: fc.nat(),
  steps: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
  value: strange,
});

function mutated(value: unknown, steps: readonly number[], put: unknown): unknown {
  if (value === null || typeof value !== 'object' || steps.length === 0) return put;
  const entries = Object.entries(value);
  if (entries.length === 0) return put;
  const [step = 0, ...rest] = steps;
  const at = step % entries.length;
  const changed = entries.map(([k, v], i): [string, unknown] => [k, i === at ? mutated(v, rest, put) : v]);
  return Array.isArray(value) ? changed.map(([, v]) => v) : Object.fromEntries(changed);
}

function mutate(
  list: readonly Fields[],
  mutations: readonly { target: number; steps: number[]; value: unknown }[],
): unknown[] {
  const changed: unknown[] = [...list];
  for (const { target, steps, value } of mutations)
    changed[target % list.length] = mutated(changed[target % list.length], steps, value);
  return changed;
}

function expectStorable(events: readonly SessionEvent[]): void {
  for (const event of events) {
    const problem = eventSchema.safeParse(event).error;
    expect(problem, `${JSON.stringify(event)} ${problem}`).toBeUndefined();
  }
  expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
}

describe('Claude Code records with anything anywhere', () => {
  it('become events that can be stored, every record at least one', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const records = mutate(shapes, mutations);
        const { sessions, reports } = readFiles(
          write(join(folder, 'fuzz.jsonl'), records.map((r) => `${JSON.stringify(r)}\n`).join('')),
        );
        for (const { header, events } of sessions) expectStorable([header, ...events]);
        const objects = records.filter((r) => r !== null && typeof r === 'object' && !Array.isArray(r));
        expect(reports[0]?.bad_lines).toBe(records.length - objects.length);
        // Titles go into the header, and a record whose uuid was changed into another's may be that record once more.
        const distinct = new Set(objects.map((r) => JSON.stringify(r))).size;
        expect(sessions.flatMap((s) => s.events).length).toBeGreaterThanOrEqual(distinct - 1);
      }),
      { numRuns: 100 },
    );
  });

  it('lose nothing but the lines that are damaged', () => {
    const whole = jsonl(shapes);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.constantFrom('', '\0', '\n', '"', '}{', '\u2028'),
        fc.nat(40),
        (at, junk, cut) => {
          const damaged = whole.slice(0, at) + junk + whole.slice(at + cut);
          const { reports, sessions } = readFiles(write(join(folder, 'cut.jsonl'), damaged));
          const intact = shapes.filter(
            (r) => damaged.split('\n').includes(JSON.stringify(r)) && r.type !== 'custom-title',
          );
          expect(sessions.flatMap((s) => s.events).length).toBeGreaterThanOrEqual(intact.length);
          expect(reports[0]?.problems).toHaveLength(reports[0]?.bad_lines ?? -1);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('tau-bench trials with anything anywhere', () => {
  it('become events that can be stored, or are named as bad', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const list = mutate(trials, mutations);
        const path = write(join(folder, 'fuzz.json'), JSON.stringify(list));
        const { sessions, reports } = tauBench.read([originFile(path)]);
        for (const { header, events } of sessions) expectStorable([header, ...events]);
        expect((reports[0]?.sessions ?? 0) + (reports[0]?.bad_lines ?? 0)).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('bytes of no kind', () => {
  it('are sorted out without a crash', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((s) => Buffer.from(`[{${s}`)),
        ),
        (bytes) => {
          const found = sniff(write(join(folder, 'bytes'), bytes), sources);
          if (found.kind === 'unknown') expect(found.reason).not.toBe('');
          else expect(found.source.read([originFile(join(folder, 'bytes'))]).reports).toHaveLength(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
