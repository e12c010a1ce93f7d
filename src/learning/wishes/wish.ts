// What somebody wants done with entries in force, beside what was mined: a person who dreams, or a curator; types only, grants nothing.
import type { Place } from '../placement.ts';
import type { Words } from '../words/lesson.ts';

/** One thing to do. Entries are named as their marks name them. */
export type Deed =
  /** `entry` goes; its evidence stands below `into` from then on, in `words` where they are given. */
  | { do: 'merge'; entry: string; into: string; words?: Words }
  | { do: 'retire'; entry: string; reason: string }
  | { do: 'word'; entry: string; words: Words }
  | { do: 'pin'; entry: string }
  /** The entry goes to another playbook, under a longer form of its name. */
  | { do: 'move'; entry: string; place: Place }
  /** The whole text that a note has afterwards. */
  | { do: 'note'; path: string; text: string; subject: string; body: string };

/** What is wanted: all its deeds or none of them. */
export interface Wish {
  by: 'person' | 'curator';
  /** For reports: the words of the order, or what the curator proposed in words of ours. */
  text: string;
  deeds: readonly Deed[];
}

/** What a person wants no dream to touch: entries by name, and whole playbooks. */
export interface LeftAlone {
  entries: readonly string[];
  playbooks: readonly string[];
}

/** What came of a wish: the entries that changed, or why nothing did. */
export interface WishTold {
  by: Wish['by'];
  text: string;
  changed: string[];
  refused?: string;
}
