// One block of an answer while its deltas arrive; blocks of unknown type are kept as they came, never dropped.
import type { ApiBlock } from './model.ts';
import type { CallInput } from './tool-input.ts';

export interface OpenBlock {
  index: number;
  block: ApiBlock;
  /** No end of it has come, and nothing that took its place. */
  open: boolean;
  /** `content_block_stop` came for it. */
  ended: boolean;
  /** No delta has come. */
  untouched: boolean;
  /** A call of a tool, whoever runs it: its arguments come as pieces of JSON. */
  isCall: boolean;
  /** The arguments so far, as JSON text. */
  raw: string;
  /** Arguments came after its end. */
  late: boolean;
  /** What the arguments were read as, once it ended. */
  call?: CallInput;
}

type Fields = Record<string, unknown>;

/** A block as `content_block_start` describes it; one without a type counts as text. */
export function openBlock(start: Fields, index: number): OpenBlock {
  const type = typeof start.type === 'string' ? start.type : 'text';
  const block: ApiBlock = { ...start, type };
  if (type === 'text' && typeof block.text !== 'string') block.text = '';
  if (type === 'thinking' && typeof block.thinking !== 'string') block.thinking = '';
  const isCall = type.endsWith('tool_use');
  return { index, block, open: true, ended: false, untouched: true, isCall, raw: '', late: false };
}

/** Whether a delta can belong to the block. Servers send empty deltas of a wrong type, which belong to none. */
export function takesDelta(open: OpenBlock, delta: Fields): boolean {
  const { type } = open.block;
  switch (delta.type) {
    case 'text_delta':
    case 'citations_delta':
      return type === 'text';
    case 'thinking_delta':
    case 'signature_delta':
      return type === 'thinking';
    case 'input_json_delta':
      return open.isCall;
    default:
      // How an unknown delta changes a block that we know can't be told; one of its own kind it plainly fills.
      return !known(open);
  }
}

/** Applies a delta that `takesDelta` approved. Returns by how many characters the block grew. */
export function takeDelta(open: OpenBlock, delta: Fields): number {
  open.untouched = false;
  const { block } = open;
  switch (delta.type) {
    case 'text_delta':
      return append(block, 'text', delta.text);
    case 'thinking_delta':
      return append(block, 'thinking', delta.thinking);
    case 'signature_delta':
      if (typeof delta.signature !== 'string') return 0;
      block.signature = delta.signature;
      return delta.signature.length;
    case 'input_json_delta':
      if (typeof delta.partial_json !== 'string') return 0;
      open.raw += delta.partial_json;
      return delta.partial_json.length;
    case 'citations_delta':
      block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation];
      return JSON.stringify(delta.citation ?? null).length;
    default:
      return fill(block, delta);
  }
}

function known(open: OpenBlock): boolean {
  return open.isCall || ['text', 'thinking', 'redacted_thinking'].includes(open.block.type);
}

function append(block: ApiBlock, field: string, piece: unknown): number {
  if (typeof piece !== 'string') return 0;
  const before = block[field];
  block[field] = (typeof before === 'string' ? before : '') + piece;
  return piece.length;
}

// Text is streamed in pieces in every delta there is; anything else comes whole.
function fill(block: ApiBlock, delta: Fields): number {
  let grown = 0;
  for (const [field, value] of Object.entries(delta)) {
    if (field === 'type' || field === '__proto__') continue;
    if (typeof value === 'string') grown += append(block, field, value);
    else {
      block[field] = value;
      grown += JSON.stringify(value).length;
    }
  }
  return grown;
}
