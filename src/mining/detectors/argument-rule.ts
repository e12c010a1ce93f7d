// Detects arguments and readings that separate the sessions that met a criterion from those that did not, within tasks; never across them.
import { chooseRules } from '../rules/choose.ts';
import { findingOf } from '../rules/claim.ts';
import { newFeatures } from '../rules/features.ts';
import { groundOf } from '../rules/ground.ts';
import { type Searched, searchRules } from '../rules/search.ts';
import { silenceOf } from '../rules/silence.ts';
import type { Context } from './detector.ts';
import { foldOf } from './fold.ts';

// Silence is explained from the same search, which is the dear part.
const searches = new WeakMap<Context, Searched>();

export const argumentRule = foldOf(
  {
    family: 'argument_rule',
    nothing: 'no argument separates passes from failures within tasks',
    silence: (context) => silenceOf(searches.get(context) ?? searchRules(groundOf(context))),
  },
  (context) => {
    const features = newFeatures();
    return {
      see: (_, facts) => features.see(facts),
      findings() {
        const searched = searchRules(groundOf(context, features.groups()));
        searches.set(context, searched);
        return chooseRules(searched).map((rule) => findingOf(searched.ground, rule));
      },
    };
  },
);
