// Made-up worlds of repeated tasks for tests of associations: what is planted in them is known, and nothing else in them matters.

import type { Context } from '../../../src/mining/detectors/detector.ts';
import type { Action, ActionStatus, Extract } from '../../../src/mining/extract-types.ts';
import { assignTasks, stratumOf } from '../../../src/mining/strata.ts';
import { type Random, seeded, uniform, uniformInt } from '../../../src/statistics/random.ts';
import { extractOf } from '../extracts.ts';

export interface World {
  seed: string;
  tasks: number;
  runs: number;
  /** Share of sessions that show `sow`, then `reap`, and by how much that multiplies the odds of passing. */
  planted?: { share: number; odds: number };
  /** Sessions that will fail take so many times as many steps, for no reason. */
  longer?: number;
  /** What every session calls last. */
  last?: string;
  /** Easy tasks call for `wave` more often. */
  easy?: boolean;
  /** Passing and `hoist` both become common with time, and have nothing to do with each other. */
  trend?: boolean;
  dated?: boolean;
}

const TOOLS = ['look', 'turn', 'lift', 'weigh', 'paint', 'fold', 'stack', 'call', 'sort', 'wipe', 'sow', 'reap'];
const cite = { event: 'evt_x', sha256: '0'.repeat(64) };

export function contextOfWorld(world: World): Context {
  const sessions = sessionsOfWorld(world);
  const tasks = assignTasks(sessions);
  return {
    sessions,
    taskOf: (session) => tasks.get(session) ?? session,
    stratumOf: (extract) => stratumOf(extract, tasks),
  };
}

export function sessionsOfWorld(world: World): Extract[] {
  const random = seeded(world.seed);
  const sessions: Extract[] = [];
  for (let task = 0; task < world.tasks; task++) {
    // Tasks differ in difficulty and in what they call for.
    const ease = 4 * (uniform(random) - 0.5);
    const liked = TOOLS[uniformInt(random, 8)] ?? 'look';
    for (let run = 0; run < world.runs; run++) {
      const id = `s${String(sessions.length).padStart(6, '0')}`;
      sessions.push(sessionOf(world, random, { id, task, ease, liked, when: uniform(random) }));
    }
  }
  return sessions;
}

interface Setting {
  id: string;
  task: number;
  ease: number;
  liked: string;
  when: number;
}

function sessionOf(world: World, random: Random, { id, task, ease, liked, when }: Setting): Extract {
  const { planted, longer = 1, easy = false, trend = false } = world;
  const shows = planted !== undefined && uniform(random) < planted.share;
  const logit = ease + (shows ? Math.log(planted.odds) : 0) + (trend ? 4 * (when - 0.5) : 0);
  const pass = uniform(random) < 1 / (1 + Math.exp(-logit));
  const length = Math.round((6 + uniformInt(random, 14)) * (pass ? 1 : longer));
  const names = Array.from({ length }, () => stepName(random, liked));
  // Both are at home everywhere, but only those that shall show them do so one right after the other.
  for (const [i, name] of names.entries()) if (name === 'reap' && names[i - 1] === 'sow') names[i] = 'look';
  if (shows) names.splice(uniformInt(random, 5), 2, 'sow', 'reap');
  if (easy && uniform(random) < 1 / (1 + Math.exp(1 - 2 * ease))) names.splice(uniformInt(random, 5), 1, 'wave');
  if (trend && uniform(random) < 0.1 + 0.8 * when) names.splice(uniformInt(random, 5), 1, 'hoist');
  if (world.last !== undefined) names.push(world.last);
  const at = new Date(Date.UTC(2026, 0, 1) + Math.round(when * 90 * 86_400_000)).toISOString();
  return extractOf(id, {
    task: `task ${task}`,
    outcome: pass ? 'pass' : 'fail',
    ...(world.dated !== false && { at }),
    actions: names.map((tool, step) => actionOf(tool, uniform(random) < 0.06 ? 'error' : 'ok', step)),
  });
}

function stepName(random: Random, liked: string): string {
  if (uniform(random) < 0.25) return liked;
  return TOOLS[uniformInt(random, 12)] ?? 'look';
}

export function actionOf(tool: string, status: ActionStatus, step: number, lane = 'main'): Action {
  return {
    call: cite,
    lane,
    tool,
    input: {},
    inputHash: tool,
    status,
    step,
    ...(status === 'error' && { error: 'no' }),
  };
}
