// What is true of a made-up world: the nouns that generators write and the scorer compares cards with; no code of either.
import type { Draft } from './transcript.ts';

interface Common {
  /** False: a card that says so is right, but nobody must find it. */
  wanted: boolean;
  /** Groups what is wanted in the table, for example the strength of an effect. */
  sub?: string;
}

/** An error of a tool and what became of it. `words` occur in every wording of the error. */
export interface ErrorTruth extends Common {
  is: 'error';
  tool: string;
  words: string[];
  cure:
    | { by: 'argument'; argument: string }
    | { by: 'tool'; tool: string }
    | { by: 'waiting' }
    /** Nothing helps. */
    | { by: 'nothing' };
  /** The same call was repeated at least twice in a row without a change. */
  repeated?: boolean;
}

export interface RepeatTruth extends Common {
  is: 'blind_retry' | 'loop' | 'thrash';
  /** Any of these may be the tool that the card names. */
  tools: string[];
}

export interface PreferenceTruth extends Common {
  is: 'preference';
  words: string[];
}

export interface GapTruth extends Common {
  is: 'gap';
  /** What the agent did between the first attempt and the accepted one. */
  tool: string;
  argument?: string;
  criterion?: string;
  words?: string[];
}

export interface WorkflowTruth extends Common {
  is: 'workflow';
  tools: string[];
}

export interface RuleTruth extends Common {
  is: 'argument_rule';
  tool: string;
  argument: string;
  /** The good side. */
  good: { op: '>=' | '<='; threshold: number } | { op: '=='; value: string };
  condition?: { tool: string; result: string; threshold: number; fixedByTask: boolean };
  /** `label` for an imported outcome; `whole` is true as well wherever a criterion is. */
  criterion: string;
  odds: number;
}

export interface PatternTruth extends Common {
  is: 'association';
  /** In order; a trailing `!` marks a failing call. */
  tools: string[];
  /** How many calls the second tool comes after the first, at most. */
  within?: number;
  /** Odds of passing with it against without, within a task. */
  odds: number;
}

export type Truth = ErrorTruth | RepeatTruth | PreferenceTruth | GapTruth | WorkflowTruth | RuleTruth | PatternTruth;

export interface World {
  name: string;
  truths: Truth[];
  /** Names of all tools, for reading them out of a card's words. */
  tools: string[];
  /** Made while they are read, the same ones every time. */
  drafts(): Iterable<Draft>;
}
