// What other tools' messages hold, as blocks of ours: texts, images, and all else as the JSON that it is; drops no character of it.
import type { Block } from '../domain/events.ts';
import { asList, asObject, asText, type Fields } from './fields.ts';

/** Reads a part that shows an image, in the way of its format; undefined for every other part. */
type ImageReader = (part: Fields) => Block | undefined;

/** A message's content: a text, or a list of parts. */
export function contentBlocks(content: unknown, image?: ImageReader): Block[] {
  if (typeof content === 'string') return textBlocks(content);
  return asList(content).flatMap((part) => partBlocks(part, image));
}

/** One part of a content; none for an empty text and for nothing at all. */
export function partBlocks(value: unknown, image: ImageReader = () => undefined): Block[] {
  const part = asObject(value);
  if (typeof part?.text === 'string') return textBlocks(part.text);
  const shown = part === undefined ? undefined : image(part);
  if (shown !== undefined) return [shown];
  return value === null || value === undefined ? [] : [{ type: 'json', value }];
}

/** An image as the Messages API holds it: `{type: image, source: {media_type, data}}`. */
export function sourceImage({ type, source }: Fields): Block | undefined {
  const held = asObject(source);
  return type === 'image' ? dataImage(held?.data, held?.media_type) : undefined;
}

/** An image that is there in base 64. */
export function dataImage(data: unknown, mediaType: unknown): Block | undefined {
  const held = asText(data);
  return held === undefined ? undefined : { type: 'image', media_type: asText(mediaType) ?? 'image/png', data: held };
}

/** Text as blocks; none for empty text. */
export function textBlocks(text: string | undefined, injected?: string): Block[] {
  return text === undefined || text === '' ? [] : [{ type: 'text', text, ...(injected !== undefined && { injected }) }];
}

/** The block of a system message: nobody said it. */
export function asPrompt(block: Block): Block {
  return block.type === 'image' ? block : { ...block, injected: 'system-prompt' };
}

/** A field as text: strings as they are, anything else as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
