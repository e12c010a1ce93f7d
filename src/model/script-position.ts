// Which turn of a script comes next, worked out from the conversation itself, so that a resumed session goes on where it was.
import type { ScriptCondition, ScriptTurn } from '../domain/script.ts';

/** What a script reads of a request's body; anything else in it is of no concern. */
export interface ScriptRequest {
  system: string;
  messages: { role: string; content: unknown }[];
}

/** The next turn and its place in the list, or undefined where no turn is left that fits. */
export interface NextTurn {
  turn: ScriptTurn;
  at: number;
}

/**
 * A turn fits if it is not used up and its `when` holds (without `when` it always does); the first that fits is next.
 * Which are used up is found by going through the conversation again: each answer in it used one. `gone` holds turns that were
 * given at this very point before and left no answer in the conversation: failures, refusals, empty answers, pauses.
 */
export function nextTurn(
  turns: readonly ScriptTurn[],
  request: ScriptRequest,
  gone: readonly number[],
): NextTurn | undefined {
  const used = new Set<number>();
  for (const at of answersIn(request.messages))
    use(turns, { ...request, messages: request.messages.slice(0, at) }, used);
  for (const at of gone) if (turns[at]?.repeat !== true) used.add(at);
  if (gone.length === 0 && isPaused(request)) skipPause(turns, used);
  return firstThatFits(turns, request, used);
}

/** How many answers the conversation holds; one that goes on after a pause is not finished, so it does not count. */
export function answersSoFar(request: ScriptRequest): number {
  return answersIn(request.messages).length;
}

/** True if the answer will not be found in the next request: then only memory tells that it was given. */
export function leavesNoTrace(turn: ScriptTurn): boolean {
  const silent = ['pause_turn', 'refusal', 'model_context_window_exceeded'].includes(turn.stop_reason ?? '');
  const empty = (turn.text ?? '').trim() === '' && (turn.tools ?? []).length === 0;
  return turn.error !== undefined || silent || empty;
}

function answersIn(messages: ScriptRequest['messages']): number[] {
  return messages.flatMap(({ role }, at) => (role === 'assistant' && at < messages.length - 1 ? [at] : []));
}

function isPaused({ messages }: ScriptRequest): boolean {
  return messages.at(-1)?.role === 'assistant';
}

// What left no trace at this point came before the turn that did.
function use(turns: readonly ScriptTurn[], request: ScriptRequest, used: Set<number>): void {
  const passed = new Set(used);
  for (;;) {
    const next = firstThatFits(turns, request, passed);
    if (next === undefined) return;
    passed.add(next.at);
    if (next.turn.repeat !== true) used.add(next.at);
    if (!leavesNoTrace(next.turn)) return;
  }
}

function skipPause(turns: readonly ScriptTurn[], used: Set<number>): void {
  const at = turns.findIndex((turn, i) => !used.has(i) && turn.stop_reason === 'pause_turn');
  if (at >= 0) used.add(at);
}

function firstThatFits(
  turns: readonly ScriptTurn[],
  request: ScriptRequest,
  used: ReadonlySet<number>,
): NextTurn | undefined {
  for (const [at, turn] of turns.entries())
    if (!used.has(at) && (turn.when === undefined || holds(turn.when, request))) return { turn, at };
  return undefined;
}

function holds(when: ScriptCondition, { system, messages }: ScriptRequest): boolean {
  const last = messages.at(-1)?.content;
  const { last_contains, tool_result_contains, system_contains } = when;
  if (last_contains !== undefined && !textOf(last, true).includes(last_contains)) return false;
  if (tool_result_contains !== undefined && !textOf(results(last), true).includes(tool_result_contains)) return false;
  return system_contains === undefined || system.includes(system_contains);
}

function results(content: unknown): unknown[] {
  return Array.isArray(content) ? content.filter((block) => isObject(block) && block.type === 'tool_result') : [];
}

/** The texts of a message's content, one a line; those of results only where `deep`. */
export function textOf(content: unknown, deep = false): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((block: unknown): string[] => {
      if (!isObject(block)) return [];
      if (typeof block.text === 'string') return [block.text];
      return deep && block.content !== undefined ? [textOf(block.content)] : [];
    })
    .join('\n');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
