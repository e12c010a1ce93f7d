// Whether a parsed line can be handled as an event without crashing what reads it; far cheaper than the full schema, which `verify` applies.
import type { SessionEvent } from '../domain/events.ts';

/** Deeper values overflow the stack of everything that walks them, JSON.stringify included. */
export const MAX_DEPTH = 500;

type Fields = Record<string, unknown>;
type Check = (event: Fields) => string | undefined;

/**
 * The event, or the reason why the line is not one. Checks the fields that our code relies on, not every field there is.
 * @param size bytes of the line, where they are known: a short one cannot be nested too deep
 */
export function asEvent(value: Fields, size = Number.POSITIVE_INFINITY): { event: SessionEvent } | { reason: string } {
  const { id, type, at, thread } = value;
  if (typeof id !== 'string' || id === '') return { reason: 'no id' };
  if (typeof type !== 'string') return { reason: 'no type' };
  if (at !== undefined && typeof at !== 'string') return { reason: 'at is not a string' };
  if (thread !== undefined && typeof thread !== 'string') return { reason: 'thread is not a string' };
  // A level is an opening and a closing bracket.
  const isDeep = size > 2 * MAX_DEPTH && deeperThan(value, MAX_DEPTH);
  const reason = isDeep ? `nested deeper than ${MAX_DEPTH} levels` : CHECKS.get(type)?.(value);
  // The parsing border: from here on the fields that code looks into have the types that domain/events.ts gives them.
  return reason === undefined ? { event: value as unknown as SessionEvent } : { reason: `${clean(type)}: ${reason}` };
}

/** True if arrays and objects lie inside one another more than `max` levels deep. Never recurses deeper than `max`. */
export function deeperThan(value: unknown, max: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (max === 0) return true;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    if (child !== null && typeof child === 'object' && deeperThan(child, max - 1)) return true;
  }
  return false;
}

const withContent: Check = ({ content }) => blocksProblem(content);

const toolUse: Check = ({ name }) => (typeof name === 'string' ? undefined : 'no tool name');

const header: Check = ({ session, source }) => {
  if (typeof session !== 'string') return 'no session id';
  return isObject(source) && typeof source.tool === 'string' ? undefined : 'no source';
};

const evaluation: Check = ({ rubric, result, criteria }) => {
  if (!isObject(rubric) || typeof rubric.name !== 'string') return 'no rubric';
  if (typeof result !== 'string') return 'no result';
  return Array.isArray(criteria) ? undefined : 'no criteria';
};

const CHECKS = new Map<string, Check>([
  ['session.created', header],
  ['user.message', withContent],
  ['system.message', withContent],
  ['agent.message', withContent],
  ['agent.tool_use', toolUse],
  ['agent.mcp_tool_use', toolUse],
  ['agent.tool_result', withContent],
  ['agent.mcp_tool_result', withContent],
  ['span.outcome_evaluation_end', evaluation],
  ['agent.thread_context_compacted', ({ summary }) => (summary === undefined ? undefined : blocksProblem(summary))],
]);

function blocksProblem(content: unknown): string | undefined {
  if (!Array.isArray(content)) return 'content is not a list';
  for (const block of content) {
    if (!isObject(block) || typeof block.type !== 'string') return 'a block without a type';
    if (block.type === 'text' && typeof block.text !== 'string') return 'a text block without text';
  }
  return undefined;
}

function isObject(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

// The type comes from a file that anyone may have written; reasons are printed.
function clean(type: string): string {
  return type.replace(/[^a-z0-9._-]/gi, '?').slice(0, 60);
}
