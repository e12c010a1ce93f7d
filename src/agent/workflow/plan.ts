// A workflow taken apart: templates, conditions, lists and what each step really needs; finds cycles and runs nothing.
import type { Workflow, WorkflowStep } from '../../domain/workflow.ts';
import { type Condition, namesIn, readCondition } from './condition.ts';
import { loneName, type Part, readTemplate } from './template.ts';
import type { ValueName } from './value.ts';

/** A value that a step names, and where in the file it does. */
export interface Use {
  name: ValueName;
  written: string;
  /** The way to it below the step: `prompt`, `when`, `for_each`. */
  key: 'prompt' | 'when' | 'for_each';
}

/** Something that could not be read. */
export interface Misread {
  key: Use['key'];
  text: string;
}

export interface PlannedStep extends WorkflowStep {
  /** Ids of the steps that come first: those that `needs` names and those whose values are used, in the order of the file. */
  after: string[];
  words: Part[];
  condition?: Condition;
  /** The list that it runs for each of: written down, or a value. */
  list?: { items: readonly unknown[] } | { name: ValueName };
  uses: Use[];
  misread: Misread[];
}

/** Every step with what it needs. */
export function planOf({ steps }: Pick<Workflow, 'steps'>): PlannedStep[] {
  const order = steps.map((step) => step.id);
  return steps.map((step) => plannedStep(step, order));
}

/** Steps that need each other in a circle, the first one again at the end: one circle for each step that is in any. */
export function findCycles(steps: readonly Pick<PlannedStep, 'id' | 'after'>[]): string[][] {
  const after = new Map(steps.map((step) => [step.id, step.after]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (id: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(id);
    if (seen >= 0) cycles.push([...trail.slice(seen), id]);
    if (seen >= 0 || done.has(id)) return;
    for (const before of after.get(id) ?? []) walk(before, [...trail, id]);
    done.add(id);
  };
  for (const { id } of steps) walk(id, []);
  return cycles;
}

function plannedStep(step: WorkflowStep, order: readonly string[]): PlannedStep {
  const misread: Misread[] = [];
  const { parts, wrong } = readTemplate(step.prompt);
  misread.push(...wrong.map((text): Misread => ({ key: 'prompt', text })));
  const uses = parts.flatMap((part): Use[] => ('name' in part ? [{ ...part, key: 'prompt' }] : []));
  const condition = conditionOf(step, misread);
  if (condition !== undefined) uses.push(...namesIn(condition).map((use): Use => ({ ...pick(use), key: 'when' })));
  const list = listOf(step, misread, uses);
  const named = [...step.needs, ...uses.flatMap(({ name }) => (name.of === 'steps' ? [name.step] : []))];
  const after = [...new Set(named)].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return {
    ...step,
    after,
    words: parts,
    ...(condition !== undefined && { condition }),
    ...(list !== undefined && { list }),
    uses,
    misread,
  };
}

function conditionOf({ when }: WorkflowStep, misread: Misread[]): Condition | undefined {
  if (when === undefined) return undefined;
  const condition: ReturnType<typeof readCondition> =
    typeof when === 'boolean' ? { is: 'literal', value: when } : readCondition(when);
  if (!('wrong' in condition)) return condition;
  misread.push({ key: 'when', text: condition.wrong });
  return undefined;
}

function listOf({ for_each }: WorkflowStep, misread: Misread[], uses: Use[]): PlannedStep['list'] {
  if (for_each === undefined) return undefined;
  if (typeof for_each !== 'string') return { items: for_each };
  const value = loneName(for_each);
  if ('wrong' in value) {
    misread.push({ key: 'for_each', text: value.wrong });
    return undefined;
  }
  uses.push({ ...value, key: 'for_each' });
  return { name: value.name };
}

function pick({ name, written }: { name: ValueName; written: string }) {
  return { name, written };
}
