// What went on in a set of sessions: tools by day, and the entries that were loaded.
import { expect, it } from 'vitest';
import { activityOf } from '../../src/mining/activity.ts';
import { tell } from './tell.ts';

const run = (id: string, call: string, day?: string, entries?: string[]) =>
  tell({
    id,
    steps: [
      { call, ok: 'x' },
      { call, ok: 'y' },
    ],
    ...(day !== undefined && { day }),
    ...(entries && { header: { memory: { commit: 'c', entries } } }),
  });

it('counts a day once a session and tool, in order, and leaves undated sessions out', () => {
  const sessions = [
    run('a', 'fly', '2026-03-05', ['k7f3']),
    run('b', 'fly', '2026-03-01', ['k7f3', 'q2m8']),
    run('c', 'land', '2026-03-09'),
    run('d', 'fly'),
  ];
  const activity = activityOf(sessions);
  expect(activity).toEqual({
    oldest: '2026-03-01',
    newest: '2026-03-09',
    tools: new Map([
      ['fly', ['2026-03-01', '2026-03-05']],
      ['land', ['2026-03-09']],
    ]),
    loaded: new Map([
      ['k7f3', '2026-03-05'],
      ['q2m8', '2026-03-01'],
    ]),
    hurts: new Map(),
  });
  expect(activityOf([...sessions].reverse()).tools.get('fly')).toEqual(activity.tools.get('fly'));
  expect(activityOf([run('d', 'fly')])).toEqual({ tools: new Map(), loaded: new Map(), hurts: new Map() });
});
