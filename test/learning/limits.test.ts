// Tests of the caps of a dream.
import { describe, expect, it } from 'vitest';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { makeCard, makeSettings } from './make-card.ts';
import { other, plan } from './make-plan.ts';

describe('the caps', () => {
  it('keep to the changes of one dream, the first cards first', () => {
    const { changes, withheld } = plan([other(0), other(1), other(2)], {
      settings: makeSettings({ dream: { max_changes: 2 } }),
    });
    expect(changes.map((c) => c.card?.fingerprint)).toEqual(['other-0', 'other-1']);
    expect(withheld[0]?.reason).toContain('cap of 2 changes');
  });

  it('keep a playbook to its entries and its tokens', () => {
    const few = plan([other(0), other(1), other(2, { tool: 'weigh' })], {
      settings: makeSettings({ playbooks: { max_entries: 1 } }),
    });
    expect(few.changes.map((c) => c.playbook)).toEqual(['pack_crate', 'weigh']);
    expect(few.withheld[0]?.reason).toBe('the playbook pack_crate is full: 1 entries');
    const small = plan(
      [0, 1, 2, 3, 4].map((n) => other(n)),
      { settings: makeSettings({ playbooks: { max_tokens: 100 } }) },
    );
    expect(small.changes).toHaveLength(2);
    expect(small.withheld[0]?.reason).toBe('the playbook pack_crate is full: 100 tokens');
  });

  it('hold back what an unclosed fence or comment would swallow', () => {
    for (const open of ['```\nopen\n', '<!-- open\n']) {
      const inForce = [parsePlaybook('pack_crate', `# pack_crate\n\n${open}`)];
      const { changes, withheld } = plan([makeCard()], { inForce });
      expect(changes).toEqual([]);
      expect(withheld[0]?.reason).toContain('never closed');
    }
  });
});
