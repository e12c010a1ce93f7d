// The answers of a dream as JSONL beside its report, and back: so that whoever reviews can dream it again without a key; believes no line unread.
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import type { Cache } from '../../store/cache.ts';
import { type AskRecord, usageSchema } from './asker.ts';

const lineSchema = z.object({
  /** Hash of model, prompts and question: see `requestHash`. */
  request: z.string().regex(/^[0-9a-f]{64}$/),
  value: z.unknown(),
  usage: usageSchema,
  usd: z.number().min(0).nullable(),
});

/** The text of `dreams/<id>.answers.jsonl`: an answer a line, sorted by request, each once. */
export function answerLines(records: readonly AskRecord[]): string {
  const lines = records.flatMap(({ request, answer, usage, usd, none }) =>
    none === undefined ? [[request, JSON.stringify({ request, value: answer, usage, usd: usd ?? null })] as const] : [],
  );
  return [...new Map(lines)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, line]) => `${line}\n`)
    .join('');
}

/** A cache that knows these answers before any of its own. Throws UserError for a line that is none, with its number. */
export function withAnswers(cache: Cache, text: string, where: string): Cache {
  const known = new Map<string, unknown>();
  text.split('\n').forEach((line, at) => {
    if (line.trim() === '') return;
    const { request, ...stored } = readLine(line, `${where}:${at + 1}`);
    known.set(request, stored);
  });
  return { get: (key) => known.get(key) ?? cache.get(key), put: cache.put };
}

function readLine(line: string, where: string): z.infer<typeof lineSchema> {
  const parsed = lineSchema.safeParse(jsonOf(line));
  if (parsed.success) return parsed.data;
  throw new UserError({
    what: 'this line is no answer of a dream',
    where,
    hint: 'agent dream --record-answers writes them',
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
