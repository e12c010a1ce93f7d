// Tells a result that reports a failure though nothing marked it as one; reads its first line or its JSON, and knows no tool.
import type { Block } from '../domain/events.ts';
import { spokenText } from '../domain/events.ts';
import { isRecord } from './arguments.ts';

const MAX_JSON = 20_000;
const MAX_LINE = 1000;

// How programs begin when they report a failure: a word for it with a colon, a class of exceptions, a status of HTTP, an exit code.
const REPORT: RegExp[] = [
  /^\W{0,3}(?:[\w.-]{1,60} ?[:>] ?)?(?:(?:fatal|internal|unexpected|unhandled|runtime|tool|system|server|validation|api) )?(?:error|exception|fatal|failure|failed|panic|aborted|rejected|denied)\b\W{0,2}(?:[:(!-]|\[|$)/i,
  /^Error\b/,
  /^Traceback \(most recent call last\)/,
  /^(?:[A-Za-z_$][\w$]*\.){0,8}[A-Za-z_$][\w$]{0,80}(?:Error|Exception|Fault)\b(?: \[[^\]]{1,60}\])?\s?[:(]/,
  /^(?:HTTP(?:\/\d(?:\.\d)?)?|status(?: code)?:?)\s[45]\d\d\b/i,
  /^(?:(?:command|process) )?(?:exited with |exit )(?:code|status):? ?[1-9]\d{0,2}\b/i,
  /^(?:could not|couldn['’]t|cannot|can['’]t|unable to|failed to|refused to|not allowed|not permitted|permission denied|access denied)\b/i,
  /^(?:rejected|refused|denied|blocked|aborted) by\b/i,
];
const MESSAGES = ['message', 'error', 'detail', 'details', 'reason', 'description', 'error_message'];

/** The words of the failure, a passage of the result wherever it can be; undefined where the result reports none. */
export function failureIn(content: readonly Block[]): string | undefined {
  for (const block of content)
    if (block.type === 'json' && block.injected === undefined) {
      const found = failureOf(block.value);
      if (found !== undefined) return found;
    }
  const text = spokenText(content).trim();
  if (text.startsWith('{') && text.length <= MAX_JSON) return passageOf(failureOf(jsonOf(text)), text);
  const line = /^[^\n]*/.exec(text)?.[0].slice(0, MAX_LINE) ?? '';
  return REPORT.some((report) => report.test(line)) ? text : undefined;
}

// As the words stand in the text, so that they can be quoted: with their escapes, if they have any.
function passageOf(words: string | undefined, text: string): string | undefined {
  if (words === undefined || text.includes(words)) return words;
  const escaped = JSON.stringify(words).slice(1, -1);
  return text.includes(escaped) ? escaped : text;
}

// Only where the whole is about a failure: an answer that carries a field of that name beside others is a reading.
function failureOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { error, errors } = value;
  const refused = value.ok === false || value.success === false || value.isError === true || value.is_error === true;
  const named = value.status === 'error' || value.type === 'error' || value.level === 'error';
  const words = messageIn(error) ?? messageIn(Array.isArray(errors) ? errors[0] : errors) ?? messageIn(value);
  if (refused || (named && words !== undefined)) return words ?? JSON.stringify(value);
  const others = Object.keys(value).filter((key) => !ABOUT.has(key)).length;
  return others > 0 || (isNothing(error) && isNothing(errors)) ? undefined : (words ?? JSON.stringify(value));
}

const ABOUT = new Set([
  'error',
  'errors',
  ...MESSAGES,
  'code',
  'status',
  'type',
  'ok',
  'success',
  'request_id',
  'hint',
]);

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '' || value === 0 || isEmpty(value);
}

function isEmpty(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);
}

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (!isRecord(value)) return undefined;
  for (const key of MESSAGES) {
    const words = value[key];
    if (typeof words === 'string' && words.trim() !== '') return words;
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // text that only looks like JSON is no report
  }
}
