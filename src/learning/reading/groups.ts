// Who is read together: groups of about √n sessions, each session in two of them; few groups change when few sessions do.
import { shortHash } from '../../base/hash.ts';

/** A group is at most so many times √n sessions. */
export const WIDEST = 1.5;

/**
 * Twice ⌈n / ⌈√n⌉⌉ groups of about √n sessions, so that what one reader sees in a session another may see beside other sessions. Up to
 * three sessions are read together once. A hash of session and round says which group it takes, as long as that is not half as full again
 * as others: a new session leaves most groups as they were, and their answers in the cache.
 */
export function groupsOf(sessions: readonly string[]): string[][] {
  if (sessions.length <= 3) return sessions.length === 0 ? [] : [[...sessions].sort()];
  const size = Math.ceil(Math.sqrt(sessions.length));
  const groups = Math.ceil(sessions.length / size);
  return ['first', 'second'].flatMap((round) => dealt(sessions, groups, Math.ceil(size * WIDEST), round));
}

function dealt(sessions: readonly string[], groups: number, most: number, round: string): string[][] {
  const dealing = Array.from({ length: groups }, (): string[] => []);
  const inTurn = sessions.map((session) => ({ session, turn: shortHash(`${round} ${session}`, 16) }));
  for (const { session } of inTurn.sort((a, b) => (a.turn < b.turn ? -1 : 1))) {
    const wished = dealing
      .map((group, at) => ({ group, draw: shortHash(`${round} ${at} ${session}`, 16) }))
      .sort((a, b) => (a.draw < b.draw ? -1 : 1));
    wished.find(({ group }) => group.length < most)?.group.push(session);
  }
  return dealing.filter((group) => group.length > 0).map((group) => group.sort());
}
