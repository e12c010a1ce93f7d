// What a memory cites: the events of recorded cards, and those that a person wrote into a section.
import { describe, expect, it } from 'vitest';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { citedBy, lessonsOf } from '../../src/learning/citations.ts';
import { entryId } from '../../src/learning/entry-id.ts';
import type { MemoryAt } from '../../src/learning/memory-at.ts';
import { printSection } from '../../src/learning/section.ts';
import { makeCard, SHA } from './make-card.ts';

const card = makeCard({
  counter_examples: [{ session: 'made-2', event: 'evt_2', sha256: SHA, quote: 'the crate is too heavy' }],
});
const id = entryId(card.fingerprint, new Set());
const section = printSection(
  card,
  { id, kind: 'mistake', grade: 'C', since: '2026-11-20', dream: 'd1', attributes: {} } as never,
  60,
);

function memory(text: string, recorded = true): MemoryAt {
  return {
    commit: '',
    files: new Map(),
    playbooks: [parsePlaybook('crates', text)],
    broken: [],
    decisions: [],
    cards: new Map(recorded ? [[card.fingerprint, card]] : []),
  } as MemoryAt;
}
const cited = (at: MemoryAt) =>
  new Set(citedBy(at, 'in force').map(({ session, event, entry }) => `${session} ${event} ${entry}`));

describe('citations', () => {
  const text = `---\nplaybook: crates\n---\n\n# crates\n\n${section}`;

  it('are found in the section, with and without the recorded card, counter-examples included', () => {
    const both = new Set([`made-1 evt_1 ${id}`, `made-2 evt_2 ${id}`]);
    expect(cited(memory(text))).toEqual(both);
    expect(cited(memory(text, false))).toEqual(both);
  });

  it('are found in the card where a person took the evidence out of the section', () => {
    const bare = text.replace(/<details>[\s\S]*<\/details>\n/, '');
    expect(bare).not.toContain('made-1');
    expect(cited(memory(bare))).toEqual(new Set([`made-1 evt_1 ${id}`, `made-2 evt_2 ${id}`]));
  });

  it('are found in a section that a person wrote', () => {
    const own = '---\nplaybook: own\n---\n\n## Weigh first\n\nSee `made-9` `evt_9` and `something` else.\n';
    expect(cited(memory(own))).toEqual(new Set(['made-9 evt_9 ']));
  });

  it('name each lesson once', () => {
    expect(lessonsOf(citedBy(memory(text), 'in force'))).toEqual([`${id} (crates, in force)`]);
  });
});
