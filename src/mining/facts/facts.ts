// All that follows from one session alone, found in one go while its actions are at hand; compares no session with another.
import type { Action, Extract } from '../extract-types.ts';
import type { ErrorFact, Facts, RepeatFact, ToolFact } from '../fact-types.ts';
import { lanesOf } from '../lanes.ts';
import { askedIn } from './asked.ts';
import { errorsIn } from './errors.ts';
import { firstCallsIn } from './first.ts';
import { repeatsOf } from './repair.ts';
import { roundsOf } from './rounds.ts';
import { runsIn } from './runs.ts';
import { undoneOf } from './undone.ts';

/** The facts of a session; a pure function of its actions and turns. */
export function factsIn(session: Extract): Facts {
  const { actions } = session;
  const places = new Map(actions.map((action, place) => [action, place]));
  const errors = errorsIn(session, places);
  return {
    tools: toolsOf(session),
    errors,
    repeats: repeatsIn(session, places, errors),
    rounds: roundsOf(session, places),
    undone: undoneOf(session, places),
    ...firstCallsIn(actions),
    steps: runsIn(actions),
    ...askedIn(session, places),
  };
}

function toolsOf(session: Extract): ToolFact[] {
  const tools = new Map<string, ToolFact>();
  for (const lane of lanesOf(session)) {
    const last = new Map<string, Action>();
    for (const action of lane) {
      const fact = tools.get(action.tool) ?? { tool: action.tool, worked: 0, followed: 0 };
      tools.set(action.tool, fact);
      if (action.status === 'ok') fact.worked++;
      if (last.get(action.tool)?.status === 'ok') fact.followed++;
      last.set(action.tool, action);
    }
  }
  return [...tools.values()];
}

function repeatsIn(session: Extract, places: ReadonlyMap<Action, number>, errors: readonly ErrorFact[]): RepeatFact[] {
  const numbers = new Map(errors.map(({ place }, number) => [place, number]));
  return repeatsOf(session).map(({ error, again }) => ({
    error: numbers.get(places.get(error) ?? -1) ?? 0,
    again: places.get(again) ?? 0,
    worked: again.status === 'ok',
  }));
}
