// What a reviewer decided about an entry: one line of decisions.jsonl; never holds evidence.
import { z } from 'zod';

export const decisionSchema = z.object({
  entry: z.string(),
  fingerprint: z.string(),
  verdict: z.enum(['rejected', 'retired', 'accepted']),
  by: z.string(),
  at: z.string(),
  because: z.string().optional(),
  dream: z.string().optional(),
  playbook: z.string().optional(),
  title: z.string().optional(),
  /** Sessions that supported the entry when it was decided: it may come back only when its evidence doubled. */
  sessions: z.number().int().optional(),
});
export type Decision = z.infer<typeof decisionSchema>;
