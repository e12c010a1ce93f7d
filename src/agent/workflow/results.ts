// What the steps of a workflow run answered, read back from their sessions, so that a resumed run hands on the same bytes; keeps no copy on disk.
import { sha256 } from '../../base/hash.ts';
import type { Layout } from '../../store/layout.ts';
import { findSessionFile } from '../../store/session-files.ts';
import { storedEnd } from '../past.ts';
import { jsonOf } from './answer.ts';
import type { PlannedStep } from './plan.ts';
import { type RunState, statusOf, unitsOf } from './run-state.ts';
import type { Answer, StepResult } from './value.ts';

export interface Results {
  /** What a step came to; undefined while it is not over, or where it failed. */
  step: (id: string) => StepResult | undefined;
  /** The last words of a session; undefined where it is gone or has not ended. */
  text: (session: string) => string | undefined;
  /** Answers that are not what they were when their steps ended. */
  changed: () => { step: string; item?: number; session: string; gone: boolean }[];
}

/** Opens the results of a run; each session is read when its answer is first asked for. */
export function openResults(layout: Layout, steps: readonly PlannedStep[], run: RunState): Results {
  const texts = new Map<string, string>();
  // What is done stays as it is; a list of a thousand answers is not to be read a thousand times.
  const known = new Map<string, StepResult>();
  const text = (session: string): string | undefined => {
    const known = texts.get(session);
    if (known !== undefined) return known;
    const path = findSessionFile(layout, session);
    const read = path === undefined ? undefined : storedEnd(path)?.text;
    if (read !== undefined) texts.set(session, read);
    return read;
  };
  return {
    text,
    step: (id) => {
      const step = steps.find((one) => one.id === id);
      const result = known.get(id) ?? (step === undefined ? undefined : resultOf(step, run, text));
      if (result !== undefined) known.set(id, result);
      return result;
    },
    changed: () =>
      doneUnits(run).flatMap(({ step, item, session, hash }) => {
        const now = text(session);
        if (now !== undefined && sha256(now) === hash) return [];
        return [{ step, ...(item !== undefined && { item }), session, gone: now === undefined }];
      }),
  };
}

function resultOf(
  step: PlannedStep,
  run: RunState,
  text: (session: string) => string | undefined,
): StepResult | undefined {
  const status = statusOf(step, run);
  const many = step.for_each !== undefined;
  if (status === 'skipped') return { status, many, answers: [] };
  if (status !== 'done') return undefined;
  const state = run.step(step.id);
  const answers = (unitsOf(step, state) ?? []).flatMap((item): Answer[] => {
    const unit = state.units.get(item);
    if (unit?.status !== 'done' || unit.session === undefined) return [];
    const said = text(unit.session) ?? '';
    const json = step.schema === undefined ? undefined : jsonOf(said);
    return [{ text: said, ...(json !== undefined && { json: json.value }), ...(item !== undefined && { item }) }];
  });
  return { status, many, answers };
}

function doneUnits(run: RunState): { step: string; item: number | undefined; session: string; hash: string }[] {
  return [...run.steps].flatMap(([step, { units }]) =>
    [...units].flatMap(([item, { status, session, sha256: hash }]) =>
      status === 'done' && session !== undefined && hash !== undefined ? [{ step, item, session, hash }] : [],
    ),
  );
}
