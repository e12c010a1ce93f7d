// Finds words that came into a session from outside, or in an order that a tool's result held, and were used afterwards, by the agent or by a person.
import { isToolResult, isToolUse, type SessionEvent, spokenText } from '../domain/events.ts';
import { ordersIn } from '../domain/orders.ts';
import { flat, isRecord, pointerOf, textsOf } from './arguments.ts';
import { bringsOutsideText } from './outside.ts';

/** Ids of events. A call is there with the pointers of its text arguments that hold such words. */
export interface Borrowed {
  calls: ReadonlyMap<string, string[]>;
  turns: ReadonlySet<string>;
}

const MAX_TEXT = 50_000; // of one event: what stands further down a page is rarely what gets copied
const MAX_HEARD = 400_000;
const MAX_TOLD = 100_000;
const SHORT_VALUE = 4;
const LONG_VALUE = 300;
const MAX_READ = 400_000; // of all results of local tools together
const MAX_WORDS = 200_000;
const MAX_POINTERS = 20;
const LONG_SENTENCE = 40; // shorter ones are said by chance
const MAX_DEPTH = 8;

/**
 * A pure function of the events in conversation order. What a local tool prints is the agent's own world, but for sentences in it
 * that tell the reader what to do: files, pages and issues are read with local tools too.
 */
export function borrowedIn(events: readonly SessionEvent[]): Borrowed {
  const outside = new Set(
    events.flatMap((e) => (isToolUse(e) && bringsOutsideText(callOf(e.type, e.name, e.input)) ? [e.id] : [])),
  );
  const calls = new Map<string, string[]>();
  const turns = new Set<string>();
  const known = new Set<string>();
  const strange = new Set<string>();
  const said = newSaid();
  let heard = '';
  let left = MAX_READ;
  let told = '';
  // Words that were known before an outside tool said them are looked up by nothing after its last answer.
  const last = events.findLastIndex((event) => isAnswerTo(outside, event));
  for (const [at, event] of events.entries()) {
    if (isAnswerTo(outside, event)) {
      const text = textOf(event);
      if (heard.length < MAX_HEARD) heard += ` ${flat(text)}`;
      for (const word of wordsOf(text)) if (!known.has(word) && strange.size < MAX_WORDS) strange.add(word);
      continue;
    }
    const mine = isToolResult(event);
    let words: string | undefined;
    if (mine && left > 0) {
      words = textOf(event);
      const text = words.slice(0, left);
      left -= text.length;
      if (told.length < MAX_TOLD) for (const order of ordersIn(text)) told += `\n${flat(order)}`;
    }
    if (isToolUse(event) && (strange.size > 0 || told !== '')) {
      const isStrange = (word: string) => strange.has(word);
      const isNew = (value: string) => wordsOf(value).some((word) => !known.has(word));
      const isTold = (value: string) =>
        (isWithin(value, () => told) || (isWithin(value, () => heard) && isNew(value))) && !isWithin(value, said.text);
      const isBorrowed = (value: string) => (strange.size > 0 && wordsOf(value).some(isStrange)) || isTold(value);
      const pointers = pointersWith(event.input, isBorrowed);
      if (pointers.length > 0) calls.set(event.id, pointers);
    }
    if (event.type === 'user.message' && heard !== '' && quotesFrom(textOf(event), heard)) turns.add(event.id);
    if (at < last && known.size < MAX_WORDS)
      for (const word of wordsOf(words ?? textOf(event)))
        if (!strange.has(word) && known.size < MAX_WORDS) known.add(word);
    if (!mine) said.add(event);
  }
  return { calls, turns };
}

function isAnswerTo(outside: ReadonlySet<string>, event: SessionEvent): boolean {
  return isToolResult(event) && event.tool_use_id !== undefined && outside.has(event.tool_use_id);
}

// Put together only when asked for: most sessions hear no order, and then nobody wants to know who spoke first.
function newSaid(): { add(event: SessionEvent): void; text(): string } {
  let waiting: SessionEvent[] = [];
  let said = '';
  return {
    add: (event) => waiting.push(event),
    text() {
      for (const event of waiting) if (said.length < MAX_HEARD) said += `\n${flat(textOf(event))}`;
      waiting = [];
      return said;
    },
  };
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

// Paths, packages and addresses stay whole: they are what one copies. The second pattern says the same of ASCII, in a quarter of the time.
function wordsOf(text: string): string[] {
  const lower = text.toLowerCase();
  const word = isAscii(lower) ? /[a-z0-9][a-z0-9@._/:+~-]{2,199}/g : /[\p{L}\p{N}][\p{L}\p{N}@._/:+~-]{2,199}/gu;
  const words = lower.match(word) ?? [];
  for (let i = 0; i < words.length; i++) {
    const found = words[i] ?? '';
    if (endsInSign(found)) words[i] = found.replace(/[._/:+~-]+$/, '');
  }
  return words;
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function endsInSign(word: string): boolean {
  const last = word.charCodeAt(word.length - 1);
  if (last >= LETTER_A && last <= LETTER_Z) return false;
  return '._/:+~-'.includes(word.charAt(word.length - 1));
}

const LETTER_A = 97;
const LETTER_Z = 122;

// A whole value, as an order named it: what an agent does on its own is made of words that stand everywhere.
function isWithin(value: string, within: () => string): boolean {
  if (value.length < SHORT_VALUE || value.length > LONG_VALUE) return false;
  const text = within();
  if (text === '') return false;
  const sought = flat(value);
  return sought !== '' && text.includes(sought);
}

function pointersWith(input: unknown, isBorrowed: (value: string) => boolean): string[] {
  const found: string[] = [];
  const walk = (value: unknown, pointer: string, depth: number): void => {
    if (found.length >= MAX_POINTERS || depth > MAX_DEPTH) return;
    if (isRecord(value))
      for (const [key, item] of Object.entries(value)) walk(item, pointer + pointerOf(key), depth + 1);
    else if (textsOf(value).some((text) => isBorrowed(text.slice(0, MAX_TEXT)))) found.push(pointer);
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
