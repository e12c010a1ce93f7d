// The calls of a session with their answers, as mining keeps them; compares no session with another and keeps no whole result.
import { canonicalJson, sha256 } from '../base/hash.ts';
import { type Block, isToolResult, isToolUse, spokenText, type ToolResult, type ToolUse } from '../domain/events.ts';
import type { Placed } from '../store/conversation.ts';
import type { StoredEvent } from '../store/transcript-read.ts';
import type { Borrowed } from './borrowed.ts';
import type { Action, Cite } from './extract-types.ts';
import { given } from './given.ts';
import { observedIn } from './observed.ts';
import { noteShownValues } from './shown-values.ts';
import { headOf, shrink } from './shrink.ts';
import { spendingOf } from './spending.ts';
import { failureIn } from './unflagged.ts';

/** Most characters that are kept of an error or of what a person said. */
export const MAX_WORDS = 4000;

/** In the order of the session. */
export function actionsOf(placed: readonly Placed<StoredEvent>[], borrowed: Borrowed): Action[] {
  const results = resultsOf(placed);
  const flagging = flaggingTools(placed, results);
  const spending = spendingOf(placed);
  const actions: Action[] = [];
  for (const [step, { item, lane }] of placed.entries()) {
    if (!isToolUse(item.event)) continue;
    const answer = results.get(item.event.id);
    const told = answer && !flagging.has(item.event.name) ? failureIn(answer.event.content) : undefined;
    const action = actionOf(item.event, item, { lane, step }, answer, told);
    const ofOthers = borrowed.calls.get(item.event.id);
    const spent = spending.get(item.event.id);
    if (ofOthers !== undefined) action.borrowed = ofOthers;
    if (spent !== undefined) action.spent = spent;
    actions.push(action);
  }
  noteShownValues(actions, placed);
  return actions;
}

// A tool that marks its errors means it where it marks none; others report them in words.
function flaggingTools(placed: readonly Placed<StoredEvent>[], results: ReadonlyMap<string, Answer>): Set<string> {
  return new Set(
    placed.flatMap(({ item: { event } }) =>
      isToolUse(event) && results.get(event.id)?.event.is_error !== undefined ? [event.name] : [],
    ),
  );
}

interface Answer {
  event: ToolResult;
  stored: StoredEvent;
  step: number;
}

// A call that was answered twice (a resumed session repeats its last result) keeps the first answer.
function resultsOf(placed: readonly Placed<StoredEvent>[]): Map<string, Answer> {
  const results = new Map<string, Answer>();
  placed.forEach(({ item }, step) => {
    const { event } = item;
    if (!isToolResult(event) || event.tool_use_id === undefined || results.has(event.tool_use_id)) return;
    results.set(event.tool_use_id, { event, stored: item, step });
  });
  return results;
}

function actionOf(
  event: ToolUse,
  stored: StoredEvent,
  { lane, step }: Pick<Action, 'lane' | 'step'>,
  answer: Answer | undefined,
  told: string | undefined,
): Action {
  const input = shrink(event.input ?? null);
  const status = statusOf(answer?.event, told !== undefined);
  return {
    call: citeOf(stored),
    // Nobody quotes an answer that was as it should be, and hashing its line costs as much as parsing it.
    ...(answer && status !== 'ok' && { result: citeOf(answer.stored) }),
    lane,
    tool: event.name,
    input,
    inputHash: sha256(canonicalJson(input)).slice(0, 32),
    status,
    ...(answer && status === 'error' && { error: headOf(told ?? resultText(answer.event.content), MAX_WORDS) }),
    ...(answer && { resultHash: resultHash(answer.event.content), answered: answer.step }),
    ...(answer && status === 'ok' && given('values', observedIn(answer.event.content))),
    step,
    ...(event.type === 'agent.mcp_tool_use' && { mcp: true as const }),
    ...given('at', event.at),
  };
}

function statusOf(result: ToolResult | undefined, failed: boolean): Action['status'] {
  if (result === undefined) return 'unanswered';
  if (result.denied === true) return 'denied';
  return result.is_error === true || failed ? 'error' : 'ok';
}

/** How a stored event is cited. */
export function citeOf(stored: StoredEvent): Cite {
  return { event: stored.event.id, sha256: stored.sha256 };
}

function resultText(content: readonly Block[]): string {
  const spoken = spokenText(content);
  if (spoken !== '') return spoken;
  return content
    .flatMap((b) => (b.type === 'json' && b.injected === undefined ? [JSON.stringify(b.value) ?? ''] : []))
    .join('\n');
}

// Injected text is left out: a reminder that comes and goes would make equal answers look different.
function resultHash(content: readonly Block[]): string {
  const rest = content.filter((b) => b.type !== 'text' && !('injected' in b && b.injected !== undefined));
  return sha256(spokenText(content) + (rest.length === 0 ? '' : canonicalJson(rest))).slice(0, 32);
}
