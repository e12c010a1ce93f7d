// A cassette: what was asked of a model and what it answered, one JSON object a line; a schema, plays nothing.
import { z } from 'zod';
import { UserError } from '../base/errors.ts';

const headerSchema = z.object({
  type: z.literal('cassette'),
  version: z.literal(1),
  /** The program that recorded it, with its version. */
  recorded_by: z.string(),
});

const exchangeSchema = z.object({
  type: z.literal('exchange'),
  /** SHA-256 of the request's canonical JSON without what varies; for people and tools, matching works it out anew. */
  request_sha256: z.string(),
  /** The body of the request, redacted. */
  request: z.record(z.string(), z.unknown()),
  status: z.number().int().min(100).max(599),
  /** The few headers that matter to who reads the answer, in lower case. */
  headers: z.record(z.string(), z.string()),
  /** The body of the answer as it came, redacted. */
  body: z.string(),
  /** The connection broke after the body's last byte. */
  broken: z.boolean().optional(),
});
export type Exchange = z.infer<typeof exchangeSchema>;

/** An exchange and the line of the file that holds it. */
export interface CassetteLine {
  line: number;
  exchange: Exchange;
}

/** The first line of a cassette. */
export function cassetteHeader(recordedBy: string): z.infer<typeof headerSchema> {
  return { type: 'cassette', version: 1, recorded_by: recordedBy };
}

/** The exchanges of a cassette's text. Throws UserError with `where:line` for the first line that is none. */
export function readCassette(text: string, where: string): CassetteLine[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const out: CassetteLine[] = [];
  let header = false;
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const place = `${where}:${at + 1}`;
    const value = parsed(line, place);
    // A recording that was gone on with has a second header in the middle.
    if (headerSchema.safeParse(value).success) header = true;
    else if (!header) throw notACassette(value, place);
    else out.push({ line: at + 1, exchange: exchange(value, place) });
  }
  if (!header) throw notACassette(undefined, where);
  return out;
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const hint = 'if the recording was cut off there, delete the line';
    throw new UserError({ what: 'This line of a cassette is no JSON.', where, hint });
  }
}

function exchange(value: unknown, where: string): Exchange {
  const result = exchangeSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw new UserError({ what: `This line of a cassette holds no exchange: ${field}: ${issue?.message}`, where });
}

function notACassette(value: unknown, where: string): UserError {
  const newer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'cassette';
  if (newer) return new UserError({ what: 'This cassette is of another version than 1.', where });
  return new UserError({ what: 'This is no cassette.', where, hint: 'record one with: agent run --record <file>' });
}
