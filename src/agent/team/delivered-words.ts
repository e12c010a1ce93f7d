// What a lead reads of work that it delegated: how it ended, what it cost and changed, and the answer, shortened; decides nothing.
import { clip, count, dollars } from '../../base/text.ts';
import type { Delivered } from './task.ts';

const LONGEST_ANSWER = 4_000; // characters; the rest is read with list_team
const MOST_CHANGED = 50;

/** True where the work came to nothing that a lead could build on. */
export function isFailure({ stop, faults }: Delivered): boolean {
  return faults !== undefined || (stop !== 'end_turn' && stop !== 'requires_action');
}

const ENDS: Record<Delivered['stop'], string> = {
  end_turn: 'is done',
  requires_action: 'asks something; answer it with delegate and its thread',
  retries_exhausted: 'could not go on',
  budget_reached: 'has used up its budget',
  refusal: 'was refused by its model',
  interrupted: 'was interrupted',
  max_iterations_reached: 'is done, and not well enough',
  not_started: 'was not started',
};

/** One piece of work, for the lead. */
export function deliveredInWords(end: Delivered): string {
  const { thread, member, stop, answer, why, faults, changed, notes, spent } = end;
  const name = thread ?? (member === '' ? 'a task' : member);
  const shown = clip(answer, LONGEST_ANSWER);
  const cut =
    answer.length > LONGEST_ANSWER
      ? `\n[the first of ${count(answer.length, 'character')}; all of it: list_team {"thread": "${thread}"}]`
      : '';
  const facts = [
    `${name} ${ENDS[stop]}`,
    ...(why === undefined || stop === 'requires_action' ? [] : [why]),
    ...(faults === undefined ? [] : [`its answer does not fit the schema: ${faults.join('; ')}`]),
    ...(spent.requests === 0 ? [] : [costOf(end)]),
    ...(changed.length === 0 ? [] : [`changed: ${listed(changed)}`]),
    ...notes,
  ];
  return `[${facts.join(' · ')}]${answer === '' ? '' : `\n${shown}${cut}`}`;
}

function costOf({ spent: { requests, usd, unpriced } }: Delivered): string {
  const money = unpriced > 0 ? ', price not known' : usd > 0 ? `, ${dollars(usd)}` : '';
  return `${count(requests, 'turn')}${money}`;
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_CHANGED).join(', ');
  return paths.length > MOST_CHANGED ? `${shown} and ${paths.length - MOST_CHANGED} more` : shown;
}
