// The tool calls of an answer: which may run, and why the others may not; runs none.
import { clip } from '../base/text.ts';
import type { OpenBlock } from './blocks.ts';
import type { ApiBlock, BrokenCall } from './model.ts';
import { readCall } from './tool-input.ts';

/**
 * The blocks of an answer with their arguments read. `lostInput`: arguments came that belong to no call, so that a call without
 * any may have lost its own. Blocks are as they came, but for ids and names that the API would refuse in the next request.
 */
export function readCalls(
  blocks: readonly OpenBlock[],
  lostInput: boolean,
): { content: ApiBlock[]; broken: BrokenCall[] } {
  const broken: BrokenCall[] = [];
  const ids = new Set<string>();
  const content = blocks.map((open, position) => {
    const { block } = open;
    if (!open.isCall) return { ...block };
    const call = open.call ?? readCall(open.raw, block.input);
    if (block.type !== 'tool_use') return { ...block, input: call.input };
    let reason = call.reason;
    const id = freeId(typeof block.id === 'string' && block.id !== '' ? block.id : `call_${position}`, ids);
    if (block.id !== id && block.id) reason ??= `a call with the id ${String(block.id)} is in this answer already`;
    const name = safeName(block.name);
    if (name !== block.name) reason ??= 'the name is not one that a tool can have';
    if (open.late) reason ??= 'arguments went on after the end of the call';
    if (open.raw === '' && isEmpty(call.input)) {
      if (!open.ended) reason ??= 'the call was never finished';
      if (lostInput) reason ??= 'arguments arrived that belong to no call';
    }
    if (reason !== undefined) broken.push({ id, raw: clip(open.raw, 2000), reason });
    return { ...block, id, name, input: reason === undefined ? call.input : {} };
  });
  return { content, broken };
}

// Two calls with one id could not be answered apart, and the API refuses them when they are sent back.
function freeId(wanted: string, ids: Set<string>): string {
  let id = wanted;
  for (let n = 2; ids.has(id); n++) id = `${wanted}_${n}`;
  ids.add(id);
  return id;
}

// A name that the API refuses would spoil every later request of the session.
function safeName(name: unknown): string {
  const text = typeof name === 'string' && name !== '' ? name : 'unknown';
  return text.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
}

function isEmpty(input: Record<string, unknown>): boolean {
  return Object.keys(input).length === 0;
}
