// What is wrong with a workflow before anything runs, all of it, each with its line: names, cycles, values, lists, schemas; runs nothing.
import { count, nearest } from '../../base/text.ts';
import { MOST_RUNS, type Workflow } from '../../domain/workflow.ts';
import type { Fault } from '../../store/faults.ts';
import { findCycles, type PlannedStep, planOf, type Use } from './plan.ts';
import { listFault, listOfSchema, placeFault } from './schema-place.ts';
import { readTemplate } from './template.ts';
import type { ValueName } from './value.ts';

/** What a workflow may name, asked of whoever knows. Undefined = nothing is wrong with it. */
export interface Known {
  agent: (name: string) => { text: string; hint?: string | undefined } | undefined;
  rubric: (name: string) => { text: string; hint?: string | undefined } | undefined;
  /** The rubric that an agent is graded by where nobody names another one. */
  rubricOf: (agent: string) => string | undefined;
  /** Whether a schema can be checked at all. */
  schema: (schema: unknown) => string | undefined;
}

type LineOf = (path: readonly PropertyKey[]) => number;
type Named = Extract<ValueName, { of: 'steps' }>;

/** Everything that would stop the workflow, or make it do what nobody meant. Empty where it can run. */
export function workflowFaults(workflow: Workflow, known: Known, lineOf: LineOf): Fault[] {
  const steps = planOf(workflow);
  const context = { workflow, steps, known, lineOf };
  return [
    ...repeatedIds(context),
    ...steps.flatMap((_, at) => stepFaults(context, at)),
    ...cycleFaults(context),
    ...tooMany(context),
    ...inputFaults(context),
    ...outputFaults(context),
  ];
}

interface Context {
  workflow: Workflow;
  steps: readonly PlannedStep[];
  known: Known;
  lineOf: LineOf;
}

// Results are kept by id: of two steps with one id, one would be lost.
function repeatedIds({ steps, lineOf }: Context): Fault[] {
  const ids = steps.map((step) => step.id);
  return ids.flatMap((id, at) =>
    ids.indexOf(id) === at
      ? []
      : [{ line: lineOf(['steps', at, 'id']), text: `steps.${at}.id: ${id} is the id of an earlier step` }],
  );
}

function stepFaults(context: Context, at: number): Fault[] {
  const { steps, known, lineOf } = context;
  const step = steps[at];
  if (step === undefined) return [];
  const { id, agent, rubric, schema, needs, uses, misread } = step;
  const fault = (key: string, text: string, hint?: string): Fault => ({
    line: lineOf(['steps', at, key]),
    text: `step ${id}, ${key}: ${text}`,
    ...(hint !== undefined && { hint }),
  });
  const missing = known.agent(agent);
  const norm = typeof rubric === 'string' ? known.rubric(rubric) : undefined;
  const own = missing === undefined && rubric === undefined ? ownRubricFault(known, agent) : undefined;
  const odd = schema === undefined ? undefined : known.schema(schema);
  return [
    ...misread.map(({ key, text }) => fault(key, text)),
    ...(missing === undefined ? [] : [fault('agent', missing.text, missing.hint)]),
    ...(own === undefined ? [] : [fault('agent', own.text, own.hint)]),
    ...(norm === undefined ? [] : [fault('rubric', norm.text, norm.hint)]),
    ...(odd === undefined ? [] : [fault('schema', odd)]),
    ...(step.list !== undefined && 'items' in step.list && JSON.stringify(step.list.items).includes('{{')
      ? [fault('for_each', 'items of a written list are taken as they stand, and hold no values')]
      : []),
    ...needs.flatMap((need, i): Fault[] => {
      const unknown = unknownStep(context, need);
      return unknown === undefined
        ? []
        : [{ ...fault('needs', unknown.text, unknown.hint), line: lineOf(['steps', at, 'needs', i]) }];
    }),
    ...uses.flatMap((use): Fault[] => {
      const wrong = useFault(context, step, use);
      return wrong === undefined ? [] : [fault(use.key, wrong.text, wrong.hint)];
    }),
  ];
}

function ownRubricFault(known: Known, agent: string): { text: string; hint?: string | undefined } | undefined {
  const name = known.rubricOf(agent);
  const wrong = name === undefined ? undefined : known.rubric(name);
  return wrong && { ...wrong, text: `its rubric ${name}: ${wrong.text}` };
}

function useFault(
  context: Context,
  step: PlannedStep,
  { name, written, key }: Use,
): { text: string; hint?: string } | undefined {
  const each = key === 'for_each';
  if (name.of === 'inputs') return inputUseFault(context, name.name, written, each);
  if (name.of === 'index' || name.of === 'item') return itemFault(context, step, name, written, each);
  const unknown = unknownStep(context, name.step);
  if (unknown !== undefined) return unknown;
  return stepValueFault(context, name, written, each);
}

function inputUseFault({ workflow: { inputs } }: Context, name: string, written: string, each: boolean) {
  const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (input === undefined) return { text: `there is no input named ${name}`, ...hinted(name, Object.keys(inputs)) };
  if (each && !input.list) return { text: `${written} is a text, and no list`, hint: `list: true makes the input one` };
  return undefined;
}

