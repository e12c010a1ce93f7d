// Why no rule about arguments is claimed: what was searched, how near it came, and which tasks would be worth running again; searches nothing.
import { groupBy } from '../../base/collections.ts';
import { clip, count, oneLine, safeForTerminal } from '../../base/text.ts';
import type { Extract } from '../extract-types.ts';
import { unnamedWords } from '../strata.ts';
import type { Chosen } from './choose.ts';
import { type GroundOfSessions, mixedStrata } from './ground.ts';
import { LEAST_STRATA } from './questions.ts';

const MAX_TASKS = 5;
const MAX_NAME = 48;

/** One or more sentences without the last full stop, as all reasons are. */
export function silenceOf(
  ground: GroundOfSessions,
  { asked, tools, features, bound, leastP, answers }: Chosen,
): string {
  const { criteria, sessions } = ground;
  const judged = sessions.filter((s) => s.outcome !== null || s.evaluations !== undefined);
  const unnamed = unnamedWords(judged);
  if (judged.length === 0)
    return `no session of ${count(sessions.length, 'session')} has an outcome; grade some, or import labels`;
  if (criteria.length === 0) return `all sessions with an outcome came to the same${unnamed}${worthRepeating(ground)}`;
  const mixed = Math.max(0, ...criteria.map((c) => mixedStrata(ground.strata, c).size));
  const searched = `${count(criteria.length, 'outcome')}, ${count(tools, 'tool')}, ${count(features, 'argument or reading', 'arguments and readings')}, ${count(asked, 'split')}`;
  if (mixed < LEAST_STRATA)
    return `both passes and failures are known of only ${count(mixed, 'task')} with one model, ${LEAST_STRATA} are needed (${searched})${unnamed}${worthRepeating(ground)}`;
  if (asked === 0)
    return `no argument or reading differs between sessions of the same task in ${LEAST_STRATA} tasks (${searched})${unnamed}`;
  const nearest = nearestOf(leastP, answers);
  const coarse = bound === undefined ? '' : `; there were ${bound}`;
  return `searched ${searched}, compared within tasks: ${nearest}${coarse}${unnamed}${worthRepeating(ground)}`;
}

function nearestOf(leastP: number, answers: number): string {
  if (answers > 0) return 'what was found could not be told from what the rest explains';
  return `the best of them is no better than chance finds among so many (p = ${leastP.toFixed(leastP < 0.1 ? 3 : 2)})`;
}

/**
 * The tasks of which more runs would most likely show both outcomes: by the expected variance of the outcome, after the runs that
 * there were and, as two runs beforehand, the share of passes of all sessions.
 */
function worthRepeating(ground: GroundOfSessions): string {
  const [criterion] = ground.criteria;
  const judged = ground.sessions.flatMap((session, place) => {
    const met = criterion === undefined ? Number(session.outcome === 'pass') : (criterion.values[place] ?? -1);
    return session.outcome === null && met < 0
      ? []
      : [{ session, met: Math.max(0, met), task: ground.tasks[place] ?? 0 }];
  });
  const share = (judged.filter((j) => j.met === 1).length + 1) / (judged.length + 2);
  const lacking = [...groupBy(judged, (j) => j.task).values()].flatMap((runs) => {
    const passes = runs.filter((r) => r.met === 1).length;
    const name = taskName(runs[0]?.session);
    if (name === undefined || (passes > 0 && passes < runs.length)) return [];
    const [up, down] = [passes + 2 * share, runs.length - passes + 2 * (1 - share)];
    return [{ name, hope: (up * down) / ((up + down) * (up + down + 1)) }];
  });
  const first = lacking.sort((a, b) => b.hope - a.hope || (a.name < b.name ? -1 : 1)).slice(0, MAX_TASKS);
  if (first.length === 0) return '';
  return `; worth more runs, as they show one outcome so far: ${first.map((t) => t.name).join(', ')}`;
}

function taskName(session: Extract | undefined): string | undefined {
  return session?.task === undefined ? undefined : clip(oneLine(safeForTerminal(session.task)), MAX_NAME);
}
