// Who supplied the words of a finding; decides nothing about what may be learned from them.
import { leastTrust, type Trust } from '../domain/card.ts';
import { flat, textsOf, valueAt } from './arguments.ts';
import type { Finding, Sighting } from './detectors/detector.ts';
import type { Action } from './extract-types.ts';
import { bringsOutsideText } from './outside.ts';

const SHORTEST_ECHO = 4;
const LONGEST_ECHO = 40; // further on a mask may stand in the template

/**
 * The level of a finding's words: `person` for what people said, that of the least trusted tool for quoted errors. A claim made
 * of counts and of names of tools and arguments has only the agent's own words in it.
 */
export function trustOf({ words, sightings, borrowed, template }: Finding): Trust {
  if (borrowed === true) return 'outside_tool';
  if (words === 'person') return 'person';
  if (words === 'nobody') return 'agent';
  // No call is read where one is known to be from outside, or more than it takes to find one: none could be trusted less.
  const outside =
    sightings.some((sighting) => sighting.words === 'outside') ||
    sightings.some((sighting) => sighting.words === undefined && isOutside(sighting, template?.text ?? ''));
  return leastTrust(sightings.length === 0 ? [] : [outside ? 'outside_tool' : 'local_tool']);
}

function isOutside({ action }: Sighting, template: string): boolean {
  return action !== undefined && (bringsOutsideText(action) || echoes(borrowedBy(action), template));
}

/** What a call says that others said before it, as far as that is compared. */
export function borrowedBy({ input, borrowed = [] }: Action): string[] {
  const said = borrowed.map((pointer) => flat(textsOf(valueAt(input, pointer)).join(' ')).slice(0, LONGEST_ECHO));
  return said.filter((text) => text.length >= SHORTEST_ECHO);
}

/** Whether one of them stands in a template: a tool that repeats what it was given says the words of whoever gave them. */
export function echoes(borrowed: readonly string[], template: string): boolean {
  const said = flat(template);
  return borrowed.some((text) => said.includes(text));
}
