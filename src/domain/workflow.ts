// A workflow as its file describes it: steps, who works on each, what it needs and what it hands on; schemas, no behaviour.
import { z } from 'zod';
import { budgetSchema } from './run-settings.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'small letters, digits, - and _, at most 64');
const scalar = z.union([z.string().max(100_000), z.number(), z.boolean()]);

/** More runs than this in one workflow, retries included, are refused. */
export const MOST_RUNS = 1_000;
/** So many sessions work at once at most, whatever is asked for. */
export const MOST_AT_ONCE = 64;

/** Why an attempt at a step failed. */
export const stepFailures = [
  /** Graded by a rubric, and not satisfied. */
  'not_satisfied',
  /** The answer does not fit the step's schema. */
  'schema',
  /** A limit of the session was reached. */
  'budget',
  /** The model refused. */
  'refusal',
  /** The model could not be reached for too long, or gave no answer that can be used. */
  'error',
  /** The session could not be started: a rubric that went missing, a prompt that grew too long. */
  'not_started',
] as const;
export type StepFailure = (typeof stepFailures)[number];

const input = {
  description: z.string().max(2_000).default(''),
  default: z.union([scalar, z.array(scalar).max(MOST_RUNS, `at most ${MOST_RUNS} items`)]).optional(),
  required: z.boolean().default(false),
  /** True where `--input` may be given several times, and the value is a list. */
  list: z.boolean().default(false),
};

const retry = {
  /** Fresh sessions after the first one. */
  times: z.number().int().min(1).max(10),
  /** `failed` stands for every failure but `not_started`, which would only come again. */
  on: z
    .array(z.enum(['failed', 'not_satisfied', 'schema', 'budget', 'refusal', 'error']))
    .min(1)
    .default(['failed']),
};

const step = {
  id: name,
  /** Name of the agent who works. */
  agent: z.string().min(1).max(64).default('default'),
  prompt: z.string().min(1).max(100_000),
  /** Steps that come first beside those whose values are used. */
  needs: z.array(z.string()).max(200).default([]),
  /** A list, or the value that holds one: the step runs once for each item. */
  for_each: z
    .union([z.string().min(1).max(500), z.array(z.unknown()).max(MOST_RUNS, `at most ${MOST_RUNS} runs`)])
    .optional(),
  /** Items of this step that run at once. */
  parallel: z.number().int().min(1).max(MOST_AT_ONCE, `at most ${MOST_AT_ONCE} at once`).optional(),
  /** A condition; where it is false, the step (or the item) is skipped. */
  when: z.union([z.string().min(1).max(2_000), z.boolean()]).optional(),
  /** Name of the rubric, or its path; false = graded by none; absent = the agent's own, if it has one. */
  rubric: z.union([z.string().min(1).max(500), z.literal(false)]).optional(),
  /** JSON schema of the answer. */
  schema: z.record(z.string(), z.unknown()).optional(),
  budget: budgetSchema.optional(),
};

const workflow = {
  workflow: name,
  description: z.string().max(8_000).default(''),
  /** What is printed at the end; without it, only how the steps went. */
  output: z.string().min(1).max(100_000).optional(),
};

export const workflowSchema = z.strictObject({
  ...workflow,
  /** What the command line hands in: `--input <name>=<value>`. */
  inputs: z.record(name, z.strictObject(input)).default({}),
  steps: z
    .array(z.strictObject({ ...step, retry: z.strictObject(retry).optional() }))
    .min(1)
    .max(200),
});
export type Workflow = z.infer<typeof workflowSchema>;
export type WorkflowStep = Workflow['steps'][number];
export type WorkflowInput = Workflow['inputs'][string];

/** The same without a word about unknown keys, so that whoever reports them can report all else that is wrong as well. */
export const forgivingWorkflowSchema = z.object({
  ...workflow,
  inputs: z.record(name, z.object(input)).default({}),
  steps: z
    .array(z.object({ ...step, retry: z.object(retry).optional() }))
    .min(1)
    .max(200),
});

const at = z.string();
const unit = {
  at,
  step: name,
  /** Counted from 0, where the step runs for each of a list. */
  item: z.number().int().min(0).optional(),
};
const session = z.string().min(1).max(128);

/** One line of state/workflows/<run>.jsonl: what was begun and what has ended, in the order it happened. */
export const workflowLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    version: z.literal(1),
    at,
    run: z.string().min(1).max(100),
    workflow: name,
    /** The name, or the absolute path, that the file was found by. */
    file: z.string().min(1),
    sha256: z.string(),
    inputs: z.record(z.string(), z.unknown()),
    /** Where all steps work. */
    folder: z.string(),
    model: z.string().optional(),
    /** Which lessons the sessions start with; absent = those in force, false = none. */
    memory: z.union([z.literal(false), z.string()]).optional(),
  }),
  /** Another process goes on. */
  z.object({ type: z.literal('resumed'), at, sha256: z.string() }),
  /** What had ended counts as not begun from here on. */
  z.object({ type: z.literal('reopened'), ...unit }),
  /** The list of a step is known. */
  z.object({ type: z.literal('items'), at, step: name, count: z.number().int().min(0).max(MOST_RUNS) }),
  /** With `session`, one that broke off is gone on with. */
  z.object({ type: z.literal('begun'), ...unit, session: session.optional() }),
  /** An attempt is over, and another one comes. */
  z.object({
    type: z.literal('again'),
    ...unit,
    session: session.optional(),
    failure: z.enum(stepFailures),
    why: z.string(),
    usd: z.number(),
    /** What comes: a retry that counts, the one correction of an answer's form, or the same again once the model can be reached. */
    next: z.enum(['retry', 'correction', 'same']),
  }),
  /** The step, or one item of it, is over. A step without an item that is skipped is skipped whole. */
  z.object({
    type: z.literal('ended'),
    ...unit,
    status: z.enum(['done', 'failed', 'skipped']),
    session: session.optional(),
    /** Of the answer's text, which lies in the session. */
    sha256: z.string().optional(),
    failure: z.enum(stepFailures).optional(),
    why: z.string().optional(),
    usd: z.number(),
  }),
  /** Nobody works on the run any more. */
  z.object({
    type: z.literal('stopped'),
    at,
    status: z.enum(['done', 'failed', 'waiting', 'interrupted', 'no_model']),
  }),
]);
export type WorkflowLine = z.infer<typeof workflowLineSchema>;
export type RunLine = Extract<WorkflowLine, { type: 'run' }>;
export type RunStatus = Extract<WorkflowLine, { type: 'stopped' }>['status'];
