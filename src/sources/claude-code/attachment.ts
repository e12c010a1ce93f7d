// Finds the text that an attachment put before the model; what only the person saw, or nobody, has none.
import type { Block } from '../../domain/events.ts';
import { asLabel, asObject, type Fields } from '../fields.ts';

// Bookkeeping and messages for the person's eyes: never part of the model's input.
const NOT_SEEN = new Set([
  'hook_system_message',
  'hook_non_blocking_error',
  'hook_cancelled',
  'command_permissions',
  'auto_mode',
]);
const TEXT_FIELDS = ['content', 'snippet', 'addedBlocks', 'addedLines', 'prompt', 'text', 'blockingError'];

/** The attachment as blocks marked with its kind: its text, then the rest of it. Undefined where it carries no text. */
export function attachmentBlocks(attachment: Fields): Block[] | undefined {
  const injected = asLabel(attachment.type, 'attachment');
  if (NOT_SEEN.has(injected)) return undefined;
  const texts: string[] = [];
  const rest: Fields = {};
  for (const [key, value] of Object.entries(attachment)) {
    const found = TEXT_FIELDS.includes(key) ? textsIn(value) : [];
    texts.push(...found);
    if (found.length === 0 || !isPlain(value)) Object.defineProperty(rest, key, { value, enumerable: true }); // not by assignment: the key may be __proto__
  }
  if (texts.length === 0) return undefined;
  return [...texts.map((text): Block => ({ type: 'text', text, injected })), { type: 'json', value: rest, injected }];
}

// Text whose every character lies in `texts`; an object may hold more than its text.
function isPlain(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((v) => typeof v === 'string'));
}

// A string, a list of strings or blocks, or a file with its content, one inside the other in some versions.
function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((v) => textsIn(v, depth + 1));
  const object = asObject(value);
  if (object === undefined || depth > 3) return [];
  return textsIn(object.content ?? object.text ?? object.file ?? object.blockingError, depth + 1);
}
