// Runs the calls of one answer: permission first, every decision and every result an event; no call runs twice and none is left unanswered.
import { isObject } from '../base/json.ts';
import type { EventDraft, SessionEvent, ToolUse } from '../domain/events.ts';
import { isToolUse } from '../domain/events.ts';
import type { PermissionDecision } from '../domain/permission.ts';
import type { Journal } from './journal.ts';
import type { Tool, ToolOutcome } from './tools/tool.ts';
import { failed } from './tools/tool.ts';

/** Who decided about a call, and what the model is told if it may not run. */
export interface Ruling {
  allowed: boolean;
  by: 'rule' | 'person' | 'nobody';
  decision: PermissionDecision;
  /** A person's words to the agent, or the reason of a refusal. */
  message?: string;
  /** The person wants the run to stop. */
  stop?: boolean;
}

export interface CallsRequest {
  journal: Journal;
  tools: ReadonlyMap<string, Tool>;
  /** Decides about one call; asks a person where the rules say so. Never throws but for bugs. */
  rule: (use: ToolUse, tool: Tool) => Promise<Ruling>;
  signal: AbortSignal;
  /** Shows what a running call says of its progress. */
  progress: (use: ToolUse, text: string) => void;
}

export interface CallsEnd {
  /** Calls that wait for a person, and what the agent needs. Their results are missing on purpose. */
  blocked: { use: ToolUse; need: string }[];
  /** A person asked to stop, or the signal fired. */
  stopped: boolean;
}

const NOT_RUN = 'Not run: the session was interrupted before this call.';

/** Runs `uses` in order, side by side only neighbours that change nothing, or that a tool lets run beside each other. `skip` holds the calls that must not run and why. */
export async function runCalls(
  request: CallsRequest,
  uses: readonly ToolUse[],
  skip: ReadonlyMap<string, string>,
): Promise<CallsEnd> {
  const end: CallsEnd = { blocked: [], stopped: false };
  for (const group of groups(request, uses, skip)) {
    if (end.stopped || request.signal.aborted) {
      end.stopped = true;
      for (const use of group) request.journal.append(resultOf(use, failed(NOT_RUN), { interrupted: true }));
      continue;
    }
    await allOf(group.map((use) => runOne(request, use, skip, end)));
  }
  return end;
}

/** The tool calls among the events of an answer. */
export function callsOf(events: readonly SessionEvent[]): ToolUse[] {
  return events.filter(isToolUse);
}

/** The result event of a call. */
export function resultOf(
  use: ToolUse,
  outcome: ToolOutcome,
  marks: { denied?: true; interrupted?: true } = {},
): EventDraft {
  return {
    type: use.type === 'agent.mcp_tool_use' ? 'agent.mcp_tool_result' : 'agent.tool_result',
    tool_use_id: use.id,
    ...(use.call !== undefined && { call: use.call }),
    content: outcome.content,
    ...(outcome.isError === true && { is_error: true }),
    ...marks,
  };
}

// Only calls that change nothing run side by side, and those of one parallel tool; whatever else changes something keeps its place.
function groups({ tools }: CallsRequest, uses: readonly ToolUse[], skip: ReadonlyMap<string, string>): ToolUse[][] {
  const out: ToolUse[][] = [];
  let open: string | undefined;
  for (const use of uses) {
    const tool = skip.has(use.call ?? '') ? undefined : tools.get(use.name);
    const kind = tool?.readOnly === true ? 'reads' : tool?.parallel === true ? `calls of ${use.name}` : undefined;
    const last = out.at(-1);
    if (kind !== undefined && kind === open && last !== undefined) last.push(use);
    else out.push([use]);
    open = kind;
  }
  return out;
}

// Waits for every call, also where one throws: the transcript must not be closed under those that still write to it.
async function allOf(calls: Promise<void>[]): Promise<void> {
  for (const ended of await Promise.allSettled(calls)) if (ended.status === 'rejected') throw ended.reason;
}

async function runOne(
  request: CallsRequest,
  use: ToolUse,
  skip: ReadonlyMap<string, string>,
  end: CallsEnd,
): Promise<void> {
  const { journal, tools, signal } = request;
  const reason = skip.get(use.call ?? '');
  const tool = tools.get(use.name);
  const input = use.input;
  if (reason !== undefined) journal.append(resultOf(use, failed(reason)));
  else if (tool === undefined) journal.append(resultOf(use, failed(unknownTool(use.name, tools))));
  else if (!isObject(input)) journal.append(resultOf(use, failed('The arguments must be a JSON object.')));
  else {
    const ruling = await request.rule(use, tool);
    journal.append(confirmation(use, ruling));
    if (ruling.stop === true) end.stopped = true;
    if (!ruling.allowed) {
      journal.append(resultOf(use, failed(ruling.message ?? ruling.decision.reason), { denied: true }));
      return;
    }
    if (signal.aborted) {
      journal.append(resultOf(use, failed(NOT_RUN), { interrupted: true }));
      return;
    }
    const progress = (text: string) => request.progress(use, text);
    const outcome = await tool.run({ id: use.id, input, signal, progress });
    if (outcome.blocked !== undefined) end.blocked.push({ use, need: outcome.blocked });
    else journal.append(resultOf(use, outcome, signal.aborted ? { interrupted: true } : {}));
  }
}

function confirmation(use: ToolUse, { allowed, by, decision, message }: Ruling): EventDraft {
  return {
    type: 'user.tool_confirmation',
    tool_use_id: use.id,
    result: allowed ? 'allow' : 'deny',
    by,
    ...(decision.rule !== undefined && {
      rule: `${decision.rule.verdict}: ${decision.rule.pattern}`,
      from: decision.rule.from,
    }),
    ...(message !== undefined && { message }),
  };
}

function unknownTool(name: string, tools: ReadonlyMap<string, Tool>): string {
  return `There is no tool named ${JSON.stringify(name.slice(0, 80))}. The tools are: ${[...tools.keys()].join(', ')}.`;
}
