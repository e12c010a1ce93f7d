// Whether a grader may be trusted: its verdicts beside what people said of the same sessions; pure, and changes no verdict.
import { sha256 } from '../base/hash.ts';
import type { AgreementRecord, CalibrationRecord } from '../domain/calibration.ts';
import { isWeak } from '../domain/calibration.ts';
import type { Evaluation } from '../domain/events.ts';
import type { Rubric } from '../domain/rubric.ts';
import { cohenKappa } from '../statistics/kappa.ts';
import { roganGladen } from '../statistics/rogan-gladen.ts';
import type { Estimate } from '../statistics/two-by-two.ts';
import { askedHash } from '../store/calibration.ts';
import type { Label } from './labels.ts';

/** A session and the evaluation that counts of it. */
export interface Judged {
  session: string;
  evaluation: Pick<Evaluation, 'result' | 'criteria'>;
}

/** A verdict that people contradict. */
export interface Mistake {
  session: string;
  /** What the grader said. */
  reason: string;
}

export interface AgreementRow extends AgreementRecord {
  weak: boolean;
  /** Share of those compared on which both agree; undefined where nothing was. */
  agreement: number | undefined;
  /** At most five each. */
  examples: { false_passes: Mistake[]; false_fails: Mistake[] };
  /** Share that the grader calls met, of all sessions that it decided, labelled or not. */
  rate: { met: number; of: number };
  /** The share that is likely to be met really, the grader's errors counted in (Rogan & Gladen); undefined where they cannot be. */
  corrected: Estimate | undefined;
}

export interface Calibration {
  /** The pass as a whole first, where there are labels for it, then criteria in the rubric's order. */
  rows: AgreementRow[];
  /** Labels that met no verdict: their session was not graded, or has no such criterion. */
  unmatched: Label[];
  /** What is kept beside the rubric. */
  record: CalibrationRecord;
}

export interface CalibrateRequest {
  rubric: Pick<Rubric, 'rubric' | 'sha256' | 'criteria' | 'pass'>;
  labels: readonly Label[];
  judged: readonly Judged[];
  grader: string;
  /** SHA-256 of the labels' file. */
  labelsSha256: string;
  at: string;
}

const MOST_EXAMPLES = 5;

/** Compares. Sessions that a grader could not decide are counted, and kept out of every rate. */
export function calibrate(request: CalibrateRequest): Calibration {
  const { rubric, labels, judged, grader, labelsSha256, at } = request;
  const sessions = new Map(judged.map((j) => [j.session, j.evaluation]));
  const whole = compare(wholeSubject(rubric), labels, sessions);
  const each = rubric.criteria.map((c) =>
    compare({ criterion: c.id, by: c.judge === undefined ? 'check' : 'judge', asked: askedHash(c) }, labels, sessions),
  );
  const rows = [whole, ...each].filter((row) => row.compared + row.undecided > 0);
  const known = new Set(rubric.criteria.map(({ id }) => id));
  const unmatched = labels.filter(
    ({ session, criterion }) => !sessions.has(session) || (criterion !== undefined && !known.has(criterion)),
  );
  const record: CalibrationRecord = {
    version: 1,
    rubric: { name: rubric.rubric, sha256: rubric.sha256 },
    grader,
    labels: { count: labels.length, sha256: labelsSha256 },
    at,
    rows: rows.map(({ weak: _, agreement: __, examples: ___, rate: ____, corrected: _____, ...kept }) => kept),
  };
  return { rows, unmatched, record };
}

type Subject = Pick<AgreementRecord, 'criterion' | 'by' | 'asked'>;
type Said = { met: boolean | undefined; reason: string };

function wholeSubject({ criteria, pass }: CalibrateRequest['rubric']): Subject {
  const judge = criteria.some((c) => c.judge !== undefined);
  return { by: judge ? 'rubric' : 'check', asked: sha256(JSON.stringify([pass, criteria.map(askedHash)])) };
}

function compare(
  subject: Subject,
  labels: readonly Label[],
  sessions: ReadonlyMap<string, Judged['evaluation']>,
): AgreementRow {
  const counts = { both_met: 0, both_not_met: 0, false_passes: 0, false_fails: 0, undecided: 0 };
  const examples: AgreementRow['examples'] = { false_passes: [], false_fails: [] };
  for (const { session, criterion, met } of labels) {
    const evaluation = sessions.get(session);
    if (criterion !== subject.criterion || evaluation === undefined) continue;
    const said = verdictOf(evaluation, criterion);
    const cell = cellOf(said.met, met);
    counts[cell]++;
    if ((cell === 'false_passes' || cell === 'false_fails') && examples[cell].length < MOST_EXAMPLES)
      examples[cell].push({ session, reason: said.reason });
  }
  const compared = counts.both_met + counts.both_not_met + counts.false_passes + counts.false_fails;
  const agreed = counts.both_met + counts.both_not_met;
  const kappa = cohenKappa([
    [counts.both_met, counts.false_passes],
    [counts.false_fails, counts.both_not_met],
  ]);
  const record: AgreementRecord = {
    ...subject,
    compared,
    ...counts,
    ...(kappa !== undefined && { kappa: kappa.estimate, kappa_interval: [kappa.lower, kappa.upper] }),
  };
  const agreement = compared === 0 ? undefined : agreed / compared;
  const rate = rateOf(subject, sessions);
  return { ...record, weak: isWeak(record), agreement, examples, rate, corrected: correctedRate(rate, counts) };
}

function cellOf(said: boolean | undefined, label: boolean) {
  if (said === undefined) return 'undecided';
  if (said) return label ? 'both_met' : 'false_passes';
  return label ? 'false_fails' : 'both_not_met';
}

function verdictOf({ result, criteria }: Judged['evaluation'], criterion: string | undefined): Said {
  if (criterion === undefined) {
    const open = criteria.filter(({ verdict }) => verdict === 'not_met').map(({ id, reason }) => `${id}: ${reason}`);
    const fails = result === 'needs_revision' || result === 'max_iterations_reached';
    return { met: result === 'satisfied' ? true : fails ? false : undefined, reason: open.join('; ') || result };
  }
  const found = criteria.find(({ id }) => id === criterion);
  if (found === undefined || found.verdict === 'cannot_tell') return { met: undefined, reason: found?.reason ?? '' };
  return { met: found.verdict === 'met', reason: found.reason };
}

function rateOf(
  { criterion }: Subject,
  sessions: ReadonlyMap<string, Judged['evaluation']>,
): { met: number; of: number } {
  const verdicts = [...sessions.values()].map((evaluation) => verdictOf(evaluation, criterion).met);
  const decided = verdicts.filter((met) => met !== undefined);
  return { met: decided.filter(Boolean).length, of: decided.length };
}

function correctedRate(
  { met, of }: { met: number; of: number },
  counts: Pick<AgreementRecord, 'both_met' | 'both_not_met' | 'false_passes' | 'false_fails'>,
): Estimate | undefined {
  const { both_met, both_not_met, false_passes, false_fails } = counts;
  return roganGladen(
    { count: met, of },
    { count: both_met, of: both_met + false_fails },
    { count: both_not_met, of: both_not_met + false_passes },
  );
}
