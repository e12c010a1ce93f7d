// What became of one trial, read out of its stored session, as tables and proofs count it; grades nothing and writes nothing.
import type { Evaluation, Header, SessionEvent, StopReason } from '../../domain/events.ts';
import { isToolUse, stopReasons } from '../../domain/events.ts';
import { definedRubric } from '../../domain/outcome.ts';
import type { SuiteMark } from '../../domain/run-marks.ts';
import { sharedLimit, usedSoFar } from '../budget.ts';
import { readPast } from '../past.ts';
import type { RunEnd } from '../run-order.ts';
import { totalsOf } from '../session.ts';

/**
 * `passed`, `failed`: by the grade; work that stopped for a reason of its own (its budget, a refusal, a question) before anybody
 * could be satisfied has failed. `ungraded`: it was to be graded, and nobody could decide. `ended`, `stopped`: there is no rubric;
 * the agent said that it is done, or stopped for another reason of its own. `broke_off`: interrupted, killed, out of reach of the
 * model, or out of the money of all sessions; that says nothing about the agent, and the trial is still to be done.
 */
export type TrialResult = 'passed' | 'failed' | 'ungraded' | 'ended' | 'stopped' | 'broke_off';

export interface TrialRecord {
  task: string;
  trial: number;
  arm?: SuiteMark['arm'];
  session: string;
  /** RFC 3339: when it began. */
  at?: string;
  result: TrialResult;
  stop_reason?: StopReason;
  /** Why it stopped, or why there is no yes or no. */
  why?: string;
  grade?: Pick<Evaluation, 'result' | 'score' | 'criteria' | 'rubric'>;
  /** Dollars of requests with a known price; `unpriced` counts the others. */
  usd: number;
  unpriced: number;
  /** Requests to the model, and calls of tools. */
  turns: number;
  calls: number;
  tokens: number;
  /** Seconds of work, pauses between stretches left out. */
  seconds: number;
  /** What it ran with: trials of one table are only alike where these are. */
  agent?: Header['agent'];
  model?: string;
  memory?: string;
}

/** The record of a stored trial; undefined for a session that is none, or whose header cannot be read. */
export function readTrial(path: string): TrialRecord | undefined {
  return trialOf(readPast(path));
}

/** The same, out of the events of a session in their order. */
export function trialOf(past: readonly SessionEvent[]): TrialRecord | undefined {
  const [header] = past;
  if (header?.type !== 'session.created' || header.suite === undefined || header.task?.id === undefined)
    return undefined;
  const stop = stopOf(past);
  const grade = countingGrade(past);
  const rubric = definedRubric(past) !== undefined || grade !== undefined;
  const totals = totalsOf(past);
  const why = stop?.why ?? grade?.reason;
  const { agent, model, memory, at, suite, session } = header;
  return {
    task: header.task.id,
    trial: suite.trial,
    ...(suite.arm !== undefined && { arm: suite.arm }),
    session,
    ...(at !== undefined && { at }),
    result: resultOf(stop, grade?.result, rubric),
    ...(stop !== undefined && { stop_reason: stop.reason }),
    ...(why !== undefined && { why }),
    ...(grade !== undefined && { grade: gradeOf(grade) }),
    usd: totals.usd,
    unpriced: totals.unpriced,
    turns: totals.requests,
    calls: past.filter(isToolUse).length,
    tokens:
      totals.input_tokens + totals.output_tokens + totals.cache_read_input_tokens + totals.cache_creation_input_tokens,
    seconds: usedSoFar(past).ms / 1000,
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model }),
    ...(memory !== undefined && { memory: memory.commit }),
  };
}

/** The record of a trial that has just ended. */
export function trialOfEnd({ path, past }: Pick<RunEnd, 'path' | 'past'>): TrialRecord | undefined {
  return past === undefined ? readTrial(path) : trialOf(past);
}

/** One record a trial: of several sessions the one that was done, and of those (or of none) the latest. */
export function countedTrials(records: readonly TrialRecord[]): TrialRecord[] {
  const counted = new Map<string, TrialRecord>();
  for (const record of records) {
    const key = `${record.arm ?? ''} ${record.task} ${record.trial}`;
    const earlier = counted.get(key);
    if (earlier === undefined || rank(record) > rank(earlier)) counted.set(key, record);
  }
  return [...counted.values()];
}

/** Sorts the sessions of one trial: one that was done after one that broke off, then the latest last. */
export function rank({ result, at, session }: TrialRecord): string {
  return `${result === 'broke_off' ? 0 : 1} ${at ?? ''} ${session}`;
}

/** True where the trial needs no more work. */
export function isDone({ result }: Pick<TrialRecord, 'result'>): boolean {
  return result !== 'broke_off';
}

interface Stop {
  reason: StopReason;
  why?: string;
}

function resultOf(stop: Stop | undefined, grade: Evaluation['result'] | undefined, rubric: boolean): TrialResult {
  if (stop !== undefined && grade === 'satisfied') return 'passed';
  if (stop === undefined || stop.reason === 'interrupted' || stop.reason === 'retries_exhausted') return 'broke_off';
  if (stop.reason === 'budget_reached' && sharedLimit(stop.why ?? '')) return 'broke_off';
  if (!rubric) return stop.reason === 'end_turn' ? 'ended' : 'stopped';
  if (grade === 'needs_revision' || grade === 'max_iterations_reached') return 'failed';
  if (grade === undefined && stop.reason !== 'end_turn') return 'failed';
  return 'ungraded';
}

// The last word about the main thread: a session that runs, or ran when its process died, has none.
function stopOf(past: readonly SessionEvent[]): Stop | undefined {
  const last = past.findLast(
    ({ type, thread }) => thread === undefined && (type === 'session.status_idle' || type === 'session.status_running'),
  );
  if (last?.type !== 'session.status_idle') return undefined;
  const reason = stopReasons.find((known) => known === last.stop_reason);
  if (reason === undefined) return undefined;
  return { reason, ...(typeof last.why === 'string' && { why: last.why }) };
}

// As `outcomeOf` has it: a grade by another rubric than the session's own counts only where there is none of its own.
function countingGrade(past: readonly SessionEvent[]): Evaluation | undefined {
  const all = past.filter(
    (event): event is Evaluation => event.type === 'span.outcome_evaluation_end' && 'criteria' in event,
  );
  const rubric = definedRubric(past);
  return all.findLast((event) => rubric === undefined || event.rubric.name === rubric) ?? all.at(-1);
}

function gradeOf({ result, score, criteria, rubric }: Evaluation): NonNullable<TrialRecord['grade']> {
  return { result, ...(score !== undefined && { score }), criteria, rubric };
}
