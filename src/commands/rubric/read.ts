// `agent rubric list | show | schema`: the rubrics as their files describe them; changes nothing.

import { count } from '../../base/text.ts';
import type { Criterion } from '../../domain/rubric.ts';
import { rubricJsonSchema } from '../../domain/rubric-json-schema.ts';
import { findLayout } from '../../store/find-memory.ts';
import { type FoundRubric, listRubrics, readRubric } from '../../store/rubrics.ts';
import type { CommandContext } from '../context.ts';

/** `agent rubric list`; exit code 1 where a file of rubrics/ is none. */
export async function list({ world, dir, print }: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { rubrics, broken } = listRubrics(findLayout(world, dir));
  if (flags.json) print.json({ rubrics: rubrics.map(plain), broken });
  else {
    if (rubrics.length === 0) print.line('no rubric yet');
    else print.table(['rubric', 'criteria', 'by checks', 'by a judge', 'bar', 'description'], rubrics.map(row));
    for (const { from, reason } of broken) print.line(print.outside(`${from}: ${reason}`));
  }
  print.next(rubrics.length > 0 ? 'next: agent rubric lint' : 'next: agent rubric new <name>');
  return broken.length === 0 ? 0 : 1;
}

/** `agent rubric show`. */
export async function show(context: CommandContext, name: string, flags: { json?: boolean }): Promise<number> {
  const { world, dir, print } = context;
  const rubric = readRubric(findLayout(world, dir), name, world.cwd);
  if (flags.json) {
    print.json(plain(rubric));
    return 0;
  }
  print.line(`${rubric.rubric}  ${print.paint.dim(print.outside(rubric.path))}`);
  if (rubric.description !== '') print.line(print.outside(rubric.description));
  print.line(
    `passes with every required criterion and a score of at least ${rubric.pass.score}; at most ${count(rubric.max_iterations, 'round')}`,
  );
  for (const criterion of rubric.criteria) {
    const { id, statement, required, weight } = criterion;
    print.line();
    print.line(`${id}  ${required ? 'required' : 'optional'}, weight ${weight}`);
    print.line(`  ${print.outside(statement)}`);
    print.line(`  ${print.paint.dim(print.outside(decider(criterion)))}`);
  }
  print.next(`next: agent rubric lint ${name}`);
  return 0;
}

/** `agent rubric schema`. */
export async function schema({ print }: CommandContext): Promise<number> {
  print.json(rubricJsonSchema());
  return 0;
}

function row({ rubric, criteria, pass, description }: FoundRubric): string[] {
  const checks = criteria.filter((c) => c.check !== undefined).length;
  const counts = [criteria.length, checks, criteria.length - checks, pass.score].map(String);
  return [rubric, ...counts, description.replace(/\s+/g, ' ')];
}

function decider({ check, judge }: Criterion): string {
  if (check !== undefined) return `check ${JSON.stringify(check)}`;
  const votes = count(judge?.votes ?? 1, 'vote');
  return `judge, ${votes}${judge?.models === undefined ? '' : ` of ${judge.models.join(', ')}`}`;
}

function plain({ lineOf: _lineOf, ...rubric }: FoundRubric): Omit<FoundRubric, 'lineOf'> {
  return rubric;
}
