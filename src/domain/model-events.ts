// Events of talking to a model: how a request ended, and what is no longer sent of a conversation that grew too long; schemas, no behaviour.
import { z } from 'zod';
import { common, content, usage } from './event-base.ts';

/** Once for each request, whether it was answered or not. */
export const modelRequestEndSchema = z.object({
  ...common,
  type: z.literal('span.model_request_end'),
  model: z.string().optional(),
  usage: usage.optional(),
  stop_reason: z.string().nullable().optional(),
  request: z.string().optional(),
  cost_usd: z.number().optional(),
  ms: z.number().optional(),
  attempts: z.number().int().optional(),
  /** Why there was no answer; absent where there was one. */
  failure: z.string().optional(),
  /** What was asked for where it was no turn of the conversation: `compaction`. */
  purpose: z.string().optional(),
  /** True where the request was made, and paid for, by the session that this one was forked from. */
  copied: z.boolean().optional(),
});

/** From here on a thread's conversation is sent otherwise than it was stored. */
export const compactedSchema = z.object({
  ...common,
  type: z.literal('agent.thread_context_compacted'),
  /** What is sent, after what people said, in place of everything before `keeps_from`. All of it is marked as injected. */
  summary: content.optional(),
  /** First event of the oldest answer that is still sent as it was. */
  keeps_from: z.string().optional(),
  /** How many answers the summary stands for, and who wrote it: the model, or code where the model could not. */
  answers: z.number().int().optional(),
  by: z.enum(['model', 'code']).optional(),
  /** Results (event ids) that from here on are sent with at most `kept` characters. */
  shortened: z.array(z.string()).optional(),
  kept: z.number().int().optional(),
  /** Thinking before this event is not sent back any more: what it was signed for has changed. */
  thinking_dropped: z.boolean().optional(),
  /** Blocks before this event of kinds other than text, thinking and calls are not sent back any more: the server refused them. */
  others_dropped: z.boolean().optional(),
  reason: z.string().optional(),
});
