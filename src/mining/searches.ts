// The dear searches as pieces of work for any thread: plain values in, plain values out; words nothing.
import { type FactSource, givenIn, isPlain, stepsIn } from './fact-source.ts';
import type { Limits } from './patterns/limits.ts';
import { type Cohort, populationOf } from './patterns/population.ts';
import { type Searched, searchAssociations } from './patterns/search.ts';
import { type Chosen, searchAndChoose } from './rules/choose.ts';
import { newFeatures } from './rules/features.ts';
import type { Ground } from './rules/ground.ts';

/** What is to be searched. */
export type Search =
  | { type: 'associations'; cohort: Cohort; steps: FactSource; limits: Limits }
  | { type: 'rules'; ground: Ground; given: FactSource };

/** What came of it, under the same name. */
export type Answer = { type: 'associations'; searched: Searched } | { type: 'rules'; chosen: Chosen };

/** True where another thread can be handed it. */
export function isForAnyThread(search: Search): boolean {
  return isPlain(search.type === 'rules' ? search.given : search.steps);
}

/** The answer is the same in any thread. Throws UserError where facts cannot be read back. */
export function answerTo(search: Search): Answer {
  if (search.type === 'associations') {
    const { cohort, steps, limits } = search;
    return { type: 'associations', searched: searchAssociations(populationOf(cohort, stepsIn(steps)), limits) };
  }
  const features = newFeatures();
  for (const given of givenIn(search.given)) features.see(given);
  return { type: 'rules', chosen: searchAndChoose({ ...search.ground, features: features.groups() }) };
}
