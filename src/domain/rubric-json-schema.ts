// The JSON schema of a rubric, made from the one declaration of it, for editors; checks nothing itself.

import { z } from 'zod';
import { isObject } from '../base/json.ts';
import { rubricSchema } from './rubric.ts';

/** JSON schema (draft 2020-12) of rubrics/<name>.yaml. */
export function rubricJsonSchema(): Record<string, unknown> {
  const made = z.toJSONSchema(rubricSchema, { io: 'input' });
  return {
    ...made,
    title: 'Rubric of agentmem',
    description: 'What good looks like, criterion by criterion: rubrics/<name>.yaml in .agentmem.',
    properties: { ...made.properties, criteria: withOneDecider(made.properties?.criteria) },
  };
}

// The rule that exactly one of check and judge decides is code in the declaration, which no generator can read.
function withOneDecider(criteria: unknown): unknown {
  if (!isObject(criteria) || !isObject(criteria.items)) throw new Error('a rubric’s schema has no list of criteria');
  const oneOf = [{ required: ['check'] }, { required: ['judge'] }];
  return { ...criteria, items: { ...criteria.items, oneOf } };
}
