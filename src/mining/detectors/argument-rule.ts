// Detects arguments and readings that separate the sessions that met a criterion from those that did not, within tasks; never across them.
import { sourceOf } from '../fact-source.ts';
import { outlineOf } from '../rules/claim.ts';
import { groundOf } from '../rules/ground.ts';
import { silenceOf } from '../rules/silence.ts';
import { comparisonOf } from './comparing.ts';

export const argumentRule = comparisonOf(
  { family: 'argument_rule', nothing: 'no argument separates passes from failures within tasks' },
  (context) => {
    const ground = groundOf(context, []);
    const { sessions, ...numbers } = ground;
    return {
      search: { type: 'rules', ground: numbers, given: sourceOf(sessions) },
      said(answer) {
        if (answer?.type !== 'rules') return { found: [] };
        const { chosen } = answer;
        return { found: chosen.rules.map((rule) => outlineOf(ground, rule)), silence: silenceOf(ground, chosen) };
      },
    };
  },
);
