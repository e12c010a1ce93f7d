// Tests of playbooks that live: what grows stale or expires is proposed for retirement, and what comes back is proposed again.
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import type { Card } from '../../src/domain/card.ts';
import type { PlanInput } from '../../src/learning/changes.ts';
import { makeCard, makeSettings, seen } from './make-card.ts';
import { decision, merged, other, plan } from './make-plan.ts';

const dream = { id: 'd20270601-aaaa', date: '2027-06-01' };
const days = (n: number, day: string) => Array.from({ length: n }, () => day);
const activity: Activity = {
  oldest: '2026-11-01',
  newest: '2027-06-01',
  tools: new Map([['pack_crate', [...days(9, '2026-11-20'), ...days(5, '2027-05-20')]]]),
  loaded: new Map(),
};
const on = (day: string, parts: Partial<Card> = {}) => makeCard({ last_seen: day, recent: [day], ...parts });
const old = on('2026-11-20');
const first = plan([old]);
const id = first.changes[0]?.entry ?? '';
const stands = merged(first);
const later = (cards: Card[], parts: Partial<PlanInput> = {}) => plan(cards, { ...stands, dream, activity, ...parts });

describe('an entry that was not seen for long while its tool was used', () => {
  it('is proposed for retirement, with the reason, whether its finding is still mined or not', () => {
    for (const cards of [[old], []]) {
      const { changes, withheld } = later(cards);
      expect(changes).toMatchObject([{ change: 'retire', entry: id, playbook: 'pack_crate' }]);
      expect(changes[0]?.body).toBe(
        'Last seen on 2026-11-20, 193 days before the newest session, while 5 sessions used the tool in the last 90d.',
      );
      expect(changes[0]?.section).toBeUndefined();
      expect(withheld).toEqual([]);
    }
  });

  it.each<[string, Partial<PlanInput>, Card[]?]>([
    ['while it is still seen', {}, [on('2027-05-01')]],
    [
      'while hardly any session uses its tool',
      { activity: { ...activity, tools: new Map([['pack_crate', days(2, '2027-05-20')]]) } },
    ],
    ['while sessions still load it', { activity: { ...activity, loaded: new Map([[id, '2027-05-25']]) } }],
    ['by a dream that read only the newest sessions', { activity: { ...activity, oldest: '2027-05-01' } }],
    ['by a dream that knows no days', { activity: { tools: activity.tools, loaded: new Map() } }],
    ['where the setting gives it longer', { settings: makeSettings({ dream: { stale_after: '52w' } }) }],
    ['once it is pinned', merged(first, new Map(), (t) => t.replace(' dream=', ' pinned dream='))],
    ['once a person has edited it', merged(first, new Map(), (t) => t.replace('Seen in', 'We saw it in'))],
    ['where no dream recorded it', { recorded: new Map() }],
  ])('stays %s', (_, parts, cards = [old]) => {
    expect(later(cards, parts).changes).toEqual([]);
  });

  it('stays where it is a person’s wish, which need not be said twice', () => {
    const wish = on('2026-11-20', { kind: 'preference', trust: 'person', claim: 'People said “pack the crates dry”.' });
    expect(plan([wish], { ...merged(plan([wish])), dream, activity }).changes).toEqual([]);
  });

  it('is not asked about again while the retirement waits, nor soon after a reviewer kept it', () => {
    const card = later([old]).changes[0]?.card ?? old;
    const waiting = { branch: 'dream/x', entries: [], cards: new Map([[card.fingerprint, card]]), decisions: [] };
    expect(later([old], { pending: [waiting] }).changes).toEqual([]);
    expect(later([old], { decisions: [decision(old, { at: '2027-05-30T00:00:00Z' })] }).changes).toEqual([]);
    expect(later([old], { decisions: [decision(old, { at: '2027-01-30T00:00:00Z' })] }).changes).toHaveLength(1);
  });

  it('goes a quarter of a playbook at a time, but one of a small playbook', () => {
    const many = Array.from({ length: 9 }, (_, n) => other(n, { last_seen: '2026-11-20' }));
    const full = merged(plan(many));
    const result = plan(many, { ...full, dream, activity });
    expect(result.changes.map((c) => c.change)).toEqual(['retire', 'retire']);
    expect(result.withheld).toHaveLength(7);
    expect(result.withheld[0]?.reason).toMatch(
      /should be retired \(Last seen .*\), but not yet: .*more than a quarter/,
    );
  });
});

describe('an entry whose mark says when it expires', () => {
  const until = (day: string, more = '') =>
    merged(first, new Map(), (t) => t.replace(' dream=', `${more} dream=`).replace(' -->', ` expires=${day} -->`));

  it('is proposed for retirement after that day, as the sessions count days', () => {
    const { changes } = later([on('2027-05-30')], until('2027-05-31'));
    expect(changes[0]?.body).toContain('expires=2027-05-31');
    expect(changes[0]?.card?.retired?.because).toBe('expired');
    expect(later([on('2027-05-30')], until('2027-06-01')).changes).toEqual([]);
    expect(later([on('2027-05-30')], until('2027-05-31', ' pinned')).changes).toEqual([]);
    expect(later([on('2027-05-30')], until('some-day')).changes).toEqual([]);
  });
});

