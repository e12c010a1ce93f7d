// Takes the verdicts of judges out that were measured and found weak, so that they carry no weight in a dream; a pure function.
import type { Evaluated, Extract } from './extract-types.ts';
import { altered } from './stored-extract.ts';

/** Criteria whose judge is weak, by the name of their rubric. */
export type WeakCriteria = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The extract without weak verdicts. Where the last grade rests on one, the whole has no outcome either: a pass that a weak
 * judge gave or withheld is no pass and no fail. The same object where nothing is weak.
 */
export function withoutWeakVerdicts(extract: Extract, weak: WeakCriteria): Extract {
  if (weak.size === 0) return extract;
  const { evaluations } = extract;
  if (evaluations === undefined) return extract;
  const kept = evaluations.map((evaluation) => withoutWeak(evaluation, weak));
  if (kept.every((evaluation, i) => evaluation === evaluations[i])) return extract;
  const last = evaluations.at(-1);
  const rests = last !== undefined && kept.at(-1) !== last;
  return altered(extract, { evaluations: kept, ...(rests && { outcome: null }) });
}

function withoutWeak(evaluation: Evaluated, weak: WeakCriteria): Evaluated {
  const names = weak.get(evaluation.rubric);
  const gone = evaluation.judged?.filter((id) => names?.has(id) === true) ?? [];
  if (gone.length === 0) return evaluation;
  const criteria = Object.fromEntries(Object.entries(evaluation.criteria).filter(([id]) => !gone.includes(id)));
  return { ...evaluation, criteria };
}
