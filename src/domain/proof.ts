// A proof: what a dream's lessons did on tasks that no layer had seen, and the verdict on them; schemas of what is stored, computes nothing.
import { z } from 'zod';
import { grades } from './card.ts';

export const proofArms = ['A', 'B', 'P', 'E'] as const;
/** A the memory in force · B the branch · P neutral text of B's length · E the branch, each new entry in half of the trials. */
export type ProofArm = (typeof proofArms)[number];

export const proofVerdicts = ['validated', 'no proven harm', 'not proven', 'harmful'] as const;
export type ProofVerdict = (typeof proofVerdicts)[number];

const share = z.number();
const range = z.tuple([z.number(), z.number()]);
const sha = z.string().regex(/^[0-9a-f]{16}$/);

/** One arm's trials. Means are over trials; money is null where a request had no known price. */
export const armSummarySchema = z.object({
  trials: z.number().int(),
  passed: z.number().int(),
  failed: z.number().int(),
  /** Trials that say neither: ungraded, interrupted, or the server gave up. */
  missing: z.number().int(),
  /** pass^k by k: the chance that all of k tries at a task succeed. */
  pass_hat: z.record(z.string(), share),
  usd: z.number().nullable(),
  tokens: z.number(),
  steps: z.number(),
  minutes: z.number(),
  /** Shares of trials that ended with a question to a person, and that refused or never tried. */
  handed_off: share,
  gave_up: share,
});
export type ArmSummary = z.infer<typeof armSummarySchema>;

