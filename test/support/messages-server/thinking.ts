// Signs the thinking that the test server sends and checks it on the way back: bound to its text and to everything before it.
import { createHmac } from 'node:crypto';
import { type Json, type Unit, unitsOf } from './units.ts';

const KEY = 'messages-server'; // fixed, so that a server started anew still knows what it signed

/** The signature of `thinking` as the first block of the answer to `body`. */
export function signThinking(body: Json, thinking: string): string {
  return sign(unitsOf(body).at(-1)?.hash ?? '', thinking);
}

/** The path of the first thinking block that was not signed here, for this text at this place; undefined if all were. */
export function forgedThinking(units: readonly Unit[]): string | undefined {
  for (const [at, { path, text }] of units.entries()) {
    if (!text.startsWith('assistant {')) continue;
    const block: Json = JSON.parse(text.slice('assistant '.length));
    if (block.type !== 'thinking') continue;
    const before = units[at - 1]?.hash ?? '';
    if (block.signature !== sign(before, String(block.thinking))) return path;
  }
  return undefined;
}

function sign(before: string, thinking: string): string {
  return createHmac('sha256', KEY).update(`${before}\n${thinking}`).digest('base64');
}
