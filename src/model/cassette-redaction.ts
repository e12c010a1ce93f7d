// Takes secrets out of a streamed answer, also those that arrive in pieces; leaves every byte alone where there is none.
import { isObject, parsedJson } from '../base/json.ts';

/** Redacts every text in a JSON value; gives back the same value where nothing changed. */
export type Scrub = <T>(value: T) => T;

interface Frame {
  text: string;
  /** The event, where the frame's data is a JSON object. */
  event: Record<string, unknown> | undefined;
}

/** The body of an answer without secrets: a stream of events or, by its content type, anything else. */
export function scrubBody(body: string, contentType: string, scrub: Scrub): string {
  if (/\bevent-stream\b/.test(contentType)) return scrubStream(body, scrub);
  const value = parsedJson(body);
  if (value === undefined) return scrub(body);
  const clean = scrub(value);
  return clean === value ? body : JSON.stringify(clean);
}

function scrubStream(body: string, scrub: Scrub): string {
  const frames = body.split(/(?<=\r?\n\r?\n)/).map(toFrame);
  const pieces = new Map<string, Piece[]>();
  const out = frames.map((frame, at) => {
    const piece = pieceOf(frame, at);
    if (piece === undefined) return cleanFrame(frame, scrub);
    pieces.set(piece.stream, [...(pieces.get(piece.stream) ?? []), piece]);
    return frame.text;
  });
  // A secret may be cut in two by the pieces it came in: what belongs together is looked at as a whole.
  for (const together of pieces.values()) {
    const whole = together.map(({ text }) => text).join('');
    const clean = together[0]?.field === 'partial_json' ? scrubJson(whole, scrub) : scrub(whole);
    if (clean === whole) continue;
    for (const [i, piece] of together.entries())
      out[piece.at] = withText(frames[piece.at], piece, i === 0 ? clean : '');
  }
  return out.join('');
}

function toFrame(text: string): Frame {
  const data = text
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
    .join('\n');
  const value = parsedJson(data);
  return { text, event: isObject(value) ? value : undefined };
}

function cleanFrame({ text, event }: Frame, scrub: Scrub): string {
  if (event === undefined) return scrub(text);
  const clean = scrub(event);
  return clean === event ? text : print(text, clean);
}

interface Piece {
  /** Index of its frame. */
  at: number;
  /** Pieces of one stream make up one text. */
  stream: string;
  field: 'text' | 'thinking' | 'partial_json';
  text: string;
}

const FIELDS = ['text', 'thinking', 'partial_json'] as const;

function pieceOf({ event }: Frame, at: number): Piece | undefined {
  const delta = event?.delta;
  if (event?.type !== 'content_block_delta' || !isObject(delta)) return undefined;
  for (const field of FIELDS) {
    const text = delta[field];
    if (typeof text === 'string') return { at, stream: `${String(event.index)} ${field}`, field, text };
  }
  return undefined;
}

// Arguments are redacted as the values they are, since the name of one may be what gives a secret away.
function scrubJson(json: string, scrub: Scrub): string {
  const value = parsedJson(json);
  if (value === undefined) return scrub(json);
  const clean = scrub(value);
  return clean === value ? json : JSON.stringify(clean);
}

function withText(frame: Frame | undefined, piece: Piece, text: string): string {
  if (frame?.event === undefined || !isObject(frame.event.delta)) return '';
  return print(frame.text, { ...frame.event, delta: { ...frame.event.delta, [piece.field]: text } });
}

function print(frame: string, event: Record<string, unknown>): string {
  const names = frame.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('data:'));
  return [...names, `data: ${JSON.stringify(event)}`, '', ''].join('\n');
}
