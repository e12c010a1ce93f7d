// Turns content of the Messages API into our blocks; a block of a kind that we do not know is kept as it is.
import type { Block } from '../../domain/events.ts';
import { asList, asObject, asText, type Fields } from '../fields.ts';

/** A message's content as a list of blocks of the API; a bare string counts as one text block. */
export function apiBlocks(content: unknown): unknown[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return asList(content);
}

/** What a tool gave back. `textBlocks` decides how a text is cut. */
export function resultContent(content: unknown, textBlocks: (text: string) => Block[]): Block[] {
  if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content)) {
    return [{ type: 'json', value: content }];
  }
  return apiBlocks(content).flatMap((value) => otherBlock(value) ?? textBlocks(asText(asObject(value)?.text) ?? ''));
}

/** An image, or anything else that is not text, as a block; undefined for text. */
export function otherBlock(value: unknown): Block[] | undefined {
  const block = asObject(value);
  if (block?.type === 'text' && typeof block.text === 'string') return undefined;
  return [(block && imageBlock(block)) ?? { type: 'json', value }];
}

function imageBlock(block: Fields): Block | undefined {
  const source = asObject(block.source);
  if (block.type !== 'image' || source === undefined) return undefined;
  const [mediaType, data, url] = [asText(source.media_type), asText(source.data), asText(source.url)];
  if (data === undefined && url === undefined) return undefined;
  return { type: 'image', ...(mediaType && { media_type: mediaType }), ...(data && { data }), ...(url && { url }) };
}
