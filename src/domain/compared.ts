// Over how many sessions outcomes were compared, where not over all of them, and the words in which that is told; chooses none.
import { count } from '../base/text.ts';

/** Sessions whose outcomes were compared, and those that were left out at either end of time. */
export interface ComparedCount {
  sessions: number;
  newer: number;
  older: number;
}

/** One sentence without its full stop. */
export function comparedWords({ sessions, newer, older }: ComparedCount): string {
  const all = count(sessions + newer + older, 'session');
  const oldest = older === 0 ? '' : `, without the ${count(older, 'oldest one', 'oldest ones')}`;
  const newest =
    newer === 0 ? '' : `; the ${count(newer, 'newest one joins', 'newest ones join')} them once there are more`;
  return `outcomes were compared over ${count(sessions, 'session')} of ${all}${oldest}${newest}`;
}
