// Finding sessions by what a person types.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import type { IndexEntry } from '../../src/store/session-index.ts';
import { findSession, listSessions } from '../../src/store/sessions.ts';

function entry(id: string, more: Partial<IndexEntry> = {}): IndexEntry {
  const counts = { events: 0, tool_calls: 0, tool_errors: 0, unanswered_calls: 0, threads: 1, bad_lines: 0 };
  return {
    id,
    path: `undated/${id}.jsonl`,
    size: 1,
    mtimeMs: 1,
    source: { tool: 't' },
    counts,
    outcome: null,
    evaluations: 0,
    content: 'c',
    ...more,
  };
}
const problemOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.problem;
  }
  return undefined;
};

describe('findSession', () => {
  const index = ['tau-bench-12-3', 'tau-bench-1-0', 'tau-bench-1', 'codex-0ccf1a2b', 'codex-0cd'].map((id) =>
    entry(id),
  );

  it('takes an exact id, even one that others begin with', () => {
    expect(findSession(index, 'tau-bench-1').id).toBe('tau-bench-1');
  });

  it('takes the id that the session had in its own tool', () => {
    const imported = entry('claude-code-ab12-xyz', { source: { tool: 'claude-code', id: '9f00aa11-2222' } });
    expect(findSession([...index, imported], '9f00aa11-2222').id).toBe('claude-code-ab12-xyz');
    expect(findSession([...index, imported], '9f00').id).toBe('claude-code-ab12-xyz');
  });

  it('takes a beginning that only one id has', () => {
    expect(findSession(index, 'codex-0cc').id).toBe('codex-0ccf1a2b');
  });

  it('prefers the one id in which the beginning ends before a dash', () => {
    expect(findSession(index, 'tau-bench-12').id).toBe('tau-bench-12-3');
    const near = [entry('a-1-x'), entry('a-10-x')];
    expect(findSession(near, 'a-1').id).toBe('a-1-x');
  });

  it('takes last for the newest', () => {
    expect(findSession(index, 'last')).toBe(index[0]);
  });

  it('lists the candidates of an ambiguous beginning', () => {
    expect(problemOf(() => findSession(index, 'codex'))?.what).toBe(
      '2 sessions begin with "codex": codex-0ccf1a2b, codex-0cd',
    );
    const many = Array.from({ length: 9 }, (_, i) => entry(`s-${i}`));
    expect(problemOf(() => findSession(many, 's'))?.what).toBe(
      '9 sessions begin with "s": s-0, s-1, s-2, s-3, s-4, s-5 …',
    );
  });

  it('names the nearest ids where there is none', () => {
    expect(problemOf(() => findSession(index, 'codxe-0cd'))).toMatchObject({
      what: 'no session is called "codxe-0cd"',
      hint: expect.stringContaining('codex-0cd'),
    });
    expect(problemOf(() => findSession(index, 'zzzzzzzz'))?.hint).toBe('agent sessions list shows them all');
    expect(problemOf(() => findSession(index, ''))?.what).toBe('no session is called ""');
    expect(problemOf(() => findSession([], 'last'))?.what).toBe('no session is stored yet');
  });
});

describe('listSessions', () => {
  const a = entry('a', {
    source: { tool: 'codex' },
    agent: { name: 'nav' },
    model: 'm1',
    outcome: 'pass',
    at: '2026-01-10T00:00:00.000Z',
    project: 'p',
    task: { id: 't1' },
  });
  const b = entry('b', { outcome: 'fail', at: '2026-01-20T00:00:00.500Z' });
  const c = entry('c');
  const ids = (filter: Parameters<typeof listSessions>[1]) =>
    listSessions([b, a, c], filter)
      .map((e) => e.id)
      .join('');

  it('keeps the order and, without a filter, all', () => {
    expect(ids({})).toBe('bac');
  });

  it.each([
    [{ source: 'codex' }, 'a'],
    [{ agent: 'nav' }, 'a'],
    [{ model: 'm1' }, 'a'],
    [{ project: 'p' }, 'a'],
    [{ task: 't1' }, 'a'],
    [{ outcome: 'fail' }, 'b'],
    [{ outcome: null }, 'c'],
    [{ source: 'codex', outcome: 'fail' }, ''],
    [{ since: '2026-01-10T00:00:00.000Z' }, 'ba'],
    [{ since: '2026-01-11T00:00:00Z' }, 'b'],
    [{ until: '2026-01-20T00:00:00Z' }, 'a'],
    [{ since: '2026-01-10T00:00:00Z', until: '2026-01-20T00:00:01Z' }, 'ba'],
  ] as [Parameters<typeof listSessions>[1], string][])('passes by every part of %j', (filter, expected) => {
    expect(ids(filter)).toBe(expected);
  });
});
