// What a session's header says of the larger work that it is a part of: a suite's trial, a workflow's step; schemas, no behaviour.
import { z } from 'zod';

const name = z.string().min(1).max(200);

/** A trial of a suite's task. Sessions with `held_out` or `arm` are for proving: nothing is ever learned from them. */
export const suiteMarkSchema = z.object({
  suite: name,
  /** Id of the suite run, shared by all its trials. */
  run: name,
  /** Counted from 1. */
  trial: z.number().int().min(1),
  /** What made the trial's chances: the same for every arm of a proof. */
  seed: z.string().max(200).optional(),
  tags: z.array(z.string()).optional(),
  held_out: z.boolean().optional(),
  /** Which memory it ran with, in a proof: A in force, B the branch, P neutral text of B's length, E single entries. */
  arm: z.enum(['A', 'B', 'P', 'E']).optional(),
});
export type SuiteMark = z.infer<typeof suiteMarkSchema>;

type ProofMark = Pick<SuiteMark, 'held_out' | 'arm'>;

/** True for a session that is kept for proving: what was learned from it could not be proven on it any more. */
export function isForProof({ suite }: { suite?: ProofMark | undefined }): boolean {
  return suite?.held_out === true || suite?.arm !== undefined;
}

/** True for a session that nothing is learned from: one that is kept for proving, or a dream's own conversation with its models. */
export function isKeptFromLearning(session: { suite?: ProofMark | undefined; dream?: string | undefined }): boolean {
  return session.dream !== undefined || isForProof(session);
}

/** A step of a workflow, or one item of it. */
export const workflowMarkSchema = z.object({
  workflow: name,
  run: name,
  step: name,
  /** Counted from 0, where the step runs for each of a list. */
  item: z.number().int().min(0).optional(),
});
export type WorkflowMark = z.infer<typeof workflowMarkSchema>;