function itemFault(context: Context, step: PlannedStep, name: ValueName, written: string, each: boolean) {
  if (each) return { text: `${written} is one of the list that for_each is to name` };
  if (step.for_each === undefined) return { text: `${written} is only known where the step has for_each` };
  if (name.of !== 'item' || name.pointer === '' || step.list === undefined) return undefined;
  if ('items' in step.list) {
    const schema = listOfSchema({ anyOf: step.list.items.map(shapeOf) });
    const wrong = step.list.items.length === 0 ? undefined : placeFault(schema, `/0${name.pointer}`);
    return wrong === undefined ? undefined : { text: `${written}: no item has that` };
  }
  const from = step.list.name;
  if (from.of === 'inputs') return { text: `${written}: an item of an input has no parts` };
  const schema = from.of === 'steps' && from.field === 'json' ? schemaOf(context, from.step) : undefined;
  const wrong =
    schema === undefined || from.of !== 'steps' ? undefined : placeFault(schema, `${from.pointer}/0${name.pointer}`);
  return wrong === undefined ? undefined : { text: `${written}: ${wrong}` };
}

function stepValueFault(context: Context, { step: id, field, pointer }: Named, written: string, each: boolean) {
  const step = context.steps.find((one) => one.id === id);
  if (field !== 'json') {
    const list = field === 'text' && step?.for_each !== undefined;
    return each && !list ? { text: `${written} is a text, and no list` } : undefined;
  }
  const schema = schemaOf(context, id);
  if (schema === undefined)
    return {
      text: `${written}: step ${id} has no schema, so its answer need not be JSON`,
      hint: `give step ${id} a schema`,
    };
  const wrong = each ? listFault(schema, pointer) : placeFault(schema, pointer);
  return wrong === undefined ? undefined : { text: `${written}: ${wrong}` };
}

// Of a step that runs for each of a list, the answers are a list too.
function schemaOf({ steps, known }: Context, id: string): unknown {
  const step = steps.find((one) => one.id === id);
  if (step?.schema === undefined || known.schema(step.schema) !== undefined) return undefined;
  return step.for_each === undefined ? step.schema : listOfSchema(step.schema);
}

function unknownStep({ steps }: Context, id: string): { text: string; hint?: string } | undefined {
  const ids = steps.map((step) => step.id);
  return ids.includes(id) ? undefined : { text: `there is no step ${id}`, ...hinted(id, ids) };
}

function cycleFaults({ steps, lineOf }: Context): Fault[] {
  return findCycles(steps).map((cycle) => {
    const first = steps.findIndex((step) => step.id === cycle[0]);
    const way = cycle.join(' → ');
    const text = cycle.length === 2 ? `step ${cycle[0]} needs itself` : `these steps wait for each other: ${way}`;
    return { line: lineOf(['steps', first, 'id']), text };
  });
}

function tooMany({ steps, lineOf }: Context): Fault[] {
  const runs = steps.map(({ list }) => (list !== undefined && 'items' in list ? list.items.length : 1));
  const all = runs.reduce((sum, n) => sum + n, 0);
  if (all <= MOST_RUNS) return [];
  return [
    {
      line: lineOf(['steps']),
      text: `that is ${count(all, 'run')}, and a workflow has at most ${count(MOST_RUNS, 'run')}`,
    },
  ];
}

function inputFaults({ workflow: { inputs }, lineOf }: Context): Fault[] {
  return Object.entries(inputs).flatMap(([name, input]): Fault[] => {
    const fault = (key: string, text: string): Fault => ({
      line: lineOf(['inputs', name, key]),
      text: `input ${name}: ${text}`,
    });
    if (input.required && input.default !== undefined)
      return [fault('required', 'what has a default need not be given')];
    if (input.default === undefined || input.list === Array.isArray(input.default)) return [];
    return [fault('default', input.list ? 'the default of a list is a list' : 'a list needs list: true')];
  });
}

function outputFaults(context: Context): Fault[] {
  const { workflow, lineOf } = context;
  if (workflow.output === undefined) return [];
  const { parts, wrong } = readTemplate(workflow.output);
  const line = lineOf(['output']);
  const uses = parts.flatMap((part): Fault[] => {
    if (!('name' in part)) return [];
    const found = outputUseFault(context, part.name, part.written);
    return found === undefined ? [] : [{ line, ...found, text: `output: ${found.text}` }];
  });
  return [...wrong.map((text) => ({ line, text: `output: ${text}` })), ...uses];
}

function outputUseFault(
  context: Context,
  name: ValueName,
  written: string,
): { text: string; hint?: string } | undefined {
  if (name.of === 'inputs') return inputUseFault(context, name.name, written, false);
  if (name.of !== 'steps') return { text: `${written} is only known inside a step with for_each` };
  return unknownStep(context, name.step) ?? stepValueFault(context, name, written, false);
}

function hinted(word: string, names: readonly string[]): { hint: string } {
  const meant = nearest(word, names);
  const all = names.length === 0 ? 'there are none' : `there are: ${names.join(', ')}`;
  return { hint: meant === undefined ? all : `did you mean ${meant}?` };
}

// A schema that knows the keys of a literal item.
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return { type: 'array', items: { anyOf: value.map(shapeOf) } };
  if (value === null || typeof value !== 'object') return { const: value };
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])),
  };
}
