// A runner of real sessions against a Messages API on loopback, graded by what a test says; test code only.
import { openBudget } from '../../src/agent/budget.ts';
import type { Outcome } from '../../src/agent/outcome-loop.ts';
import { readPast, storedEnd } from '../../src/agent/past.ts';
import type { RunEnd, Runner, RunOrder } from '../../src/agent/run-order.ts';
import { readTrial } from '../../src/agent/suite/trial-record.ts';
import { UserError } from '../../src/base/errors.ts';
import { agentFrontSchema } from '../../src/domain/agent.ts';
import type { Evaluation, SessionEvent } from '../../src/domain/events.ts';
import type { Model } from '../../src/model/model.ts';
import { type RunReport, resumeRun, startRun } from '../../src/stages/run.ts';
import type { Layout } from '../../src/store/layout.ts';
import { redactor } from '../../src/store/redaction.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { findSession } from '../../src/store/sessions.ts';
import { countingTools } from './run-session.ts';

export interface TrialRunner extends Runner {
  /** What was ordered, in order. */
  orders: RunOrder[];
  /** The sessions that were gone on with. */
  gone: string[];
}

export interface TrialRunnerOptions {
  layout: Layout;
  model: Model;
  /** The grade of a trial; undefined where there is no rubric. */
  grade?: (order: RunOrder) => Evaluation['result'] | undefined;
  /** Asked before a session is started; what it throws is thrown. */
  before?: (order: RunOrder) => void | Promise<void>;
  /** Limits of all sessions of a day together, in dollars spent and allowed. */
  day?: { spent: () => number; limit: number };
  signal?: AbortSignal;
}

/** A runner whose sessions are stored as those of `agent run` are. */
export function trialRunner(options: TrialRunnerOptions): TrialRunner {
  const { layout, model, grade = () => undefined, before = () => {}, day } = options;
  const { tools } = countingTools();
  const redact = redactor();
  const now = () => new Date();
  const orders: RunOrder[] = [];
  const gone: string[] = [];
  let serial = 0;
  const parts = (order: RunOrder) => {
    const result = grade(order);
    const signals = [options.signal, order.signal].filter((signal) => signal !== undefined);
    return {
      ...{ layout, redact, now, model, modelId: 'claude-sonnet-5', tools },
      agent: { ...agentFrontSchema.parse({ name: order.agent }), prompt: 'You bake.', sha256: 'a'.repeat(64) },
      random: () => (++serial).toString(16).padStart(8, '0'),
      budget: openBudget({
        limits: order.budget ?? {},
        day: day?.limit,
        spent: () => ({ day: day?.spent() ?? 0, month: 0 }),
        now,
      }),
      rule: async () => ({
        allowed: true,
        by: 'rule' as const,
        decision: { verdict: 'allow' as const, reason: 'test' },
      }),
      progress: () => undefined,
      warn: () => undefined,
      signal: AbortSignal.any(signals),
      onEvent: () => undefined,
      ...(result !== undefined && { outcome: (_path: string, past: readonly SessionEvent[]) => outcome(result, past) }),
    };
  };
  return {
    orders,
    gone,
    async start(order) {
      orders.push(order);
      await before(order);
      const { task, prompt, folder, suite } = order;
      const past: SessionEvent[] = [];
      const report = await startRun({
        ...parts(order),
        onEvent: (event) => past.push(event),
        task: { prompt, ...(task !== undefined && { id: task }) },
        by: 'someone',
        workspace: { folder, project: 'bakery' },
        marks: { ...(suite !== undefined && { suite }) },
      });
      return { ...endOf(report), ...(suite !== undefined && { past }) };
    },
    async goOn(session, order) {
      gone.push(session);
      const entry = findSession(openIndex(layout), session);
      const path = `${layout.sessions}/${entry.path}`;
      const over = storedEnd(path);
      if (over !== undefined) return over;
      if (readPast(path).length === 0) throw new UserError({ what: 'nothing is in this session' });
      return endOf(await resumeRun({ ...parts(order), session: { id: entry.id, path } }));
    },
    close: async () => {},
  };
}

function outcome(result: Evaluation['result'], past: readonly SessionEvent[]): Outcome {
  const rubric = { name: 'crust' };
  const told = past.some((event) => event.type === 'user.define_outcome');
  return {
    definition: told ? undefined : { event: { type: 'user.define_outcome', rubric }, message: 'It is to be crisp.' },
    graded: past.filter((event) => event.type === 'span.outcome_evaluation_end').length,
    evaluate: (iteration) => ({
      start: { type: 'span.outcome_evaluation_start', rubric, iteration },
      grade: async () => ({
        end: { type: 'span.outcome_evaluation_end', rubric, iteration, result, criteria: [] },
        next: { kind: 'stop', stop: 'end_turn', why: 'graded' },
      }),
    }),
  };
}

function endOf({ session, path, stop_reason, text, why, usage, never_started }: RunReport): RunEnd {
  const grade = readTrial(path)?.grade;
  return {
    ...{ session, path, stop_reason, text, usage, never_started },
    ...(why !== undefined && { why }),
    ...(grade !== undefined && { grade }),
  };
}
