// An entry that a hold-out has shown to hurt: proposed for retirement with the numbers, kept where a person wants it, and not learned again by itself.
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import type { HoldoutEffect } from '../../src/domain/counters.ts';
import { makeCard } from './make-card.ts';
import { merged, plan } from './make-plan.ts';

const dream = { id: 'd20270601-aaaa', date: '2027-06-01' };
const card = makeCard({ last_seen: '2027-05-30', recent: ['2027-05-30'] });
const first = plan([card]);
const id = first.changes[0]?.entry ?? '';
const effect: HoldoutEffect = {
  ...{ tasks: 6, with: 50, without: 8, difference: -0.31, p: 0.002, holm: 0.004, effect: 'hurts' },
};
const activity: Activity = {
  ...{ oldest: '2026-11-01', newest: '2027-06-01', tools: new Map(), loaded: new Map([[id, '2027-05-31']]) },
  hurts: new Map([[id, effect]]),
};

describe('an entry that hurts by a hold-out', () => {
  it('is proposed for retirement although it is seen and loaded every day', () => {
    const { changes } = plan([card], { ...merged(first), dream, activity });
    expect(changes).toMatchObject([{ change: 'retire', entry: id }]);
    expect(changes[0]?.body).toBe(
      'It hurts: over 6 tasks, 50 sessions with it and 8 that a draw kept it out of, it takes 31 points off the rate of success (p = 0.004 over all entries compared).',
    );
    expect(changes[0]?.card?.retired).toEqual({ on: '2027-06-01', because: 'hurts' });
  });

  it('stays once it is pinned', () => {
    const pinned = merged(first, new Map(), (t) => t.replace(' dream=', ' pinned dream='));
    expect(plan([card], { ...pinned, dream, activity }).changes).toEqual([]);
  });

  it('does not come back by itself, however often its mistake is made', () => {
    const retired = plan([card], { ...merged(first), dream, activity }).changes[0]?.card ?? card;
    const gone = { inForce: [], recorded: new Map([[retired.fingerprint, retired]]) };
    const often = makeCard({ last_seen: '2027-08-30', recent: Array.from({ length: 9 }, () => '2027-08-30') });
    const { changes, withheld } = plan([often], { ...gone, dream: { id: 'd20270901-bbbb', date: '2027-09-01' } });
    expect(changes).toEqual([]);
    expect(withheld[0]?.reason).toContain('retired on 2027-06-01 because it hurt');
  });
});
