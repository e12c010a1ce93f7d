// The name of what the index knows of a session.
import { expect, it } from 'vitest';
import { keyText } from '../../src/base/hash.ts';
import { briefOf } from '../../src/store/session-brief.ts';
import type { IndexEntry } from '../../src/store/session-index.ts';
import { sessionKey } from '../../src/store/session-key.ts';
import { INDEXED as entry } from '../support/indexed.ts';

it('is the same wherever the file lies, and in whatever order the index has its fields', () => {
  const { path: _path, size: _size, mtimeMs: _mtimeMs, ...identity } = entry;
  const turned = Object.fromEntries(Object.entries(entry).reverse()) as unknown as IndexEntry;
  for (const other of [{ ...entry, path: 'elsewhere', size: 1, mtimeMs: 9 }, identity, turned])
    expect(sessionKey(other)).toEqual(sessionKey(entry));
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
  expect(new Set([entry, ...others].map((one) => keyText(sessionKey(one)))).size).toBe(others.length + 1);
});

it('stands in the rows of lists', () => {
  expect(briefOf(entry).key).toEqual(sessionKey(entry));
});
