// The actions of a session lane by lane: only within a lane does one follow from another; judges none of them.
import { groupBy } from '../base/collections.ts';
import type { Action, Extract } from './extract-types.ts';

/** The actions of each lane in order. */
export function lanesOf(session: Extract): Action[][] {
  return [...groupBy(session.actions, ({ lane }) => lane).values()];
}

/** True if a person spoke in the lane after step `from` and before step `to`. */
export function personSpoke(session: Extract, lane: string, from: number, to: number): boolean {
  return session.turns.some((t) => t.lane === lane && t.step > from && t.step < to);
}
