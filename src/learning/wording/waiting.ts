// Errors that heal by waiting, and those that nothing got past: what a title advises and what a rule states; waits for nothing itself.
import { count } from '../../base/text.ts';
import type { Change } from '../../domain/card.ts';

/** What follows the condition in a title; undefined where the error is of another sort. */
export function waitingAdvice({ waited, dead_end }: Change): string | undefined {
  if (waited !== undefined)
    return waited.steps === 0 ? 'make the same call again' : 'wait and make the same call again';
  return dead_end === undefined ? undefined : 'do not go on trying';
}

/** Counts only. */
export function waitingSentences({ waited, dead_end, failed, repaired }: Change): string[] {
  if (waited !== undefined) {
    const time = waited.seconds === undefined ? '' : ` and ${count(waited.seconds, 'second')}`;
    return [
      `The very same call worked later in ${waited.worked} of the ${count(waited.sessions, 'session')} that made it again.`,
      `In half of them at most ${count(waited.steps, 'other call')}${time} lay between.`,
    ];
  }
  if (dead_end === undefined) return [];
  return [
    `In ${repaired === 0 ? 'none' : repaired} of ${count(failed, 'session')} did a later call of the tool get past it.`,
    `${count(dead_end.sessions, 'session')} went on trying; it cost ${costWords(dead_end)} in all.`,
  ];
}

function costWords({ calls, tokens, usd }: NonNullable<Change['dead_end']>): string {
  const more = [
    ...(tokens === undefined ? [] : [count(tokens, 'token')]),
    ...(usd === undefined ? [] : [`$${usd.toFixed(2)}`]),
  ];
  return more.length === 0 ? count(calls, 'call') : `${count(calls, 'call')} (${more.join(', ')})`;
}
