// Made-up sessions with calls, readings and outcomes for the tests of rules; finds nothing itself.
import type { Context } from '../../../src/mining/detectors/detector.ts';
import type { Action, Extract, ObservedValue } from '../../../src/mining/extract-types.ts';
import { assignTasks, stratumOf } from '../../../src/mining/strata.ts';
import { type Random, uniform } from '../../../src/statistics/random.ts';
import { extractOf } from '../extracts.ts';

export interface Run {
  task: string;
  met: boolean | Record<string, boolean>;
  /** Arguments of the one call of `pour`. */
  input?: Record<string, unknown>;
  /** What `gauge` showed before. */
  shown?: Record<string, ObservedValue>;
  day?: number;
  model?: string;
}

export function sessionOf({ task, met, input, shown, day, model }: Run, i: number): Extract {
  const id = `s${String(i).padStart(5, '0')}`;
  const cite = (n: number) => ({ event: `evt_${id}-${n}`, sha256: '0'.repeat(64) });
  const common = { lane: 'main', status: 'ok' as const, inputHash: '' };
  const actions: Action[] = [];
  if (shown !== undefined) {
    const values = Object.fromEntries(Object.entries(shown).map(([name, value]) => [`/${name}`, value]));
    actions.push({ ...common, call: cite(1), tool: 'gauge', input: {}, step: 1, answered: 2, values });
  }
  if (input !== undefined) actions.push({ ...common, call: cite(3), tool: 'pour', input, step: 3, answered: 4 });
  const criteria = typeof met === 'boolean' ? undefined : met;
  const pass = typeof met === 'boolean' ? met : Object.values(met).every(Boolean);
  return extractOf(id, {
    task,
    outcome: pass ? 'pass' : 'fail',
    actions,
    ...(day !== undefined && { at: new Date(Date.UTC(2026, 0, 1 + day)).toISOString() }),
    ...(model !== undefined && { model }),
    ...(criteria !== undefined && {
      evaluations: [{ cite: cite(9), rubric: 'casting', iteration: 0, result: 'satisfied', criteria, step: 9 }],
    }),
  });
}

export function contextOf(sessions: readonly Extract[]): Context {
  const tasks = assignTasks(sessions);
  return {
    sessions: [...sessions].sort((a, b) => (a.session < b.session ? -1 : 1)),
    taskOf: (session) => tasks.get(session) ?? session,
    stratumOf: (extract) => stratumOf(extract, tasks),
  };
}

export function contextOfRuns(runs: readonly Run[]): Context {
  return contextOf(runs.map(sessionOf));
}

/** Runs of tasks of different difficulty; `better` says for which values the odds are twenty times as good. */
export function plant(
  random: Random,
  { tasks, runs }: { tasks: number; runs: number },
  better: (heat: number, depth: number) => boolean,
): Run[] {
  return Array.from({ length: tasks * runs }, (_, i) => {
    const task = i % tasks;
    const ease = (task % 5) / 2 - 2.5;
    const heat = Math.round(uniform(random) * 1000);
    const depth = Math.round(uniform(random) * 100) / 10;
    const share = 1 / (1 + Math.exp(-(ease + (better(heat, depth) ? 3 : 0))));
    const input = { heat, mould: uniform(random) < 0.5 ? 'clay' : 'sand', opts: { slow: uniform(random) < 0.5 } };
    return { task: `t${task}`, met: uniform(random) < share, input, shown: { depth }, day: Math.floor(i / 10) };
  });
}
