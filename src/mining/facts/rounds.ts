// Finds calls of a session that went round in a circle with equal results; polling whose results differ is none, nor are repeated errors.
import { inGroup } from '../../base/collections.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { RoundsFact } from '../fact-types.ts';
import { lanesOf } from '../lanes.ts';

const MAX_PERIOD = 4;
const ROUNDS = 3;

interface Round {
  actions: Action[];
  period: number;
}

/** One fact for each cycle of tools. `places`: where each of the session's actions stands. */
export function roundsOf(session: Extract, places: ReadonlyMap<Action, number>): RoundsFact[] {
  const byTools = new Map<string, Round[]>();
  for (const round of lanesOf(session)
    .flatMap((lane) => stretches(session, lane))
    .flatMap(roundsIn))
    inGroup(byTools, JSON.stringify(toolsOf(round)), () => []).push(round);
  return [...byTools.values()].flatMap((rounds) => {
    const [first] = rounds;
    const action = first?.actions[0];
    if (first === undefined || action === undefined) return [];
    return [
      {
        place: places.get(action) ?? 0,
        ...(action.at !== undefined && { at: action.at }),
        tools: toolsOf(first),
        rounds: rounds.length,
        wasted: rounds.reduce((sum, r) => sum + r.actions.length - r.period, 0),
      },
    ];
  });
}

// What a person says between two calls is a reason to make the second one.
function stretches(session: Extract, lane: readonly Action[]): Action[][] {
  const turns = session.turns.filter((t) => t.lane === lane[0]?.lane).map((t) => t.step);
  const out: Action[][] = [];
  let next = 0;
  let current: Action[] = [];
  for (const action of lane) {
    const before = next;
    while (next < turns.length && (turns[next] ?? 0) < action.step) next++;
    if (next > before && current.length > 0) {
      out.push(current);
      current = [];
    }
    current.push(action);
  }
  return current.length > 0 ? [...out, current] : out;
}

// For each period a run of actions equal to those one period before; shorter periods first, so that a cycle is named by its smallest one.
function roundsIn(actions: readonly Action[]): Round[] {
  const tokens = actions.map((a, i) =>
    a.resultHash === undefined ? `unanswered ${i}` : `${a.inputHash} ${a.resultHash} ${a.tool}`,
  );
  const taken = new Array<boolean>(actions.length).fill(false);
  const rounds: Round[] = [];
  for (let period = 1; period <= MAX_PERIOD; period++) {
    let run = 0;
    for (let i = period; i <= actions.length; i++) {
      if (i < actions.length && tokens[i] === tokens[i - period] && !taken[i] && !taken[i - period]) run++;
      else {
        if (run >= period * (ROUNDS - 1)) rounds.push(take(actions, taken, i - run - period, i, period));
        run = 0;
      }
    }
  }
  return rounds.filter((r) => r.actions.some((a) => a.status !== 'error'));
}

function take(actions: readonly Action[], taken: boolean[], from: number, to: number, period: number): Round {
  taken.fill(true, from, to);
  return { actions: actions.slice(from, to), period };
}

// A cycle begins wherever it was noticed first, so it is named from its smallest rotation.
function toolsOf({ actions, period }: Round): string[] {
  const tools = actions.slice(0, period).map((a) => a.tool);
  const rotations = tools.map((_, i) => [...tools.slice(i), ...tools.slice(0, i)]);
  return rotations.map((r) => ({ r, key: JSON.stringify(r) })).sort((a, b) => (a.key < b.key ? -1 : 1))[0]?.r ?? tools;
}
