// Keeps lines short: long tool output and images go into files beside the transcript; never touches anything outside that folder.
import { shortHash } from '../base/hash.ts';
import { headAndTail } from '../base/text.ts';
import { type Block, isToolResult, type SessionEvent } from '../domain/events.ts';

/** Characters of tool output, or of an image's base64, that a line may hold. */
export const LONGEST_INLINE = 100_000;
const SHORTEST_PIECE = 1_000;

/** A file to be written beside a transcript; `name` is relative to the transcript's folder. */
export interface SpilledFile {
  name: string;
  text: string;
}

/** The event as it is to be stored, and the files that hold what was too long for it. The same event if nothing was. */
export function spill(event: SessionEvent, session: string): { event: SessionEvent; files: SpilledFile[] } {
  if (!('content' in event) || !Array.isArray(event.content)) return { event, files: [] };
  const blocks = event.content as Block[]; // every event with a list of content holds blocks (domain/events.ts)
  const stem = `${session}.d/${fileStem(event.id)}`;
  const images = spillImages(blocks, stem);
  const output = isToolResult(event) ? spillText(images.blocks, `${stem}.txt`) : undefined;
  const files = [...images.files, ...(output?.files ?? [])];
  if (files.length === 0) return { event, files };
  const file = output?.files[0]?.name;
  const content = output?.blocks ?? images.blocks;
  return { event: { ...event, content, ...(file !== undefined && { file }) } as SessionEvent, files };
}

// The id may come from a transcript that anyone wrote: only plain ones become file names.
function fileStem(id: string): string {
  return /^evt_[A-Za-z0-9_-]{1,100}$/.test(id) ? id : `evt_${shortHash(id, 26)}`;
}

function spillImages(blocks: Block[], stem: string): { blocks: Block[]; files: SpilledFile[] } {
  const files: SpilledFile[] = [];
  const kept = blocks.map((block, n) => {
    if (block.type !== 'image' || typeof block.data !== 'string' || block.data.length <= LONGEST_INLINE) return block;
    const { data, ...rest } = block;
    const file = `${stem}.${n}.b64`;
    files.push({ name: file, text: data });
    return { ...rest, file };
  });
  return { blocks: kept, files };
}

// Every block keeps its share of the head and tail, so that injected text stays told apart from the tool's own.
function spillText(blocks: Block[], name: string): { blocks: Block[]; files: SpilledFile[] } {
  const texts = blocks.map(blockText);
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  if (total <= LONGEST_INLINE) return { blocks, files: [] };
  const kept = blocks.map((block, i): Block => {
    const text = texts[i] ?? '';
    const share = Math.max(SHORTEST_PIECE, Math.floor((LONGEST_INLINE * text.length) / total));
    if (block.type === 'image' || text.length <= share) return block;
    const injected = block.injected === undefined ? {} : { injected: block.injected };
    return { type: 'text', text: headAndTail(text, share), ...injected };
  });
  const whole = texts.filter((text) => text !== '').join('\n');
  return { blocks: kept, files: [{ name, text: whole }] };
}

/** The text that a block is sent and kept as; none for an image. */
export function blockText(block: Block): string {
  if (block.type === 'text') return block.text;
  return block.type === 'json' ? (JSON.stringify(block.value) ?? '') : '';
}
