// What a workflow run's log says: which steps are over, which attempts there were, what comes next; folds lines, writes none.
import type { RunLine, StepFailure, WorkflowLine } from '../../domain/workflow.ts';
import type { PlannedStep } from './plan.ts';

/** One run of a step: the only one, or that of one item. */
export interface UnitState {
  status: 'open' | 'done' | 'failed' | 'skipped';
  begun: boolean;
  /** Retries that were used; a correction of an answer's form is none. */
  retries: number;
  /** True where the last attempt was to correct the form of an answer. */
  corrected: boolean;
  /** The attempt before the one that is to come, where that is told of it. */
  earlier?: { kind: 'retry' | 'correction'; why: string; session?: string };
  /** Of the attempt that ended it. */
  session?: string;
  sha256?: string;
  failure?: StepFailure;
  why?: string;
  usd: number;
  /** When it was first begun and when it ended, RFC 3339. */
  from?: string;
  until?: string;
}

export interface StepState {
  /** Why the whole step was skipped. */
  skipped?: string;
  /** The length of its list, once that is known. */
  count?: number;
  /** By item; `undefined` for a step that runs once. */
  units: Map<number | undefined, UnitState>;
}

export type StepStatus = 'not_begun' | 'open' | 'done' | 'failed' | 'skipped';

export class RunState {
  head: RunLine | undefined;
  readonly steps = new Map<string, StepState>();
  /** Sessions whose end is known here: none of them is gone on with. */
  readonly over = new Set<string>();
  /** Sessions that were begun. */
  runs = 0;
  /** The hash of the file that the last process worked by. */
  sha256: string | undefined;
  stopped: Extract<WorkflowLine, { type: 'stopped' }> | undefined;

  constructor(lines: Iterable<WorkflowLine> = []) {
    for (const line of lines) this.add(line);
  }

  add(line: WorkflowLine): void {
    switch (line.type) {
      case 'run':
        this.head = line;
        this.sha256 = line.sha256;
        break;
      case 'resumed':
        this.sha256 = line.sha256;
        this.stopped = undefined;
        break;
      case 'reopened':
        this.#reopened(line);
        break;
      case 'items':
        this.step(line.step).count = line.count;
        break;
      case 'stopped':
        this.stopped = line;
        break;
      case 'begun':
        this.#begun(line);
        break;
      case 'again':
        this.#again(line);
        break;
      case 'ended':
        this.#ended(line);
        break;
    }
  }

  step(id: string): StepState {
    const known = this.steps.get(id) ?? { units: new Map() };
    this.steps.set(id, known);
    return known;
  }

  unit(id: string, item: number | undefined): UnitState {
    const { units } = this.step(id);
    const known = units.get(item) ?? { status: 'open', begun: false, retries: 0, corrected: false, usd: 0 };
    units.set(item, known);
    return known;
  }

  #begun({ step, item, at, session }: Extract<WorkflowLine, { type: 'begun' }>): void {
    const unit = this.unit(step, item);
    if (session === undefined) this.runs++;
    unit.begun = true;
    unit.from ??= at;
  }

  #again(line: Extract<WorkflowLine, { type: 'again' }>): void {
    const { session, why, next, usd } = line;
    const unit = this.unit(line.step, line.item);
    if (session !== undefined) this.over.add(session);
    unit.usd += usd;
    if (next === 'same') return;
    unit.corrected = next === 'correction';
    if (next === 'retry') unit.retries++;
    unit.earlier = { kind: next, why, ...(session !== undefined && { session }) };
  }

  #ended({
    step,
    item,
    status,
    session,
    sha256,
    failure,
    why,
    usd,
    at,
  }: Extract<WorkflowLine, { type: 'ended' }>): void {
    if (session !== undefined) this.over.add(session);
    if (status === 'skipped' && item === undefined) this.step(step).skipped = why ?? 'skipped';
    const unit = this.unit(step, item);
    unit.status = status;
    unit.usd += usd;
    unit.until = at;
    if (session !== undefined) unit.session = session;
    if (sha256 !== undefined) unit.sha256 = sha256;
    if (failure !== undefined) unit.failure = failure;
    if (why !== undefined) unit.why = why;
  }

  // It begins anew, with all its retries; what it cost stays counted.
  #reopened({ step, item }: Extract<WorkflowLine, { type: 'reopened' }>): void {
    const { usd } = this.unit(step, item);
    if (item === undefined) delete this.step(step).skipped;
    this.step(step).units.set(item, { status: 'open', begun: false, retries: 0, corrected: false, usd });
  }
}

/** The items that a step has runs for: `[undefined]` where it runs once; undefined where its list is not known yet. */
export function unitsOf(step: Pick<PlannedStep, 'for_each'>, state: StepState): (number | undefined)[] | undefined {
  if (step.for_each === undefined) return [undefined];
  return state.count === undefined ? undefined : Array.from({ length: state.count }, (_, i) => i);
}

/** Where a step is, by what became of its runs. One that was skipped for every item is skipped. */
export function statusOf(step: Pick<PlannedStep, 'id' | 'for_each'>, run: RunState): StepStatus {
  const state = run.step(step.id);
  if (state.skipped !== undefined) return 'skipped';
  // A step whose list was none, or too long, failed as a whole.
  if (state.units.get(undefined)?.status === 'failed') return 'failed';
  const units = unitsOf(step, state)?.map((item) => state.units.get(item));
  if (units === undefined) return 'not_begun';
  if (units.length > 0 && units.every((unit) => unit === undefined || isNew(unit))) return 'not_begun';
  if (units.some((unit) => unit === undefined || unit.status === 'open')) return 'open';
  if (units.some((unit) => unit?.status === 'failed')) return 'failed';
  return units.length > 0 && units.every((unit) => unit?.status === 'skipped') ? 'skipped' : 'done';
}

function isNew({ status, begun }: UnitState): boolean {
  return status === 'open' && !begun;
}
