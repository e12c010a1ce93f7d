// Calibrations of judges, rubrics/<name>.calibration.json, committed so that reviewers see them; knows no session and judges nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { type CalibrationRecord, calibrationSchema, isWeak } from '../domain/calibration.ts';
import type { Criterion } from '../domain/rubric.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import { isOwnName } from './own-files.ts';
import { listRubrics } from './rubrics.ts';

/** The calibration of a rubric; undefined where there is none. Throws UserError where its file is no calibration. */
export function readCalibration(layout: Layout, rubric: string): CalibrationRecord | undefined {
  const path = calibrationPath(layout, rubric);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    throw new UserError({ what: `this calibration cannot be read (${code})`, where: path });
  }
  const hint = 'make it anew: agent grade --calibrate <labels.jsonl>; or delete it';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError({ what: 'this calibration is no JSON', where: path, hint });
  }
  const parsed = calibrationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError({
    what: `this is no calibration: ${issue?.path.map(String).join('.')}: ${issue?.message}`,
    where: path,
    hint,
  });
}

/** Writes a calibration in place of the one before, and gives back its path. Throws UserError if the disk refuses. */
export function writeCalibration(layout: Layout, record: CalibrationRecord): string {
  const path = calibrationPath(layout, record.rubric.name);
  writeAtomic(path, `${JSON.stringify(calibrationSchema.parse(record), null, 2)}\n`);
  return path;
}

/** Where it lies. Throws UserError for what is no rubric's name. */
export function calibrationPath({ rubrics }: Layout, rubric: string): string {
  if (!isOwnName(rubric)) throw new UserError({ what: `“${rubric.slice(0, 80)}” is no name of a rubric` });
  return join(rubrics, `${rubric}.calibration.json`);
}

/** What a criterion asks, as a hash: a calibration holds only as long as this stays the same. */
export function askedHash({ statement, judge, check }: Pick<Criterion, 'statement' | 'judge' | 'check'>): string {
  return sha256(canonicalJson({ statement, judge, check }));
}

/**
 * The criteria whose judge was calibrated and found weak, with the sentence that marks their verdicts. A calibration of another
 * grader, or of a statement that has changed since, says nothing; a grader's name left out means whoever was calibrated.
 */
export function weakOf(
  record: CalibrationRecord | undefined,
  criteria: readonly Criterion[],
  grader?: string,
): Map<string, string> {
  const weak = new Map<string, string>();
  if (record === undefined || (grader !== undefined && record.grader !== grader)) return weak;
  for (const criterion of criteria) {
    const row = record.rows.find((r) => r.criterion === criterion.id && r.asked === askedHash(criterion));
    if (row !== undefined && row.by === 'judge' && isWeak(row))
      weak.set(criterion.id, `weak: kappa ${row.kappa?.toFixed(2)} against ${row.compared} labels`);
  }
  return weak;
}

/** The criteria of all rubrics of a memory whose judge was calibrated and found weak, by the rubric's name. */
export function weakCriteria(layout: Layout): Map<string, Set<string>> {
  const weak = new Map<string, Set<string>>();
  for (const { rubric, criteria } of listRubrics(layout).rubrics) {
    const names = weakOf(readCalibration(layout, rubric), criteria);
    if (names.size > 0) weak.set(rubric, new Set(names.keys()));
  }
  return weak;
}
