// Outcomes that somebody else knows, joined to stored sessions by their id, the tool's id, or the task's.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importSessions } from '../../src/stages/import.ts';
import { labelSessions } from '../../src/stages/label.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { openLogCache } from '../../src/store/log-cache.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { verifySessions } from '../../src/store/verify.ts';

let root: string;
let layout: Layout;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'agentmem-label-'));
  layout = layoutOf(join(root, '.agentmem'));
  const talk = (id: string, task: string, project = 'tea') =>
    JSON.stringify({
      id,
      task_id: task,
      project,
      messages: [
        { role: 'user', content: `Do ${task}` },
        { role: 'assistant', content: 'Done.' },
      ],
    });
  writeFileSync(
    join(root, 'talks.jsonl'),
    [talk('a', 't1'), talk('b', 't1'), talk('c', 't2'), talk('d', 't2', 'coffee')].join('\n'),
  );
  await importSessions({
    layout,
    paths: [join(root, 'talks.jsonl')],
    by: 'x',
    redact: (text) => text,
    emit: () => {},
    signal: undefined,
    cache: openLogCache(layout.cache, 'imports', 1),
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const label = (...rows: [id: string, outcome: 'pass' | 'fail'][]) =>
  labelSessions({
    layout,
    redact: (text) => text,
    sessions: openIndex(layout),
    rows: rows.map(([id, outcome], at) => ({ line: at + 1, id, label: { outcome, name: 'outcome' } })),
  });
const outcomes = () => Object.fromEntries(openIndex(layout).map(({ source, outcome }) => [source.id, outcome]));
const bytes = () => openIndex(layout).map(({ path }) => readFileSync(join(layout.sessions, path), 'utf8'));

describe('labels', () => {
  it('are joined by the session’s id here, its id in the tool, or for all sessions of a task', () => {
    expect(label(['messages-a', 'pass'], ['c', 'fail'])).toEqual({ labelled: 2, unchanged: 0, left: [] });
    expect(outcomes()).toEqual({ a: 'pass', b: null, c: 'fail', d: null });
    expect(label(['t1', 'fail'])).toMatchObject({ labelled: 2 });
    expect(outcomes()).toEqual({ a: 'fail', b: 'fail', c: 'fail', d: null });
  });

  it('change nothing when they come again, and can be changed and changed back', () => {
    label(['a', 'pass']);
    const before = bytes();
    expect(label(['a', 'pass'])).toEqual({ labelled: 0, unchanged: 1, left: [] });
    expect(bytes()).toEqual(before);
    expect(label(['a', 'fail'])).toMatchObject({ labelled: 1 });
    expect(label(['a', 'pass'])).toMatchObject({ labelled: 1 });
    expect(outcomes()).toMatchObject({ a: 'pass' });
    expect(verifySessions(layout).problems).toEqual([]);
  });

  it('say which rows belong to nothing here', () => {
    expect(label(['nobody', 'pass'], ['a', 'pass'])).toEqual({
      labelled: 1,
      unchanged: 0,
      left: [{ line: 1, id: 'nobody', reason: 'no session and no task has this id' }],
    });
  });

  it('are nobody’s where two projects have a task of that id', () => {
    expect(label(['t2', 'pass'])).toEqual({
      labelled: 0,
      unchanged: 0,
      left: [{ line: 1, id: 't2', reason: '2 projects have a task of this id: name their sessions instead' }],
    });
  });

  it('say which of two rows that contradict each other counts', () => {
    expect(label(['a', 'pass'], ['b', 'pass'], ['a', 'fail'])).toEqual({
      labelled: 2,
      unchanged: 0,
      left: [{ line: 1, id: 'a', reason: 'line 3 says otherwise of the same id, and counts' }],
    });
    expect(outcomes()).toMatchObject({ a: 'fail', b: 'pass' });
  });
});
