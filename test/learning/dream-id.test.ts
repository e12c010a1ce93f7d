// The name of a dream depends on what its result depends on, and on nothing else.
import { expect, it } from 'vitest';
import { settingsSchema } from '../../src/domain/settings.ts';
import { type DreamInput, dreamId, newestDay } from '../../src/learning/dream-id.ts';

const settings = settingsSchema.parse({});
const inputs: DreamInput[] = [
  { session: 'a', content: '1', outcome: 'pass', last: '2026-11-19T10:00:00.000Z' },
  { session: 'b', content: '2', outcome: null },
];
const id = (more: { base?: string; inputs?: DreamInput[]; settings?: typeof settings } = {}) =>
  dreamId('2026-11-20', more.base ?? 'c0ffee', more.inputs ?? inputs, more.settings ?? settings);

it('carries the day and is the same for the same input in any order', () => {
  expect(id()).toMatch(/^d20261120-[0-9a-z]{4}$/);
  expect(id({ inputs: [...inputs].reverse() })).toBe(id());
});

it('changes with base, sessions, outcomes and what the dream is told to do', () => {
  const [a, b] = inputs as [DreamInput, DreamInput];
  const others = [
    id({ base: 'decade' }),
    id({ inputs: [a] }),
    id({ inputs: [a, { ...b, content: '3' }] }),
    id({ inputs: [{ ...a, outcome: 'fail' }, b] }),
    id({ settings: settingsSchema.parse({ dream: { max_changes: 3 } }) }),
  ];
  expect(new Set([id(), ...others]).size).toBe(6);
});

it('does not change with where sessions are shared, how long they are kept and what runs before', () => {
  const elsewhere = settingsSchema.parse({
    sessions: 'branch',
    retention: { sessions: '30d' },
    nightly: { before: ['true'] },
  });
  expect(id({ settings: elsewhere })).toBe(id());
});

it('knows the newest day, and none where nothing is dated', () => {
  expect(newestDay(inputs)).toBe('2026-11-19');
  expect(newestDay([{ session: 'b', content: '2', outcome: null }])).toBeUndefined();
});
