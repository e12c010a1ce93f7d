// Detects arguments and readings that separate the sessions that met a criterion from those that did not, within tasks; never across them.
import { sourceOf } from '../fact-source.ts';
import type { Chosen } from '../rules/choose.ts';
import { findingOf } from '../rules/claim.ts';
import { type GroundOfSessions, groundOf } from '../rules/ground.ts';
import { silenceOf } from '../rules/silence.ts';
import type { Context, Searching } from './detector.ts';
import { searchedHere, searchOf } from './searching.ts';

/** What was searched, without its features, and what came of it. */
interface Once {
  ground: GroundOfSessions;
  chosen: Chosen;
}

// Silence is explained from the same search, which is the dear part.
const searches = new WeakMap<Context, Once>();

export const argumentRule = searchOf(
  {
    family: 'argument_rule',
    nothing: 'no argument separates passes from failures within tasks',
    silence(context) {
      if (!searches.has(context)) searchedHere(begin(context));
      const once = searches.get(context);
      return once && silenceOf(once.ground, once.chosen);
    },
  },
  begin,
);

function begin(context: Context): Searching {
  const ground = groundOf(context, []);
  const { sessions, ...numbers } = ground;
  return {
    search: { type: 'rules', ground: numbers, given: sourceOf(sessions) },
    findings(answer) {
      if (answer.type !== 'rules') return [];
      const { chosen } = answer;
      searches.set(context, { ground, chosen });
      return chosen.rules.map((rule) => findingOf(ground, rule));
    },
  };
}
