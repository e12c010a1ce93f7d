// One piece of work as suites, workflows and proofs order it, and what came of it: a contract, so that none of them knows how a run is put together.
import type { Evaluation, SessionEvent, StopReason } from '../domain/events.ts';
import type { SuiteMark, WorkflowMark } from '../domain/run-marks.ts';
import type { Budget } from '../domain/run-settings.ts';
import type { Totals } from './session.ts';

/** Which lessons a session starts with; `false` = none at all. */
export type MemoryChoice =
  | false
  | {
      /** Branch, tag or commit; absent = the memory branch. */
      ref?: string;
      /** Entries (ids) that are left out although they are in force: arms and hold-outs. */
      without?: readonly string[];
      /** No entry is held out by chance: the comparison has arms of its own. */
      whole?: boolean;
      /** Neutral text of the length that the briefing would have, in its place. */
      placebo?: boolean;
    };

export interface RunOrder {
  /** Name of the agent who works. */
  agent: string;
  prompt: string;
  /** Id of the task: sessions of one task are compared with each other. */
  task?: string;
  /** Name of the rubric; absent = the agent's own, if it has one; false = graded by none. */
  rubric?: string | false;
  /** Folder that the agent works in. */
  folder: string;
  /** Chances of the trial: handed to models that know seeds, and to commands as AGENTMEM_SEED. */
  seed?: string;
  /** Further limits; none lifts one of the settings or the agent's file. */
  budget?: Budget;
  memory?: MemoryChoice;
  suite?: SuiteMark;
  workflow?: WorkflowMark;
  /** Fires when this piece of work alone is to stop; the command's own signal stops all. */
  signal?: AbortSignal;
  /** Told what it is doing, in a line; must not throw. */
  activity?: (text: string) => void;
}

export interface RunEnd {
  session: string;
  /** Absolute path of the transcript. */
  path: string;
  stop_reason: StopReason;
  /** What the agent said last. */
  text: string;
  why?: string;
  usage: Totals;
  /** The grade that counts, where the work was graded. */
  grade?: Pick<Evaluation, 'result' | 'score' | 'criteria' | 'rubric'>;
  /** The model was never reached for reasons of configuration: whoever orders more of the same should stop. */
  never_started: boolean;
  /** All that is stored of a suite's session, where it is short and began and ended here: nobody has to read what was just written. */
  past?: readonly SessionEvent[];
}

/** Runs pieces of work, several at once where it is called several times. Throws UserError where one cannot be started at all. */
export interface Runner {
  start(order: RunOrder): Promise<RunEnd>;
  /** Goes on with a session that broke off, under the same order. One that had ended is only reported. */
  goOn(session: string, order: RunOrder): Promise<RunEnd>;
  close(): Promise<void>;
}
