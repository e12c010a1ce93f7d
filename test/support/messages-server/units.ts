// A request as the list of things that the model reads, in its order: tools, system, then each block of each message; test code only.
import { createHash } from 'node:crypto';

export interface Unit {
  /** Where it stands in the body: `messages[2].content[0]`. */
  path: string;
  /** Its bytes as they were sent, without cache marks. */
  text: string;
  tokens: number;
  /** A cache breakpoint stands here. */
  marked: boolean;
  /** Hash of this and everything before it. */
  hash: string;
}

export type Json = Record<string, unknown>;

/** Adjacent messages of one role are one to the model, so only a change of role counts, not where a message ends. */
export function unitsOf(body: Json): Unit[] {
  const out: Unit[] = [];
  let hash = createHash('sha256').update(String(body.model)).digest('hex');
  const add = (path: string, value: unknown, role = '') => {
    const text = role + JSON.stringify(value, (key, inner) => (key === 'cache_control' ? undefined : inner));
    hash = createHash('sha256').update(hash).update(text).digest('hex');
    const marked = isObject(value) && value.cache_control !== undefined && value.cache_control !== null;
    out.push({ path, text, tokens: Math.ceil(text.length / 4), marked, hash });
  };
  for (const [i, tool] of listOf(body.tools).entries()) add(`tools[${i}]`, tool);
  for (const [i, block] of blocksOf(body.system).entries()) add(`system[${i}]`, block);
  for (const [i, message] of listOf(body.messages).entries()) {
    if (!isObject(message)) continue;
    for (const [j, block] of blocksOf(message.content).entries())
      add(`messages[${i}].content[${j}]`, block, `${String(message.role)} `);
  }
  return out;
}

/** Content as blocks: a text alone is one text block. */
export function blocksOf(content: unknown): unknown[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return listOf(content);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
