// Tests of findings that turn out to be one: merged, retired, or left to a person.
import { describe, expect, it } from 'vitest';
import { parseSection, printPlaybook } from '../../src/domain/playbook.ts';
import { makeCard } from './make-card.ts';
import { merged, other, plan } from './make-plan.ts';

describe('findings that turn out to be one', () => {
  const narrow = ['one', 'two', 'three', 'four'].map((w) =>
    makeCard({ template: `Error: the crate ${w} is far too heavy`, fingerprint: `narrow-${w}` }),
  );
  const wide = makeCard({ template: 'Error: the crate <*> is far too heavy', fingerprint: 'wide' });
  const fillers = [0, 1, 2, 3].map((n) => other(n));

  it('are merged in place, with the earliest day and the names of the old', () => {
    const first = plan([...narrow.slice(0, 2), ...fillers], { dream: { id: 'd1', date: '2026-01-01' } });
    const { changes } = plan([wide, ...fillers], merged(first));
    expect(changes).toHaveLength(1);
    const old = first.changes.slice(0, 2).map((c) => c.entry);
    expect(changes[0]).toMatchObject({ change: 'merge', replaces: old });
    expect(parseSection(changes[0]?.section ?? '').mark?.since).toBe('2026-01-01');
    expect(changes[0]?.body).toContain(`takes the place of ${old.join(', ')}`);
  });

  it('stay apart while each is still found', () => {
    const first = plan([...narrow.slice(0, 2), ...fillers]);
    const { changes } = plan([wide, ...narrow.slice(0, 2), ...fillers], merged(first));
    expect(changes.map((c) => c.change)).toEqual(['add']);
  });

  it('are not merged over what a person edited', () => {
    const first = plan([narrow[0] ?? wide]);
    const { changes, withheld } = plan(
      [wide],
      merged(first, new Map(), (t) => t.replace('Seen in', 'Seen by us in')),
    );
    expect(changes).toEqual([]);
    expect(withheld[0]?.reason).toContain('is about the same, and a person has edited it');
  });

  it('are retired where an entry that stays says the same', () => {
    const first = plan([wide, ...fillers]);
    const id = first.changes[0]?.entry ?? '';
    const pinned = merged(first, new Map(), (t) =>
      t.replace(`entry ${id} kind=mistake grade=C`, `entry ${id} kind=mistake grade=C pinned`),
    );
    const files = new Map(pinned.inForce.map((p) => [`playbooks/${p.name}.md`, printPlaybook(p)]));
    const second = plan([narrow[0] ?? wide]);
    const both = merged(second, files);
    const recorded = new Map([...pinned.recorded, ...both.recorded]);
    const { changes } = plan([wide, ...fillers], { inForce: both.inForce, recorded });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ change: 'retire', entry: second.changes[0]?.entry });
    expect(changes[0]?.section).toBeUndefined();
  });

  it('never cost a playbook more than a quarter of its entries', () => {
    const first = plan([...narrow, ...fillers.slice(0, 2)]);
    const { changes, withheld } = plan([wide, ...fillers.slice(0, 2)], merged(first));
    expect(changes).toEqual([]);
    expect(withheld.map((w) => w.reason)).toContain(
      'the playbook pack_crate would lose more than a quarter of its entries in one dream',
    );
  });
});