describe('what was retired', () => {
  const card = later([old]).changes[0]?.card ?? old;
  const gone = { inForce: [], recorded: new Map([[card.fingerprint, card]]), dream: { id: 'd3', date: '2027-07-01' } };

  it('for staleness comes back once three newer sessions showed it', () => {
    expect(plan([old], gone).withheld[0]?.reason).toBe(
      'retired on 2027-06-01 because it had not been seen for long; it may come back once 3 newer sessions show it, so far 0 did',
    );
    expect(plan([on('2027-06-20', { recent: ['2027-06-20', '2027-06-20', '2027-06-01'] })], gone).changes).toEqual([]);
    const { changes } = plan(
      [on('2027-06-20', { recent: ['2027-06-20', '2027-06-20', '2027-06-02', '2026-11-20'] })],
      gone,
    );
    expect(changes).toMatchObject([{ change: 'add', entry: id }]);
    expect(changes[0]?.body).toContain('since then 3 sessions showed it again');
    expect(changes[0]?.card?.retired).toBeUndefined();
  });

  it('by a person stays down, however often it is seen, until its evidence has doubled', () => {
    const recent = days(12, '2027-06-20');
    const decisions = [decision(old, { verdict: 'retired', sessions: 8 })];
    expect(plan([on('2027-06-20', { recent })], { ...gone, decisions }).changes).toEqual([]);
    const doubled = on('2027-06-20', { recent, counts: seen(16) });
    expect(plan([doubled], { ...gone, decisions }).changes[0]?.body).toContain('It was retired when 8');
  });

  it('comes back under no other name', () => {
    const wide = on('2026-11-20', {
      template: 'Error: the crate is too heavy, weight is <*>, limit is <*>',
      fingerprint: 'wide',
    });
    expect(plan([wide], gone).withheld[0]?.reason).toContain('retired on 2027-06-01');
    const fresh = { ...wide, last_seen: '2027-06-20', recent: days(3, '2027-06-20') };
    expect(plan([fresh], gone).changes).toHaveLength(1);
  });

  it('and accepted by a reviewer counts as retired by the dream, not turned down', () => {
    const decisions = [decision(card, { verdict: 'accepted' })];
    expect(plan([on('2027-06-20', { recent: days(3, '2027-06-20') })], { ...gone, decisions }).changes).toHaveLength(1);
  });
});

describe('a full playbook', () => {
  const settings = makeSettings({ playbooks: { max_entries: 4 } });
  const four = [0, 1, 2, 3].map((n) => other(n, { counts: seen(10 + n), last_seen: '2027-05-30' }));
  const full = merged(plan(four));
  const strong = (sessions: number, parts: Partial<Card> = {}) =>
    other(9, { counts: seen(sessions), last_seen: '2027-05-30', ...parts });
  const next = (cards: Card[], parts: Partial<PlanInput> = {}) =>
    plan(cards, { ...full, dream, activity, settings, ...parts });

  it('gives its least supported entry for one with half as much support again, first the one, then the other', () => {
    const { changes, withheld } = next([...four, strong(15)]);
    expect(changes.map((c) => [c.change, c.card?.fingerprint])).toEqual([
      ['retire', 'other-0'],
      ['add', 'other-9'],
    ]);
    expect(changes[0]?.body).toBe(
      `The playbook is full. It makes room for ${changes[1]?.entry}, which 15 sessions support; this one has 10.`,
    );
    expect(changes[0]?.card?.retired).toEqual({ on: '2027-06-01', because: 'room' });
    expect(withheld).toHaveLength(3);
  });

  it('gives none for one that is hardly better, nor what is pinned, nor without room in the dream for both', () => {
    expect(next([...four, strong(14)]).changes).toEqual([]);
    expect(next([...four, strong(14)]).withheld.at(-1)?.reason).toBe('the playbook pack_crate is full: 4 entries');
    const pinned = merged(plan(four), new Map(), (t) => t.replaceAll(' dream=', ' pinned dream='));
    expect(next([...four, strong(40)], pinned).changes).toEqual([]);
    const one = makeSettings({ playbooks: { max_entries: 4 }, dream: { max_changes: 1 } });
    expect(next([...four, strong(40)], { settings: one }).changes).toEqual([]);
  });

  it('gives what has gone stale before anything else, for whatever is seen today', () => {
    const aged = four.map((c, n) => (n === 3 ? { ...c, last_seen: '2026-11-20' } : c));
    const stale = merged(plan(aged));
    const { changes } = next([...aged, strong(5)], stale);
    expect(changes.map((c) => [c.change, c.card?.fingerprint])).toEqual([
      ['retire', 'other-3'],
      ['add', 'other-9'],
    ]);
    expect(changes[0]?.body).toContain('Last seen on 2026-11-20');
  });

  it('is never traded back and forth', () => {
    const traded = next([...four, strong(15)]);
    const files = new Map(
      full.inForce.map((p) => [`playbooks/${p.name}.md`, p.preamble + p.sections.map((s) => s.raw).join('')]),
    );
    const after = merged(traded, files);
    const recorded = new Map([...full.recorded, ...after.recorded]);
    const again = next([...four, strong(15)], { inForce: after.inForce, recorded });
    expect(again.changes).toEqual([]);
  });
});
