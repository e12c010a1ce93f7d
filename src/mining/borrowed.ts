// Finds words that came into a session from outside first and were used afterwards, by the agent or by a person; judges no intent.
import { isToolResult, isToolUse, type SessionEvent, spokenText } from '../domain/events.ts';
import { isRecord, pointerOf, textsOf } from './arguments.ts';
import { bringsOutsideText } from './trust.ts';

/** Ids of events. A call is there with the pointers of its text arguments that hold such words. */
export interface Borrowed {
  calls: ReadonlyMap<string, string[]>;
  turns: ReadonlySet<string>;
}

const MAX_TEXT = 50_000; // of one event: what stands further down a page is rarely what gets copied
const MAX_HEARD = 400_000;
const MAX_WORDS = 200_000;
const MAX_POINTERS = 20;
const LONG_SENTENCE = 40; // shorter ones are said by chance
const MAX_DEPTH = 8;

const NONE: Borrowed = { calls: new Map(), turns: new Set() };

/** A pure function of the events in conversation order. Sessions without any outside tool cost one pass over their calls. */
export function borrowedIn(events: readonly SessionEvent[]): Borrowed {
  const outside = new Set(
    events.flatMap((e) => (isToolUse(e) && bringsOutsideText(callOf(e.type, e.name, e.input)) ? [e.id] : [])),
  );
  if (outside.size === 0) return NONE;
  const calls = new Map<string, string[]>();
  const turns = new Set<string>();
  const known = new Set<string>();
  const strange = new Set<string>();
  let heard = '';
  for (const event of events) {
    if (isToolResult(event) && event.tool_use_id !== undefined && outside.has(event.tool_use_id)) {
      const text = textOf(event);
      if (heard.length < MAX_HEARD) heard += ` ${flat(text)}`;
      for (const word of wordsOf(text)) if (!known.has(word) && strange.size < MAX_WORDS) strange.add(word);
      continue;
    }
    if (isToolUse(event)) {
      const pointers = pointersWith(event.input, strange);
      if (pointers.length > 0) calls.set(event.id, pointers);
    }
    if (event.type === 'user.message' && quotesFrom(textOf(event), heard)) turns.add(event.id);
    for (const word of wordsOf(textOf(event))) if (!strange.has(word) && known.size < MAX_WORDS) known.add(word);
  }
  return { calls, turns };
}

function callOf(type: string, tool: string, input: unknown) {
  return { tool, input, ...(type === 'agent.mcp_tool_use' && { mcp: true as const }) };
}

function textOf(event: SessionEvent): string {
  if (isToolUse(event)) return textsOf(event.input).join('\n').slice(0, MAX_TEXT);
  if (!('content' in event) || !Array.isArray(event.content)) return '';
  const said = spokenText(event.content.filter(isBlock));
  const values = event.content.flatMap((b) => (isRecord(b) && b.type === 'json' ? textsOf(b.value) : []));
  return [said, ...values].join('\n').slice(0, MAX_TEXT);
}

function isBlock(value: unknown): value is { type: 'text'; text: string; injected?: string } {
  return isRecord(value) && value.type === 'text' && typeof value.text === 'string';
}

// Paths, packages and addresses stay whole: they are what one copies.
function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}@._/:+~-]{2,199}/gu) ?? []).map((word) =>
    word.replace(/[._/:+~-]+$/, ''),
  );
}

function pointersWith(input: unknown, strange: ReadonlySet<string>): string[] {
  if (strange.size === 0) return [];
  const found: string[] = [];
  const walk = (value: unknown, pointer: string, depth: number): void => {
    if (found.length >= MAX_POINTERS || depth > MAX_DEPTH) return;
    if (isRecord(value))
      for (const [key, item] of Object.entries(value)) walk(item, pointer + pointerOf(key), depth + 1);
    else if (textsOf(value).some((text) => wordsOf(text.slice(0, MAX_TEXT)).some((word) => strange.has(word))))
      found.push(pointer);
  };
  walk(input, '', 0);
  return found;
}

function quotesFrom(text: string, heard: string): boolean {
  if (heard === '') return false;
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map(flat)
    .some((sentence) => sentence.length >= LONG_SENTENCE && heard.includes(sentence));
}

function flat(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
