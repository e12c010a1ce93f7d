// The memory in force as a curator sees it: entries with what supports them, statements of notes, playbooks that are nearly full; bounded, and judges nothing.
import { sha256 } from '../../base/hash.ts';
import type { Card } from '../../domain/card.ts';
import { withAbsorbed } from '../absorbed.ts';
import type { PlanInput } from '../changes.ts';
import { openLedger } from '../limits.ts';
import { newestCard } from '../newest-card.ts';
import { blocksOf, type NoteBlock } from '../note-blocks.ts';
import { lastSeen } from '../retire.ts';
import { promptTokens } from '../section.ts';
import { type Standing, type StandingEntry, standingOf, trustOf } from '../standing.ts';

/** An entry in force with the newest evidence for it; none for what a person wrote. */
export interface SeenEntry {
  entry: StandingEntry;
  card?: Card;
  /** Newest day on which it was seen; '' where none is known. */
  last: string;
}

/** A statement of a note, under a name for this conversation. */
export interface SeenNote {
  name: string;
  block: NoteBlock;
}

export interface View {
  entries: SeenEntry[];
  notes: SeenNote[];
  /** Playbooks at nine tenths of a cap or above, with how full they are. */
  full: { name: string; entries: number; tokens: number }[];
  /** Names of all playbooks, broken ones included. */
  playbooks: string[];
  standing: Standing;
}

export const MOST_ENTRIES = 150;
export const MOST_NOTES = 40;
const NEARLY_FULL = 0.9;

/** Where there is more than a curator is shown at once, the dream's name decides which part: another dream shows another. */
export function viewOf(input: PlanInput): View {
  const broken = (input.broken ?? []).map((b) => b.playbook);
  const { playbooks: caps } = input.settings;
  const standing = standingOf([...input.inForce, ...broken], input.recorded, input.pending, input.decisions, {
    maxRuleWords: caps.max_rule_words,
    untouchable: broken.map((b) => b.name),
  });
  const current = new Map(withAbsorbed(input.cards, input.recorded).map((card) => [card.fingerprint, card]));
  // Words that came from outside are shown to no model.
  const readable = standing.entries.filter(
    (entry) => !broken.some((b) => b.name === entry.playbook) && trustOf(entry) !== 'outside_tool',
  );
  const entries = readable.map((entry): SeenEntry => {
    const card = newestCard(entry, current, input.policy);
    return { entry, ...(card && { card }), last: card === undefined ? '' : lastSeen(entry, card) };
  });
  const notes = [...(input.notes ?? [])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, text]) => blocksOf(path, text).filter((block) => block.kind !== 'numbered'));
  const full = openLedger(input.inForce, broken, input.settings).playbooks.map(({ name, sections }) => {
    const own = sections.filter((section) => section.mark !== undefined);
    return { name, entries: own.length, tokens: own.reduce((sum, section) => sum + promptTokens(section), 0) };
  });
  return {
    entries: partOf(entries, MOST_ENTRIES, input.dream.id),
    notes: partOf(notes, MOST_NOTES, input.dream.id).map((block, at) => ({ name: `n${at + 1}`, block })),
    full: full.filter((p) => p.entries >= caps.max_entries * NEARLY_FULL || p.tokens >= caps.max_tokens * NEARLY_FULL),
    playbooks: [...input.inForce, ...broken].map(({ name }) => name),
    standing,
  };
}

function partOf<T>(all: readonly T[], most: number, seed: string): T[] {
  if (all.length <= most) return [...all];
  const from = Number.parseInt(sha256(seed).slice(0, 8), 16) % all.length;
  return [...all.slice(from), ...all.slice(0, from)].slice(0, most);
}
