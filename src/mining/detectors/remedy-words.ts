// What the sessions did about an error, as the end of the claim's sentence; states counts only, and advises nothing.
import { count } from '../../base/text.ts';
import type { Change } from '../../domain/card.ts';
import { argumentName } from '../arguments.ts';
import type { Remedy } from './remedy.ts';

/** Begins with `; ` and has no full stop. */
export function remedyWords(tool: string, change: Change, remedy: Remedy): string {
  return [...mainWords(tool, change, remedy), ...repeatWords(change)].map((words) => `; ${words}`).join('');
}

function mainWords(tool: string, change: Change, { argument, first, tried }: Remedy): string[] {
  const { repaired, failed, changed, waited, dead_end } = change;
  if (waited) return [waitedWords(waited)];
  if (repaired === 0 || dead_end) {
    if (tried === 0) return ['it was not called again in any of them'];
    const spent = dead_end ? `, and it cost ${count(dead_end.calls, 'call')}` : '';
    return [
      `in ${repaired === 0 ? 'none' : repaired} of the ${tried} that tried again did it work within 5 calls${spent}`,
    ];
  }
  const parts: string[] = [];
  if (argument)
    parts.push(
      `in ${changed} of ${failed} the next successful call, within 5, changed ${argumentName(argument.pointer)}`,
    );
  if (first)
    parts.push(
      `in ${first.sessions} of ${failed} ${first.tool} had run between the error and the call of ${tool} that worked`,
    );
  if (parts.length === 0) parts.push(`in ${repaired} of ${failed} a later call worked, with no change common to most`);
  return parts;
}

function waitedWords({ sessions, worked, steps, seconds }: NonNullable<Change['waited']>): string {
  const time = seconds === undefined ? '' : ` and ${count(seconds, 'second')}`;
  return `the very same call worked later in ${worked} of the ${sessions} that made it again, half of the time after at most ${count(steps, 'other call')}${time}`;
}

function repeatWords({ repeated }: Change): string[] {
  return repeated === undefined ? [] : [`repeating the same call worked in ${repeated.worked} of ${repeated.sessions}`];
}
