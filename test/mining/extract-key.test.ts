// The name of an extract in the cache, and what the index knows of it anyway.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differencesOf, type Identity, type Kept, keptOf, keyOf } from '../../src/mining/extract-key.ts';
import { EXTRACT_VERSION } from '../../src/mining/extract-types.ts';
import type { IndexEntry } from '../../src/store/session-index.ts';

const entry: IndexEntry = {
  id: 's1',
  path: '2026/03/s1.jsonl',
  size: 10,
  mtimeMs: 5,
  source: { tool: 'pot', id: 'x' },
  agent: { name: 'builder' },
  task: { id: 't1', prompt: 'Fire it.' },
  at: '2026-03-01T00:00:00Z',
  counts: { events: 3, tool_calls: 1, tool_errors: 0, unanswered_calls: 0, threads: 1, bad_lines: 0 },
  outcome: 'pass',
  evaluations: 0,
  content: 'c'.repeat(64),
};

it('is the same wherever the file lies, and in whatever order the index has its fields', () => {
  const { path: _path, size: _size, mtimeMs: _mtimeMs, ...identity } = entry;
  const turned = Object.fromEntries(Object.entries(entry).reverse()) as unknown as IndexEntry;
  for (const other of [{ ...entry, path: 'elsewhere', size: 1, mtimeMs: 9 }, identity, turned])
    expect(keyOf(other)).toBe(keyOf(entry));
});

it('is another one where anything else differs', () => {
  const others: IndexEntry[] = [
    { ...entry, id: 's2' },
    { ...entry, content: 'd'.repeat(64) },
    { ...entry, outcome: 'fail' },
    { ...entry, outcome: null },
    { ...entry, model: 'm' },
    { ...entry, task: { id: 't1' } },
    { ...entry, task: { id: 't1', prompt: 'Fire it!' } },
    { ...entry, source: { tool: 'x', id: 'pot' } },
    { ...entry, counts: { ...entry.counts, bad_lines: 1 } },
    { ...entry, agent: { name: 'builder', version: '1' } } as IndexEntry,
    { ...entry, evaluations: 1 },
  ];
  expect(new Set([entry, ...others].map((one) => keyOf(one))).size).toBe(others.length + 1);
});

const word = fc.constantFrom('a', 'b', 'c');
const maybe = fc.option(word, { nil: undefined });
const outcome = fc.constantFrom('pass' as const, 'fail' as const, null);

it('what is kept of a session is had from what the index says and where it differs', () => {
  const fields = ['project', 'task', 'agent', 'model', 'by', 'at', 'last', 'label'] as const;
  const kept = fc
    .record({ session: word, content: word, tool: word, outcome, others: fc.tuple(...fields.map(() => maybe)) })
    .map(({ others, ...rest }): Kept => {
      const known = fields.flatMap((field, i) => (others[i] === undefined ? [] : [[field, others[i]]]));
      return { version: EXTRACT_VERSION, ...rest, ...Object.fromEntries(known) };
    });
  const said = fc.record({ id: word, content: word, tool: word, outcome, a: maybe, b: maybe, c: maybe }).map(
    ({ id, content, tool, outcome: ended, a, b, c }): Identity => ({
      ...{ id, content, source: { tool }, outcome: ended, evaluations: 0, counts: entry.counts },
      ...(a !== undefined && { project: a, task: { id: a }, model: a }),
      ...(b !== undefined && { by: b, at: b, agent: { name: b } }),
      ...(c !== undefined && { last_at: c }),
    }),
  );
  fc.assert(
    fc.property(kept, said, (one, index) => {
      const differences: unknown = JSON.parse(JSON.stringify(differencesOf(one, index)));
      const again = keptOf(differences as ReturnType<typeof differencesOf>, index);
      expect(again).toEqual(one);
      expect(Object.keys(again).sort()).toEqual(Object.keys(one).sort());
    }),
  );
});

it('keeps nothing that the index says', () => {
  const same: Kept = { version: EXTRACT_VERSION, session: 's1', content: entry.content, tool: 'pot', outcome: 'pass' };
  const told = { task: 't1', agent: 'builder', at: '2026-03-01T00:00:00Z' };
  expect(differencesOf({ ...same, ...told, label: 'potter' }, entry)).toEqual({ label: 'potter' });
});