/** Two arms on the same tasks; `difference` is the mean over tasks of (second − first), in shares. */
export const comparisonSchema = z.object({
  /** Tasks in which both arms have a trial that says yes or no. */
  tasks: z.number().int(),
  before: share,
  after: share,
  difference: share,
  /** Task-cluster bootstrap, 95 %; null for fewer than two tasks. */
  interval: range.nullable(),
  /** One-sided sign-flip p: that the second arm is better, and that it is worse. */
  better: z.number(),
  worse: z.number(),
  exact: z.boolean(),
  /** Tasks in which the second arm did better, worse, the same. */
  wins: z.number().int(),
  losses: z.number().int(),
  ties: z.number().int(),
  /** Two-sided mid-p McNemar, where every task was tried once in each arm. */
  mid_p: z.number().optional(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const criterionProofSchema = comparisonSchema.extend({ id: z.string(), required: z.boolean() });
export type CriterionProof = z.infer<typeof criterionProofSchema>;

/** An entry that was in for half of the trials of each task. */
export const entryEffectSchema = z.object({
  entry: z.string(),
  tasks: z.number().int(),
  /** Trials with it and without it, and the share of each that passed, every task counting the same. */
  with: z.object({ trials: z.number().int(), rate: share }),
  without: z.object({ trials: z.number().int(), rate: share }),
  /** Trials with it in which a prompt really held it. */
  loaded: z.number().int(),
  difference: share,
  /** Two-sided permutation within tasks, and the same after Holm over all entries. */
  p: z.number(),
  holm: z.number(),
  exact: z.boolean(),
  effect: z.enum(['helps', 'hurts', 'undecided']),
});
export type EntryEffect = z.infer<typeof entryEffectSchema>;

/** What an entry says will happen less often, counted in the sessions of both arms. */
export const predictionSchema = z.object({
  entry: z.string(),
  /** What was counted, in words; absent where nothing can be. */
  metric: z.string().optional(),
  /** Events a trial, before and after. */
  before: z.number().optional(),
  after: z.number().optional(),
  /** One-sided sign-flip p of a fall. */
  fell: z.number().optional(),
  /** Why nothing was counted. */
  reason: z.string().optional(),
});
export type Prediction = z.infer<typeof predictionSchema>;

const counted = z.object({ passed: z.number().int(), of: z.number().int() });
export const taskProofSchema = z.object({
  task: z.string(),
  /** Names prompt and seed: the same task under another name is known again. */
  key: sha,
  a: counted,
  b: counted,
  p: counted,
  /** All of A and nearly none of B passed. */
  collapsed: z.boolean(),
  /** What a person found out about that. */
  explained: z.string().optional(),
});
export type TaskProof = z.infer<typeof taskProofSchema>;

export const proofSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  dream: z.string(),
  verdict: z.enum(proofVerdicts),
  /** Sentences that say why, the decisive one first. */
  reasons: z.array(z.string()),
  at: z.string(),
  suite: z.string(),
  /** Commits of the memory in force and of the branch, as they were compared. */
  base: z.string(),
  head: z.string(),
  /** Hash of the playbooks that the branch grew from. */
  memory: sha,
  /** The lessons that were compared, each with a hash of its text and the grade that it had before any proof. */
  entries: z.array(z.object({ entry: z.string(), text: sha, grade: z.enum(grades) })),
  method: z.enum(['fixed', 'sequential']),
  trials: z.number().int(),
  models: z.array(z.string()),
  whole: comparisonSchema,
  placebo: comparisonSchema,
  criteria: z.array(criterionProofSchema),
  /** Handing off or giving up; higher is worse. */
  evasion: comparisonSchema,
  cost: z.object({
    unit: z.enum(['usd', 'tokens', 'steps']),
    before: z.number(),
    after: z.number(),
    /** after / before; 1 where both are 0. */
    ratio: z.number(),
  }),
  arms: z.partialRecord(z.enum(proofArms), armSummarySchema),
  tasks: z.array(taskProofSchema),
  effects: z.array(entryEffectSchema),
  predictions: z.array(predictionSchema),
  /** Wealth of the bets, where it was stopped by them. */
  evidence: z.object({ better: z.number(), than_placebo: z.number(), worse: z.number() }).optional(),
  /** An earlier proof used some of these tasks: the verdict is for looking at. */
  exploratory: z.object({ tasks: z.number().int(), by: z.array(z.string()) }).optional(),
  /** A person wanted a used set to count all the same. */
  again: z.boolean().optional(),
  /** Entries whose mark was raised to grade A, and entries that were turned down. */
  proven: z.array(z.string()),
  dropped: z.array(z.string()),
});
export type Proof = z.infer<typeof proofSchema>;

/** `dreams/<id>.proof.json`: every proof of a dream, oldest first. */
export const proofFileSchema = z.object({ version: z.literal(1), proofs: z.array(proofSchema) });

/** A trial as it was planned: everything that its order needs, so that a resumed proof orders the very same. */
export const plannedTrialSchema = z.object({
  task: z.string(),
  arm: z.enum(proofArms),
  /** Counted from 1. */
  trial: z.number().int().min(1),
  seed: z.string(),
  /** Entries that are left out, in arm E. */
  without: z.array(z.string()),
});
export type PlannedTrial = z.infer<typeof plannedTrialSchema>;

/** `state/proofs/<run>.json`: what a proof was asked to do. */
export const proofPlanSchema = z.object({
  version: z.literal(1),
  run: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/),
  at: z.string(),
  branch: z.string(),
  dream: z.string(),
  base: z.string().regex(/^[0-9a-f]{40,64}$/),
  head: z.string().regex(/^[0-9a-f]{40,64}$/),
  suite: z.string(),
  /** The held-out tasks, each with the hash of prompt and seed. */
  tasks: z.array(z.object({ id: z.string(), key: sha })),
  trials: z.number().int().min(1).max(100),
  per_entry: z.array(z.string()),
  /** The entries of arm E came with plain git, and are out of all its trials together: nobody proposed them, so they prove themselves. */
  by_hand: z.boolean().optional(),
  sequential: z.boolean(),
  /** What schedule, flips and resamples are drawn from: the same branch, memory and suite give the same draws. */
  seed: z.string(),
  /** What the refs of workspaces meant when it began. */
  commits: z.record(z.string(), z.string()),
  /** Flags that every trial feels, one word each. They are compared and never obeyed: a clone can carry a state folder. */
  flags: z.array(z.string()),
  schedule: z.array(plannedTrialSchema),
  /** How it ended; absent while it runs. */
  finished: z.object({ at: z.string(), verdict: z.enum(proofVerdicts) }).optional(),
});
export type ProofPlan = z.infer<typeof proofPlanSchema>;
