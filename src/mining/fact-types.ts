// What follows from one session alone: found once, when its extract is made, and folded across sessions by the detectors; no fact looks at another session or at an outcome.

import type { Asked } from './asked-types.ts';
import type { ActionStatus, ObservedValue } from './extract-types.ts';

/** What is kept of an error text: its class, and its masked line without labels. */
export interface Reading {
  kind: string;
  prefix: string;
  masked: string;
  /** `masked` with every mark as a wildcard. */
  plain: string;
}

/** A tool, and the words in which it failed. */
export interface Failure {
  tool: string;
  /** Absent where the text has no word in it. */
  reading?: Reading;
}

/** A call among those of its session. */
export interface Spot {
  place: number;
  /** As the call tells it. */
  at?: string;
}

/** An argument in which a repair differs from the failing call. */
export interface ChangeFact {
  pointer: string;
  /** Both values, printed side by side. */
  from: string;
  to: string;
  /** A hash of the new value, and one of both as they are printed. */
  value: number;
  pair: number;
  /** How alike the values are, at greater length; and as they are printed, where that differs. */
  alike: number;
  looksAlike?: number;
  /** −1, 0 or 1: where numbers went. */
  way: number;
  /** Who could have known the values: the agent alone, a tool of its own whose answer showed one, or an outside tool the new one. */
  source: 'own' | 'shown' | 'outside';
  /** The error quotes the failing value. */
  quoted?: true;
  /** It does, or names the argument. */
  named?: true;
  /** A try in vain had changed the argument too. */
  inVain?: true;
  /** The same job tried again, rather than another one. */
  adjusted?: true;
}

/** The first later success of the tool that failed. */
export interface RepairFact {
  place: number;
  changed: ChangeFact[];
  /** Successful calls of other tools between error and repair, and their tools. */
  between: number;
  tools: string[];
  /** Those of the tools that had not run in the equally long stretch before the error: of calls that share a text with the failing one, and of all. */
  sharing: string[];
  fresh: string[];
  /** The argument is all that the call has. */
  sole?: true;
}

/** What came of making the very same call again. */
export interface AgainFact {
  worked?: true;
  /** Actions of the lane between the error and the call that worked, or the last in vain. */
  steps: number;
  /** Seconds from the error to that call, where both are dated. */
  seconds?: number;
  /** Tools whose calls may be what helped. */
  helpers: string[];
}

/** One error of a tool, and what followed. */
export interface ErrorFact extends Spot, Failure {
  /** Later calls of the tool within reach, up to the one that worked. */
  tries: number;
  /** Absent where none worked, and where that of an earlier error in the same words is told. */
  repair?: RepairFact;
  again?: AgainFact;
  /** Actions of the lane from the failing call up to the repair, or the tries in vain. */
  cost: number;
  /** What it and the tries spent, where all of them tell. */
  tokens?: number;
  usd?: number;
  /** Whose words it may carry in: an outside tool's, or none but those of the tool itself; `unsure` where the call repeats what others said. */
  words: 'outside' | 'local' | 'unsure';
}

/** The same call made again right after its error, with nothing between that could have made a difference. */
export interface RepeatFact {
  /** Which of the errors. */
  error: number;
  /** Place of the call that was made again. */
  again: number;
  worked: boolean;
}

/** Calls of one cycle of tools that went round with equal results. */
export interface RoundsFact extends Spot {
  tools: string[];
  rounds: number;
  wasted: number;
}

/** Calls of a tool that a later one took back, the first of them. */
export interface UndoneFact extends Spot {
  tool: string;
  calls: number;
}

/** A tool that was called. */
export interface ToolFact {
  tool: string;
  /** Calls that worked. */
  worked: number;
  /** Calls that worked and were followed by another call of the tool in their lane. */
  followed: number;
}

/** The first successful call of a tool, which speaks for the session. */
export interface FirstFact {
  tool: string;
  place: number;
  /** Its arguments that are single values, by JSON pointer. */
  given: [pointer: string, value: ObservedValue][];
  /** What the agent had last read before it, as places in `Facts.shown`; one of each tool and pointer. */
  read: number[];
}

/** A single value that the answer of a tool showed. */
export type ShownFact = [tool: string, pointer: string, value: ObservedValue];

/** Runs of equal steps, of one lane after the other. */
export interface RunsFact {
  kinds: { tool: string; status: Exclude<ActionStatus, 'unanswered'> }[];
  /**
   * A place in `kinds`; 1 where nothing comes before it in its lane, else 0; then the steps at which it had become one of the step, two
   * and four, as far as it did. Steps count the session's calls from 1.
   */
  runs: [kind: number, opens: number, ...steps: number[]][];
}

export interface Facts extends Asked {
  tools: ToolFact[];
  /** In the order of the session. */
  errors: ErrorFact[];
  repeats: RepeatFact[];
  rounds: RoundsFact[];
  undone: UndoneFact[];
  first: FirstFact[];
  shown: ShownFact[];
  steps: RunsFact;
}

/** What is folded while sessions pass by. */
export type Doings = Pick<Facts, 'tools' | 'errors' | 'repeats' | 'rounds' | 'undone'>;

/** What arguments and readings are compared by. */
export type Given = Pick<Facts, 'first' | 'shown'>;

/** What copies of a session and sessions of the same task are found by; 32-bit numbers. */
export interface Marks {
  /** See `Extract.sketch`. */
  sketch: ArrayLike<number>;
  /** The set of its steps, ascending; empty for a session too short to be called a copy. */
  steps: Uint32Array;
  /** LSH keys of that set, and of the set of its prompt's words where no task is named; empty for an empty set. */
  stepKeys: ArrayLike<number>;
  promptKeys: ArrayLike<number>;
}
