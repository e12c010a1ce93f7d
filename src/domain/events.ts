// The events of a session transcript, version 1: one JSON object a line; never reads or writes a file.
import { z } from 'zod';
import { artefactsSchema } from './artefacts.ts';
import { type block, common, content, usage } from './event-base.ts';
import { compactedSchema, modelRequestEndSchema } from './model-events.ts';
import { suiteMarkSchema, workflowMarkSchema } from './run-marks.ts';

/** A piece of content, said or put there. */
export type Block = z.infer<typeof block>;

const fileOfSource = z.object({ path: z.string(), sha256: z.string() });
export const sourceSchema = z.object({
  tool: z.string(),
  id: z.string().optional(),
  files: z.array(fileOfSource).optional(),
  version: z.string().optional(),
});
export type Source = z.infer<typeof sourceSchema>;

export const taskSchema = z.object({ id: z.string().optional(), prompt: z.string().optional() });

/** The first line of every transcript. */
export const headerSchema = z.object({
  ...common,
  type: z.literal('session.created'),
  version: z.literal(1),
  session: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  title: z.string().optional(),
  task: taskSchema.optional(),
  agent: z.object({ name: z.string(), sha256: z.string().optional() }).optional(),
  model: z.string().optional(),
  /** Hash of the person's git e-mail. */
  by: z.string().optional(),
  /** Repository identity; worktrees of one repository share it. */
  project: z.string().optional(),
  source: sourceSchema,
  cwd: z.string().optional(),
  git: z
    .object({ head: z.string().optional(), branch: z.string().optional(), dirty: z.boolean().optional() })
    .optional(),
  memory: z.object({ commit: z.string(), entries: z.array(z.string()) }).optional(),
  /** The trial of a suite that this session is. */
  suite: suiteMarkSchema.optional(),
  /** The step of a workflow that this session is. */
  workflow: workflowMarkSchema.optional(),
  /** The dream whose own conversation with its models this is: nothing is learned from it. */
  dream: z.string().max(64).optional(),
  /** The session and the event that this one grew from; what came before is copied into it. */
  forked_from: z.object({ session: z.string(), event: z.string() }).optional(),
  /** An outcome that came with the import (a benchmark's reward, say). */
  label: z
    .object({ outcome: z.enum(['pass', 'fail']), score: z.number().optional(), name: z.string().optional() })
    .optional(),
});
export type Header = z.infer<typeof headerSchema>;

const spanRef = z.object({ event: z.string(), quote: z.string() });
export const verdictSchema = z.object({
  id: z.string(),
  verdict: z.enum(['met', 'not_met', 'cannot_tell']),
  by: z.enum(['check', 'judge']),
  reason: z.string(),
  evidence: z.array(spanRef).optional(),
  votes: z.record(z.string(), z.number()).optional(),
  /** What a reader should know before trusting the verdict: the work spoke to the grader, the judge is weak, votes disagreed. */
  notes: z.array(z.string()).optional(),
});

export const evaluationSchema = z.object({
  ...common,
  type: z.literal('span.outcome_evaluation_end'),
  rubric: z.object({ name: z.string(), sha256: z.string().optional() }),
  iteration: z.number().int().min(0),
  result: z.enum(['satisfied', 'needs_revision', 'max_iterations_reached', 'failed', 'interrupted', 'ungraded']),
  score: z.number().optional(),
  criteria: z.array(verdictSchema),
  /** Why there is no yes or no, where the verdicts do not say it. */
  reason: z.string().optional(),
  /** Hash of what was graded, so that a later round can be known to be the same work. */
  artefacts: z.string().optional(),
  grader: z.object({ model: z.string() }).optional(),
  usage: usage.optional(),
});

const loose = <T extends string>(type: T) => z.looseObject({ ...common, type: z.literal(type) });

export const toolUseSchema = z.object({
  ...common,
  type: z.enum(['agent.tool_use', 'agent.mcp_tool_use']),
  name: z.string(),
  input: z.unknown(),
  /** The id that the origin gave the call. */
  call: z.string().optional(),
  /** Further fields of the model's block, sent back with it as they came. */
  extra: z.record(z.string(), z.unknown()).optional(),
});
export type ToolUse = z.infer<typeof toolUseSchema>;

export const toolResultSchema = z.object({
  ...common,
  type: z.enum(['agent.tool_result', 'agent.mcp_tool_result']),
  /** Id of the `agent.tool_use` event; a result without its call keeps the origin's id in `call` only. */
  tool_use_id: z.string().optional(),
  call: z.string().optional(),
  content,
  is_error: z.boolean().optional(),
  /** True where a person or a rule refused the call: the tool never ran. */
  denied: z.boolean().optional(),
  /** True where the session was interrupted, or died, before the call's result was known: it may have run, in part or whole. */
  interrupted: z.boolean().optional(),
  /** File beside the transcript with the whole text, when `content` holds only head and tail. */
  file: z.string().optional(),
});
export type ToolResult = z.infer<typeof toolResultSchema>;

export const userMessageSchema = z.object({ ...common, type: z.literal('user.message'), content });
export const agentMessageSchema = z.object({
  ...common,
  type: z.literal('agent.message'),
  content,
  model: z.string().optional(),
});

