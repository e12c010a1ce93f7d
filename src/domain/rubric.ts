// A rubric: what good looks like, criterion by criterion, decided by a check or by a judge; a schema and its rule of passing, no grading.
import { z } from 'zod';

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'small letters, digits, - and _, at most 64');
const text = z.string().min(1).max(4_000);
const toolName = z.string().min(1).max(64);

/** How two values are compared. `matches` takes a regular expression whose cost is bounded. */
export const comparisons = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'matches', 'exists'] as const;

/** A condition on a value: of an argument (JSON pointer), or of a JSON file. */
export const conditionSchema = z.strictObject({
  /** JSON pointer, for example `/report/fuel`; empty for the whole value. */
  at: z
    .string()
    .regex(/^(\/.*)?$/, 'a JSON pointer, for example /fuel')
    .default(''),
  op: z.enum(comparisons),
  value: z.unknown().optional(),
});
export type Condition = z.infer<typeof conditionSchema>;

/** A command decides: exit 0 = met; stdout's last line is the reason. */
const runCheck = z.strictObject({
  run: z
    .string()
    .min(1)
    .max(2_000)
    .regex(/^[^\n\r\0]*$/, 'one line'),
  /** One process answers many: a JSON line in, a JSON line out. */
  serve: z.boolean().default(false),
  timeout_seconds: z.number().positive().max(3_600).default(60),
});
/** A file of the artefacts: there, of a content, of a JSON schema. */
const fileCheck = z.strictObject({
  file: z.string().min(1).max(500),
  exists: z.boolean().optional(),
  matches: z.string().max(500).optional(),
  schema: z.record(z.string(), z.unknown()).optional(),
});
/** The agent's final message. */
const outputCheck = z.strictObject({
  output: z.strictObject({ matches: z.string().max(500).optional(), not_matches: z.string().max(500).optional() }),
});
/** Which tools were called, in which order, with what. Only calls that ran count. */
const toolCheck = z.strictObject({
  tool: toolName,
  called: z.boolean().optional(),
  before: toolName.optional(),
  at_least: z.number().int().min(0).optional(),
  at_most: z.number().int().min(0).optional(),
  /** Every call of it (`all`) or at least one (`any`) has arguments that fit. */
  args: z.array(conditionSchema).optional(),
  which: z.enum(['all', 'any']).default('any'),
});
/** A value in a JSON file of the artefacts. */
const jsonCheck = conditionSchema.extend({ json: z.string().min(1).max(500) });

export const checkSchema = z.union([runCheck, fileCheck, outputCheck, toolCheck, jsonCheck]);
export type Check = z.infer<typeof checkSchema>;

const judgeSchema = z.strictObject({
  /** An odd number of independent opinions. */
  votes: z
    .number()
    .int()
    .min(1)
    .max(9)
    .refine((n) => n % 2 === 1, 'an odd number')
    .default(1),
  /** Models that vote in turn; absent = the grader of config.yaml. */
  models: z.array(z.string().min(1)).min(1).max(9).optional(),
});

export const criterionSchema = z
  .strictObject({
    id,
    statement: text,
    /** Must be met for a pass, whatever the score. */
    required: z.boolean().default(true),
    weight: z.number().positive().finite().default(1),
    check: checkSchema.optional(),
    judge: judgeSchema.optional(),
  })
  .refine((c) => (c.check === undefined) !== (c.judge === undefined), 'exactly one of check and judge decides it');
export type Criterion = z.infer<typeof criterionSchema>;

export const MOST_RUBRIC_CHARACTERS = 262_144;

export const rubricSchema = z.strictObject({
  rubric: id,
  description: z.string().max(8_000).default(''),
  pass: z.strictObject({ score: z.number().min(0).max(1).default(1) }).prefault({}),
  /** Rounds of grade → revise. */
  max_iterations: z.number().int().min(1).max(20).default(3),
  criteria: z.array(criterionSchema).min(1).max(200),
});

/** A rubric as read from its file; `sha256` is of the file's bytes. */
export interface Rubric extends z.infer<typeof rubricSchema> {
  sha256: string;
}

/** What was decided of one criterion. */
export type CriterionVerdict = 'met' | 'not_met' | 'cannot_tell';

/** Share of weight that is met; a criterion without a verdict, or that could not be told, is not met. */
export function scoreOf(rubric: Pick<Rubric, 'criteria'>, verdicts: ReadonlyMap<string, CriterionVerdict>): number {
  let met = 0;
  let all = 0;
  for (const { id: name, weight } of rubric.criteria) {
    all += weight;
    if (verdicts.get(name) === 'met') met += weight;
  }
  return all === 0 ? 0 : met / all;
}

/** True if all required criteria are met and the score reaches the bar. Computed here, never by a model. */
export function passes(
  rubric: Pick<Rubric, 'criteria' | 'pass'>,
  verdicts: ReadonlyMap<string, CriterionVerdict>,
): boolean {
  const required = rubric.criteria.every((c) => !c.required || verdicts.get(c.id) === 'met');
  // Weights are decimal fractions: 0.1 + 0.2 must reach 0.3.
  return required && scoreOf(rubric, verdicts) >= rubric.pass.score - 1e-9;
}
