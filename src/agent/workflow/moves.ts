// What can be done next in a workflow: which steps are skipped, have their list, or can run; a pure rule that starts nothing.
import { count } from '../../base/text.ts';
import { MOST_RUNS } from '../../domain/workflow.ts';
import { holds } from './decide.ts';
import type { PlannedStep } from './plan.ts';
import { itemsOf } from './prompt.ts';
import { type RunState, statusOf, unitsOf } from './run-state.ts';
import type { Scope, Source } from './value.ts';

export type Move =
  | { do: 'skip'; step: string; item?: number; why: string }
  /** The step cannot run at all. */
  | { do: 'fail'; step: string; why: string }
  | { do: 'items'; step: string; count: number }
  | { do: 'run'; step: PlannedStep; item?: number; scope: Scope };

/**
 * Every move that is possible now, in the order of the file. A step comes after all that it needs: where one of those failed
 * or was not reached it is not reached either, where all of them were skipped it is skipped, and else it runs.
 */
export function nextMoves(
  steps: readonly PlannedStep[],
  run: RunState,
  values: Pick<Scope, 'inputs' | 'step'>,
): Move[] {
  const status = new Map(steps.map((step) => [step.id, statusOf(step, run)]));
  return steps.flatMap((step): Move[] => {
    const own = status.get(step.id);
    if (own !== 'not_begun' && own !== 'open') return [];
    const before = step.after.map((id) => status.get(id));
    if (before.some((each) => each !== 'done' && each !== 'skipped')) return [];
    if (before.length > 0 && before.every((each) => each === 'skipped'))
      return [{ do: 'skip', step: step.id, why: `everything that it needs was skipped: ${step.after.join(', ')}` }];
    return movesOf(step, run, values, own === 'not_begun');
  });
}

function movesOf(step: PlannedStep, run: RunState, values: Pick<Scope, 'inputs' | 'step'>, fresh: boolean): Move[] {
  const { id, condition } = step;
  const whole = condition !== undefined && !step.uses.some(({ key, name }) => key === 'when' && isOfItem(name.of));
  if (whole && fresh && !holds(condition, values)) return [{ do: 'skip', step: id, why: NOT_MET }];
  const list = step.list === undefined ? undefined : itemsOf(step.list, values);
  const state = run.step(id);
  if (step.for_each !== undefined) {
    if (list === undefined && sourceSkipped(step, values))
      return [{ do: 'skip', step: id, why: 'the step that its list comes from was skipped' }];
    if (list === undefined) return [{ do: 'fail', step: id, why: 'for_each names something that is no list' }];
    if (list.items.length !== state.count) return [expanded(step, run, list.items.length)];
  }
  return (unitsOf(step, state) ?? []).flatMap((item): Move[] => {
    if (state.units.get(item)?.status !== undefined && state.units.get(item)?.status !== 'open') return [];
    const scope = scopeOf(values, list, item);
    const begun = state.units.get(item)?.begun === true;
    const at = { ...(item !== undefined && { item }) };
    if (condition !== undefined && !whole && !begun && !holds(condition, scope))
      return [{ do: 'skip', step: id, ...at, why: NOT_MET }];
    return [{ do: 'run', step, ...at, scope }];
  });
}

function sourceSkipped({ list }: PlannedStep, { step }: Pick<Scope, 'step'>): boolean {
  return list !== undefined && 'name' in list && list.name.of === 'steps' && step(list.name.step)?.status === 'skipped';
}

const NOT_MET = 'its condition does not hold';

function expanded({ id }: PlannedStep, run: RunState, items: number): Move {
  const others = [...run.steps].reduce((sum, [each, { count: known = 1 }]) => (each === id ? sum : sum + known), 0);
  if (others + items <= MOST_RUNS) return { do: 'items', step: id, count: items };
  const why = `its list has ${count(items, 'item')}, and a workflow has at most ${count(MOST_RUNS, 'run')}`;
  return { do: 'fail', step: id, why };
}

function scopeOf(
  values: Pick<Scope, 'inputs' | 'step'>,
  list: { items: readonly unknown[]; from: Source } | undefined,
  item: number | undefined,
): Scope {
  if (item === undefined || list === undefined) return values;
  return { ...values, item: { value: list.items[item], from: list.from }, index: item };
}

function isOfItem(of: string): boolean {
  return of === 'item' || of === 'index';
}
