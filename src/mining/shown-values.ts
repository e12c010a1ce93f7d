// Finds argument values that a tool's answer had shown before anybody used them; knows no tool, and judges no value.
import { isToolResult, isToolUse, type SessionEvent, spokenText } from '../domain/events.ts';
import { flat, isRecord, pointerOf, textsOf } from './arguments.ts';
import type { Action } from './extract-types.ts';

const SHORT_VALUE = 4; // shorter ones stand in every text
const LONG_VALUE = 200; // longer ones are shown in no lesson
const MAX_SHOWN = 200_000;
const MAX_ANSWER = 50_000;

/**
 * Notes on each call of a tool that failed in the session which of its text arguments an answer had shown: whoever wrote the file or
 * page supplied them, and not the agent. Errors are left out, since what a tool says of its own arguments is its own. Costs
 * nothing where no tool failed.
 * @param placed the session's events, in conversation order
 */
export function noteShownValues(
  actions: readonly Action[],
  placed: readonly { item: { event: SessionEvent } }[],
): void {
  const failing = actions.filter((action) => action.status === 'error');
  if (failing.length === 0) return;
  const tools = new Set(failing.map((action) => action.tool));
  const failed = new Set(failing.map((action) => action.call.event));
  const asked = new Map(actions.map((action) => [action.call.event, action]));
  const shown = newHeard();
  const said = newHeard();
  for (const { item } of placed) {
    const { event } = item;
    if (isToolResult(event)) {
      if (!failed.has(event.tool_use_id ?? '')) shown.add(event);
      continue;
    }
    const action = isToolUse(event) && tools.has(event.name) ? asked.get(event.id) : undefined;
    if (action !== undefined && isToolUse(event)) {
      const pointers = pointersOf(event.input, (value) => shown.holds(value) && !said.holds(value));
      if (pointers.length > 0) action.shown = pointers;
    }
    said.add(event);
  }
}

// What was heard so far, event by event, since no value reaches from one into the next; made readable only when somebody asks.
function newHeard(): { add(event: SessionEvent): void; holds(value: string): boolean } {
  const texts: string[] = [];
  let waiting: SessionEvent[] = [];
  let length = 0;
  return {
    add: (event) => waiting.push(event),
    holds(value) {
      for (const event of waiting) {
        if (length >= MAX_SHOWN) break;
        const text = wordsOf(event);
        texts.push(text);
        length += text.length + 1;
      }
      waiting = [];
      return texts.some((text) => text.includes(value));
    },
  };
}

function pointersOf(input: unknown, isShown: (value: string) => boolean): string[] {
  if (!isRecord(input)) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? flat(value) : '';
    return text.length >= SHORT_VALUE && text.length <= LONG_VALUE && isShown(text) ? [pointerOf(key)] : [];
  });
}

function wordsOf(event: SessionEvent): string {
  if (isToolUse(event)) return flat(textsOf(event.input).join('\n').slice(0, MAX_ANSWER));
  if (!('content' in event) || !Array.isArray(event.content)) return '';
  const values = event.content.flatMap((block) =>
    isRecord(block) && block.type === 'json' ? textsOf(block.value) : [],
  );
  return flat([spokenText(event.content.filter(isText)), ...values].join('\n').slice(0, MAX_ANSWER));
}

function isText(block: unknown): block is { type: 'text'; text: string; injected?: string } {
  return isRecord(block) && block.type === 'text' && typeof block.text === 'string';
}
