// What a detector is handed and what it gives back; detects nothing itself.
import type { Card, CardKind, Change, Predicate } from '../../domain/card.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { Fold } from '../folds/part.ts';
import type { Quote } from '../quotes.ts';
import type { Answer, Search } from '../searches.ts';

/** A text of the same errors: see templates.ts. */
export interface ErrorTemplate {
  key: string;
  tool: string;
  text: string;
}

export interface Context {
  /** Copies left out, in the order of their ids. */
  sessions: readonly Extract[];
  /** The task of a session: see strata.ts. */
  taskOf(session: string): string;
  /** Sessions of one task and model, which may be compared. */
  stratumOf(extract: Extract): string;
}

/** One session in which a finding was seen: one vote, however often it happened there. */
export interface Sighting {
  session: Extract;
  quote: Quote;
  /** How often it happened in this session. */
  events: number;
  /** Tool calls that would not have been made without it. */
  wasted: number;
  /** The action whose words are quoted; absent where a person spoke. */
  action?: Action;
  /** Whose words that action can carry in, where it is known without reading it. */
  words?: 'outside' | 'local';
  /** When it was first seen there; absent for undated sessions. */
  at?: string;
}

export interface Finding {
  kind: CardKind;
  tool?: string;
  template?: ErrorTemplate;
  /** One sentence that states only what was counted. */
  claim: string;
  /** The claim without counts: part of the fingerprint. */
  normalised: string;
  change?: Change;
  /** What it does to outcomes, compared within tasks. A card with it may be graded B (`effect.confirmed`), else C. */
  effect?: NonNullable<Card['effect']>;
  /** The rule that an agent can follow to the letter. */
  predicate?: Predicate;
  /** What lay between a first attempt and an accepted one. */
  gap?: NonNullable<Card['gap']>;
  /** Steps that successful sessions have in common. */
  workflow?: NonNullable<Card['workflow']>;
  /** What went with outcomes. */
  pattern?: NonNullable<Card['pattern']>;
  /** Whose preference it is: `team`, or `person:` and their names. */
  scope?: string;
  /** One per session, in the order of the sessions. */
  sightings: Sighting[];
  /** Sessions that speak against it. */
  against: { session: Extract; quote: Quote }[];
  /** Whose words the claim uses: `nobody` where it is made of counts and names of tools and arguments. */
  words: 'nobody' | 'tool' | 'person';
  /** True where a value that the claim shows came from an outside tool, whoever used it in the end. */
  borrowed?: true;
  /** Why this is no lesson by itself, whatever the counts; makes the card grade D. */
  doubt?: string;
  /** What else a reader must know. */
  note?: string;
}

export interface Detector {
  family: CardKind;
  /** What is said when nothing was found. */
  nothing: string;
  /** A pure function; findings in any order. */
  detect(context: Context): Finding[];
  /** The same from facts alone, so that one walk over the sessions serves all detectors that have it, and known sessions need none. */
  fold?: Fold<Finding>;
  /** The same as a comparison of outcomes, whose search can be done in another thread, and whose answer can be kept. */
  compare?(context: Context): Comparing;
  /** Why it is silent on these sessions and what would let it speak; used instead of `nothing` where it says something. */
  silence?(context: Context): string | undefined;
}

/** A comparison of the outcomes of some sessions. */
export interface Comparing {
  /** What has to be searched, by `answerTo` in whichever thread; absent where all is done in `said`. */
  search?: Search;
  /** What it says, by the answer. */
  said(answer?: Answer): Said;
}

/** What came of a comparison. */
export interface Said {
  found: Outline[];
  /** Why it is silent, where it is and knows why. */
  silence?: string;
}

/** A finding in plain values, without its sessions, and where to find them. */
export interface Outline extends Omit<Finding, 'sightings' | 'against' | 'template'> {
  /** What of a call is quoted: how it ended, or an argument, the first where none is named. */
  quote: { ending: true } | { argument?: string };
  seen: Seen;
  against: Places;
}

/** Sessions by their places among those compared, and of each the place of a call. */
export interface Places {
  sessions: Int32Array;
  calls: Int32Array;
}

/** Those that showed it, with the day of the call (days since 1970, UTC; `UNDATED` where nobody knows) and the calls wasted. */
export interface Seen extends Places {
  days: Int32Array;
  wasted: Float64Array;
}

/** When an action was seen. */
export function timeOf(session: Extract, action: { at?: string } | undefined): { at?: string } {
  const at = action?.at ?? session.at;
  return at === undefined ? {} : { at };
}