const eventSchemas = [
  headerSchema,
  userMessageSchema,
  z.object({ ...common, type: z.literal('system.message'), content }),
  agentMessageSchema,
  z.looseObject({
    ...common,
    type: z.literal('agent.thinking'),
    content: z.array(z.looseObject({ type: z.string() })),
  }),
  toolUseSchema.extend({ type: z.literal('agent.tool_use') }),
  toolUseSchema.extend({ type: z.literal('agent.mcp_tool_use') }),
  toolResultSchema.extend({ type: z.literal('agent.tool_result') }),
  toolResultSchema.extend({ type: z.literal('agent.mcp_tool_result') }),
  evaluationSchema,
  /** A record of a kind we do not know: kept, never dropped. */
  z.object({ ...common, type: z.literal('source.record'), record: z.unknown() }),
  /** Later facts about the session: a new title, more origin files, a new label. */
  z.object({
    ...common,
    type: z.literal('session.updated'),
    title: z.string().optional(),
    source: sourceSchema.optional(),
    label: headerSchema.shape.label,
    /** Events whose lines `agent sessions redact` wrote anew: evidence that cites them no longer has their hash. */
    redacted: z.array(z.string()).optional(),
    artefacts: artefactsSchema.optional(),
  }),
  z.object({
    ...common,
    type: z.literal('session.status_idle'),
    stop_reason: z.string().optional(),
    /** With `requires_action`: the calls (event ids) that wait for a person's answer. */
    waiting_for: z.array(z.string()).optional(),
  }),
  modelRequestEndSchema,
  z.object({ ...common, type: z.literal('session.error'), message: z.string(), error: z.unknown().optional() }),
  z.object({
    ...common,
    type: z.literal('session.thread_created'),
    title: z.string().optional(),
    agent: z.string().optional(),
    /** Id of the call that started it. */
    call: z.string().optional(),
    /** The thread that started it; absent = the main one. */
    parent: z.string().optional(),
    /** What it is there for; `advisor` and `critic` end after one answer. */
    role: z.enum(['member', 'advisor', 'critic']).optional(),
    /** How its folder is kept apart from the one of whoever started it. */
    workspace: z.enum(['shared', 'copy', 'worktree']).optional(),
  }),
  compactedSchema,
  z.object({ ...common, type: z.literal('user.interrupt'), reason: z.string().optional() }),
  loose('user.tool_confirmation'),
  loose('user.define_outcome'),
  loose('agent.thread_message_sent'),
  loose('agent.thread_message_received'),
  loose('session.status_running'),
  loose('session.status_rescheduled'),
  loose('session.status_terminated'),
  loose('session.usage'),
  loose('session.thread_status_running'),
  loose('session.thread_status_idle'),
  loose('session.thread_status_terminated'),
  loose('span.model_request_start'),
  loose('span.outcome_evaluation_start'),
  loose('memory.loaded'),
  loose('memory.written'),
] as const;

/** Any event that a transcript of version 1 may hold. */
export const eventSchema = z.discriminatedUnion('type', eventSchemas);

export type UserMessage = z.infer<typeof userMessageSchema>;
export type AgentMessage = z.infer<typeof agentMessageSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;

interface EventCommon {
  id: string;
  at?: string | undefined;
  thread?: string | undefined;
  rewound_to?: string | undefined;
}
type Rest = EventCommon & {
  type: Exclude<
    (typeof eventSchemas)[number]['shape']['type']['value'],
    | 'session.created'
    | 'user.message'
    | 'system.message'
    | 'agent.message'
    | 'agent.tool_use'
    | 'agent.mcp_tool_use'
    | 'agent.tool_result'
    | 'agent.mcp_tool_result'
    | 'span.outcome_evaluation_end'
  >;
  [key: string]: unknown;
};
export type SystemMessage = EventCommon & { type: 'system.message'; content: Block[] };
/** An event as the program handles it; kinds that no code of ours looks into stay open records. */
export type SessionEvent =
  | Header
  | UserMessage
  | SystemMessage
  | AgentMessage
  | ToolUse
  | ToolResult
  | Evaluation
  | Rest;

/** An event before it is stamped with its id and time. */
export type EventDraft = Draft<SessionEvent>;
type Draft<T> = T extends unknown ? Omit<T, 'id' | 'at'> : never;

/** Why a session stopped working, for now or for good. */
export const stopReasons = [
  'end_turn',
  'requires_action',
  'retries_exhausted',
  'budget_reached',
  'refusal',
  'interrupted',
  'max_iterations_reached',
] as const;
export type StopReason = (typeof stopReasons)[number];

/** The thread of what a simulated user did with tools of its own: no work of the agent's, so nothing is learned from it. */
export const SIMULATED_USER = 'simulated-user';

/** The text that somebody said or a tool printed: text blocks that were not injected, joined by newlines. */
export function spokenText(blocks: readonly Block[]): string {
  const [only] = blocks;
  if (blocks.length === 1 && only?.type === 'text') return only.injected === undefined ? only.text : '';
  return blocks.flatMap((b) => (b.type === 'text' && b.injected === undefined ? [b.text] : [])).join('\n');
}

/** True for a call of a tool, of ours or of an MCP server. */
export function isToolUse(event: SessionEvent): event is ToolUse {
  return event.type === 'agent.tool_use' || event.type === 'agent.mcp_tool_use';
}

/** True for the answer to a call. */
export function isToolResult(event: SessionEvent): event is ToolResult {
  return event.type === 'agent.tool_result' || event.type === 'agent.mcp_tool_result';
}
