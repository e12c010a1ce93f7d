// What a dream answers, for whoever started it; a pure function of what was read, thought and written.
import { spentOn } from '../../learning/words/dream-words.ts';
import type { DreamReport, DreamRequest } from './contract.ts';
import type { Found } from './find.ts';
import type { Material } from './read.ts';
import type { Thought } from './think.ts';
import type { Written } from './write.ts';

/** Everything that there is to tell of. `fresh`: sessions that no dream had read; `written` is absent where nothing was. */
export interface Dreamt {
  material: Material;
  found: Found;
  thought: Thought;
  fresh: number;
  written: Written | undefined;
}

export function reportOf(
  { words, sessions: { length: sessions } }: DreamRequest,
  { material, found: { mined, reading, estimate: readingEstimate }, thought, fresh, written }: Dreamt,
): DreamReport {
  const { id, base, fromCache } = material;
  const { changes, quarantined, withheld, doubtful, wishes, predictions, told, estimate } = thought;
  return {
    dream: id,
    status: 'completed',
    ...(changes.length === 0 && { reason: 'nothing worth changing was found' }),
    branch: written === undefined ? null : `dream/${id}`,
    base,
    head: written?.head ?? null,
    read: { sessions, new: fresh, collapsed: mined.collapsed, from_cache: fromCache, held_out: 0 },
    cards: mined.cards.length,
    changes: changes.map(({ entry, playbook, change, kind, grade, title, sessions: n, tasks, evidence }, i) => ({
      entry,
      playbook,
      change,
      kind,
      grade,
      title,
      commit: written?.commits[i] ?? null,
      sessions: n,
      tasks,
      evidence,
    })),
    quarantined: quarantined.map(({ card, reason }) => ({ claim: card.claim, reason, grade: card.grade })),
    withheld,
    silent: mined.silent,
    notes: doubtful,
    ...(wishes.length > 0 && { wishes }),
    ...(predictions.length > 0 && { predictions }),
    ...(words && !words.estimate && { words: told }),
    ...(reading && { reading }),
    ...(estimate && { estimate: { ...estimate, ...(readingEstimate && { reading: readingEstimate }) } }),
    usage: spentOn(words),
  };
}
