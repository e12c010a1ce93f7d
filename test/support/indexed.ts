// What the index knows of one hand-made session.
import type { IndexEntry } from '../../src/store/session-index.ts';

export const INDEXED: IndexEntry = {
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
