// How far a rubric's judge agreed with people, as it is kept beside the rubric; a schema and the rule of being weak, counts nothing.
import { z } from 'zod';

/** Cohen's kappa below which judge verdicts carry no weight. */
export const LEAST_KAPPA = 0.6;

const count = z.number().int().min(0);

/** Verdicts of a grader beside labels of people, of one criterion or (without one) of the pass as a whole. */
export const agreementSchema = z.object({
  criterion: z.string().optional(),
  by: z.enum(['check', 'judge', 'rubric']),
  /** SHA-256 of what was asked; a criterion whose statement changed was never calibrated. */
  asked: z.string(),
  /** Labelled and decided. */
  compared: count,
  /** Labelled, and the grader could not tell. */
  undecided: count,
  both_met: count,
  both_not_met: count,
  /** The grader said met, people said not met. */
  false_passes: count,
  false_fails: count,
  /** Absent where chance alone explains everything: nothing compared, or one and the same verdict throughout. */
  kappa: z.number().min(-1).max(1).optional(),
  kappa_interval: z.tuple([z.number(), z.number()]).optional(),
});
export type AgreementRecord = z.infer<typeof agreementSchema>;

/** `rubrics/<name>.calibration.json`. */
export const calibrationSchema = z.object({
  version: z.literal(1),
  rubric: z.object({ name: z.string(), sha256: z.string() }),
  /** Who judged: what one model can do says nothing about another. */
  grader: z.string(),
  /** How many labels there were, and the SHA-256 of their file. */
  labels: z.object({ count, sha256: z.string() }),
  at: z.iso.datetime(),
  rows: z.array(agreementSchema).max(1_000),
});
export type CalibrationRecord = z.infer<typeof calibrationSchema>;

/** True where a judge's verdicts were compared with people's and agreed too little to be worth anything. */
export function isWeak({ by, kappa }: Pick<AgreementRecord, 'by' | 'kappa'>): boolean {
  return by !== 'check' && kappa !== undefined && kappa < LEAST_KAPPA;
}
