// Orders of a person on a plan: what they do, what stands against them, and what they keep a dream from doing.
import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/domain/card.ts';
import { parsePlaybook, parseSection } from '../../../src/domain/playbook.ts';
import { applyChange, restoreEntry } from '../../../src/learning/apply.ts';
import { type PlanInput, planChanges } from '../../../src/learning/changes.ts';
import { changeMessage } from '../../../src/learning/commit-message.ts';
import { ordersIn, resolveOrders } from '../../../src/learning/wishes/orders.ts';
import { makeCard, makeSettings, SHA, seen } from '../make-card.ts';
import { dream, merged, plan } from '../make-plan.ts';

const heavy = makeCard();
const kiln = makeCard({
  tool: 'fire_kiln',
  template: 'Error: the ramp is too steep',
  claim: 'fire_kiln failed with “the ramp is too steep” in 6 sessions.',
  fingerprint: 'kiln-one',
  counts: seen(6),
  examples: [{ session: 'made-3', event: 'evt_3', sha256: SHA, quote: 'Error: the ramp is too steep' }],
});
const first = plan([heavy, kiln]);
const [a = '', k = ''] = first.changes.map((change) => change.entry);
const memory = merged(first);
const pinned = merged(first, new Map(), (text) => text.replace(/ -->/g, ' pinned -->'));
const byHand = {
  ...memory,
  inForce: [
    ...memory.inForce,
    parsePlaybook('own', '# Own\n\n## Knock first\n<!-- entry zz99 kind=fact grade=C -->\n\nKnock.\n'),
  ],
};

function ordered(text: string, cards: readonly Card[] = [], parts: Partial<PlanInput> = {}) {
  const input = { cards, ...memory, pending: [], decisions: [], dream, settings: makeSettings(), ...parts };
  const { wishes, leave, told } = resolveOrders(ordersIn(text).orders, input.inForce);
  const got = planChanges({ ...input, wishes, leave });
  return { ...got, told: [...told, ...(got.wishes ?? [])] };
}

describe('an order', () => {
  it('merges what it names, whatever tools that is about, with the evidence of both and a trailer that names what went', () => {
    const { changes, told } = ordered(`merge ${k} into ${a}`);
    expect(told).toEqual([{ by: 'person', text: `merge ${k} into ${a}`, changed: [a] }]);
    expect(changes).toMatchObject([{ change: 'merge', entry: a, replaces: [k], grade: 'C' }]);
    expect(changes[0]?.section).toContain('made-1');
    expect(changes[0]?.section).toContain('made-3');
    expect(changes[0] && changeMessage('d1', changes[0])).toContain(`Agentmem-Replaces: ${k}`);
  });

  it('can be taken back: what was merged away stands where it stood', () => {
    const [change] = ordered(`merge ${k} into ${a}`).changes;
    if (change === undefined) throw new Error('no change');
    const base = new Map(
      memory.inForce.map((p) => [`playbooks/${p.name}.md`, p.preamble + p.sections.map((s) => s.raw).join('')]),
    );
    const now = new Map(base);
    for (const [path, text] of applyChange(base, change)) text === null ? now.delete(path) : now.set(path, text);
    expect(now.has('playbooks/fire_kiln.md')).toBe(false);
    for (const [path, text] of restoreEntry(now, base, a, change.replaces))
      text === null ? now.delete(path) : now.set(path, text);
    expect(now).toEqual(base);
  });

  it('retires, and what it retired comes back only with twice the support', () => {
    const { changes } = ordered(`retire ${k}`, [kiln]);
    expect(changes).toMatchObject([{ change: 'retire', entry: k, body: 'Whoever dreamt asked for it.' }]);
    const recorded = new Map([...memory.recorded, ['kiln-one', changes[0]?.card ?? kiln] as const]);
    const inForce = memory.inForce.filter((p) => p.name !== 'fire_kiln');
    expect(plan([kiln], { inForce, recorded }).changes).toEqual([]);
    expect(plan([{ ...kiln, counts: seen(12) }], { inForce, recorded }).changes).toHaveLength(1);
  });

  it('may retire and pin what people wrote, but not merge it', () => {
    expect(ordered('retire zz99', [], byHand).changes).toMatchObject([
      { change: 'retire', entry: 'zz99', sessions: 0 },
    ]);
    const { changes } = ordered('pin zz99', [], byHand);
    expect(parseSection(changes[0]?.section ?? '').mark).toMatchObject({ id: 'zz99', pinned: true });
    expect(ordered(`merge zz99 into ${a}`, [], byHand).told[0]?.refused).toMatch(/no dream recorded a card/);
    expect(ordered(`merge ${a} into zz99`, [], byHand).told[0]?.refused).toMatch(/no dream recorded a card/);
  });

  it('leaves pinned entries as they are', () => {
    for (const order of [`retire ${a}`, `merge ${k} into ${a}`, `pin ${a}`])
      expect(ordered(order, [], pinned)).toMatchObject({
        changes: [],
        told: [{ refused: expect.stringMatching(/it is pinned/) }],
      });
  });

  it('to leave an entry or a playbook alone keeps today’s findings out of it', () => {
    const doubled = { ...heavy, counts: seen(40) };
    expect(ordered('leave nothing here alone', [doubled]).changes).toHaveLength(1);
    for (const order of [`leave ${a} alone`, 'leave pack_crate alone']) {
      const { changes, withheld, told } = ordered(order, [doubled]);
      expect(changes).toEqual([]);
      expect(withheld[0]?.reason).toContain('whoever dreamt asked to leave it alone');
      expect(told).toEqual([{ by: 'person', text: order, changed: [] }]);
    }
    const more = makeCard({ template: 'Error: the crate leaks', fingerprint: 'leaks' });
    expect(ordered('leave pack_crate alone', [more])).toMatchObject({
      changes: [],
      withheld: [{ reason: 'whoever dreamt asked to leave the playbook pack_crate alone' }],
    });
  });

  it('goes before what was mined, counts against the caps, and is told where it could not be followed', () => {
    const doubled = { ...heavy, counts: seen(40) };
    const { changes, withheld } = ordered(`merge ${k} into ${a}`, [doubled]);
    expect(changes).toMatchObject([{ change: 'merge' }]);
    expect(withheld[0]?.reason).toBe(`an order of today is about it: “merge ${k} into ${a}”`);
    const { told, changes: one } = ordered(`retire ${a}\nretire ${k}`, [], {
      settings: makeSettings({ dream: { max_changes: 1 } }),
    });
    expect(one).toHaveLength(1);
    expect(told[1]?.refused).toMatch(/over the cap/);
    const twice = ordered(`retire ${a}\nmerge ${a} into ${k}`);
    expect(twice.told[1]?.refused).toBe(`${a}: it is changed in this dream already`);
  });

  it('brings no words from outside into an entry that has none', () => {
    const outside = merged(plan([heavy]), new Map());
    const stranger = { ...kiln, trust: 'outside_tool' as const };
    const inForce = [...outside.inForce, ...merged(first).inForce.filter((p) => p.name === 'fire_kiln')];
    const recorded = new Map([...outside.recorded, ['kiln-one', stranger] as const]);
    expect(ordered(`merge ${k} into ${a}`, [], { inForce, recorded }).changes).toEqual([]);
  });
});
