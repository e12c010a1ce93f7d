// The actions of a session lane by lane: only within a lane does one follow from another; judges none of them.
import { groupBy } from '../base/collections.ts';
import type { Action, Extract, Turn } from './extract-types.ts';

/** The actions of each lane in order. */
export function lanesOf(session: Extract): Action[][] {
  return [...groupBy(session.actions, ({ lane }) => lane).values()];
}

/** True if a person spoke in the lane after step `from` and before step `to`. */
export function personSpoke(session: Extract, lane: string, from: number, to: number): boolean {
  return session.turns.some((t) => t.lane === lane && t.step > from && t.step < to);
}

/** Places of the turns with work before and after them in their lane, up to its next turn. */
export function turnsAmidWork({ turns, actions }: Extract): number[] {
  return [...turns.keys()].filter((place) => {
    const turn = turns[place];
    if (turn === undefined || turn.afterActions === 0) return false;
    const { before, between } = workAround(actions, turn, nextTurnStep(turns, turn));
    return before.length > 0 && between.length > 0;
  });
}

/** The step at which somebody speaks next in the lane; infinite where nobody does. */
export function nextTurnStep(turns: readonly Turn[], { lane, step }: Turn): number {
  return turns.find((turn) => turn.lane === lane && turn.step > step)?.step ?? Number.POSITIVE_INFINITY;
}

/** The actions of a turn's lane before it, and those after it up to a step. */
export function workAround(
  actions: readonly Action[],
  { lane, step }: Pick<Turn, 'lane' | 'step'>,
  until: number,
): { before: Action[]; between: Action[] } {
  const own = actions.filter((action) => action.lane === lane);
  return {
    before: own.filter((action) => action.step < step),
    between: own.filter((action) => action.step > step && action.step < until),
  };
}
