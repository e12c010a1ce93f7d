// What an import reports of one session; counted from its events, so that it holds for every source.
import { z } from 'zod';
import { isToolResult, isToolUse } from '../domain/events.ts';
import type { FoundSession } from './source.ts';

export const summarySchema = z.object({
  id: z.string(),
  source: z.object({ tool: z.string(), id: z.string() }),
  /** The task's id where the origin has one. Never its prompt: that is not redacted here. */
  task: z.string().nullable(),
  model: z.string().nullable(),
  by: z.string().nullable(),
  tool_calls: z.number(),
  tool_errors: z.number(),
  unanswered_calls: z.number(),
  outcome: z.enum(['pass', 'fail']).nullable(),
});
export type SessionSummary = z.infer<typeof summarySchema>;

/** A call that several records repeat is one event already; an error counts once per call. */
export function summaryOf({ header, events }: FoundSession): SessionSummary {
  const calls: string[] = [];
  const answered = new Set<string | undefined>();
  const failed = new Set<string>();
  for (const event of events) {
    if (isToolUse(event)) calls.push(event.id);
    if (!isToolResult(event)) continue;
    answered.add(event.tool_use_id);
    if (event.is_error) failed.add(event.tool_use_id ?? event.call ?? event.id);
  }
  return {
    id: header.session,
    source: { tool: header.source.tool, id: header.source.id ?? header.session },
    task: header.task?.id ?? null,
    model: header.model ?? null,
    by: header.by ?? null,
    tool_calls: calls.length,
    tool_errors: failed.size,
    unanswered_calls: calls.filter((id) => !answered.has(id)).length,
    outcome: header.label?.outcome ?? null,
  };
}
