// What one request to a model cost: one line of state/spend.jsonl; knows no prices.
import { z } from 'zod';

const tokens = z.number().int().min(0);

export const chargeSchema = z.object({
  at: z.iso.datetime(),
  session: z.string(),
  /** Who asked: `agent`, `grader`, `reflector`, … */
  role: z.string(),
  model: z.string(),
  /** US dollars; null where the model has no known price. */
  usd: z.number().min(0).nullable(),
  /** Tokens that went in, cached ones included. */
  input_tokens: tokens,
  output_tokens: tokens,
});
export type Charge = z.infer<typeof chargeSchema>;
