// Detects arguments and readings that separate the sessions that met a criterion from those that did not, within tasks; never across them.
import { chooseRules } from '../rules/choose.ts';
import { findingOf } from '../rules/claim.ts';
import { groundOf } from '../rules/ground.ts';
import { type Searched, searchRules } from '../rules/search.ts';
import { silenceOf } from '../rules/silence.ts';
import type { Context, Detector } from './detector.ts';

export const argumentRule: Detector = {
  family: 'argument_rule',
  nothing: 'no argument separates passes from failures within tasks',
  detect: (context) => {
    const searched = searchedOnce(context);
    return chooseRules(searched).map((rule) => findingOf(searched.ground, rule));
  },
  silence: (context) => silenceOf(searchedOnce(context)),
};

// Silence is explained from the same search, which is the dear part.
const searches = new WeakMap<Context, Searched>();

function searchedOnce(context: Context): Searched {
  const known = searches.get(context) ?? searchRules(groundOf(context));
  searches.set(context, known);
  return known;
}
