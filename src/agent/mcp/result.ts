// What an MCP server answered to a call, as blocks of ours: text, images, JSON; follows no link and keeps no escape for terminals.

import { bytes, clip, safeForTerminal } from '../../base/text.ts';
import type { Block } from '../../domain/events.ts';
import { deeperThan } from '../../store/shape.ts';
import type { ToolOutcome } from '../tools/tool.ts';
import { type CallResult, type ResultBlock, resultBlock } from './protocol.ts';

const MOST_LEVELS = 100;
const MOST_BLOCKS = 200;
const MOST_IMAGE = 5_000_000; // bytes; the Messages API takes no larger one
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The outcome of a call. Structured content is left out where a text says the same, as servers are asked to repeat it. */
export function mcpOutcome({ content, structuredContent, isError }: CallResult): ToolOutcome {
  const shown = content.slice(0, MOST_BLOCKS).flatMap(blockOf);
  const left = content.length - MOST_BLOCKS;
  const all = [
    ...shown,
    ...(left > 0 ? [text(`[${left} more blocks, which are not shown]`)] : []),
    ...structured(structuredContent, shown),
  ];
  const blocks = all.some(saysSomething) ? all : [text('[no output]')];
  return { content: blocks, ...(isError === true && { isError: true }) };
}

function blockOf(raw: unknown): Block[] {
  const parsed = resultBlock.safeParse(raw);
  return parsed.success ? known(parsed.data) : [text(`[a block of a kind that is not known here: ${kindOf(raw)}]`)];
}

function known(block: ResultBlock): Block[] {
  switch (block.type) {
    case 'text':
      return [text(block.text)];
    case 'image':
      return [image(block.mimeType, block.data)];
    case 'audio':
      return [text(`[audio, ${size(block.data)}, not shown]`)];
    case 'resource_link': {
      const { uri, name = '', description = '' } = block;
      const words = [name, description].filter((each) => each !== '').join(': ');
      return [text(`[link to ${clip(uri, 500)}${words === '' ? '' : ` (${clip(words, 500)})`}]`)];
    }
    case 'resource': {
      const { uri, mimeType, text: words, blob } = block.resource;
      const heading = text(`[${clip(uri, 500)}]`);
      if (words !== undefined) return [heading, text(words)];
      if (blob === undefined) return [heading];
      if (mimeType != null && IMAGES.has(mimeType)) return [heading, image(mimeType, blob)];
      return [heading, text(`[${mimeType ?? 'binary data'}, ${size(blob)}, not shown]`)];
    }
  }
}

// A picture that is none would be refused with the whole conversation, now and on every later turn.
function image(kind: string, data: string): Block {
  const whole = /^[A-Za-z0-9+/]+={0,2}$/.test(data) && data.length % 4 === 0;
  if (!IMAGES.has(kind) || !whole || !startsAs(kind, data)) return text(`[an image that cannot be shown: ${kind}]`);
  if (sizeOf(data) > MOST_IMAGE) return text(`[${kind}, ${size(data)}: too large to be shown]`);
  return { type: 'image', media_type: kind, data };
}

// The first bytes of each format.
function startsAs(kind: string, data: string): boolean {
  const head = Buffer.from(data.slice(0, 16), 'base64').toString('latin1');
  if (kind === 'image/png') return head.startsWith('\x89PNG');
  if (kind === 'image/jpeg') return head.startsWith('\xff\xd8\xff');
  return kind === 'image/gif' ? head.startsWith('GIF8') : head.startsWith('RIFF');
}

function structured(value: unknown, shown: readonly Block[]): Block[] {
  if (value === undefined || value === null) return [];
  if (deeperThan(value, MOST_LEVELS))
    return [text(`[an answer of more than ${MOST_LEVELS} levels, which is not shown]`)];
  const json = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' ? safeForTerminal(inner) : inner,
  );
  return shown.some((block) => block.type === 'text' && sameJson(block.text, json))
    ? []
    : [{ type: 'json', value: JSON.parse(json) }];
}

function sameJson(words: string, json: string): boolean {
  if (!/^\s*[[{"\d-]/.test(words)) return false;
  try {
    return JSON.stringify(JSON.parse(words)) === json;
  } catch (error) {
    // No JSON; or (RangeError) nested too deeply, which the structured value is not.
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}

function text(words: string): Block {
  return { type: 'text', text: safeForTerminal(words) };
}

function saysSomething(block: Block): boolean {
  return block.type !== 'text' || block.text.trim() !== '';
}

function sizeOf(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}

function size(base64: string): string {
  return bytes(sizeOf(base64));
}

function kindOf(raw: unknown): string {
  const kind = raw !== null && typeof raw === 'object' && 'type' in raw ? raw.type : undefined;
  return typeof kind === 'string' ? clip(kind, 50) : 'without a type';
}
