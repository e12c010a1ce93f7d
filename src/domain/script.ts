// A script: answers written down beforehand for work without a model; a schema and the reading of it, says nothing by itself.

import { z } from 'zod';
import { type Problem, UserError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';

const tokens = z.number().int().min(0);

/** All that is given must hold of the request, or the turn is passed over. Plain text, no pattern; case counts. */
const whenSchema = z.strictObject({
  /** In any text of the last message, results of tools included. */
  last_contains: z.string().min(1).optional(),
  /** In the result of a tool, in the last message. */
  tool_result_contains: z.string().min(1).optional(),
  system_contains: z.string().min(1).optional(),
});
export type ScriptCondition = z.infer<typeof whenSchema>;

/** One answer, in the order in which its blocks are sent: thinking, text, calls. Nothing at all is an empty answer. */
export const scriptTurnSchema = z.strictObject({
  thinking: z.string().optional(),
  text: z.string().optional(),
  tools: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        input: z.record(z.string(), z.unknown()).default({}),
        /** Made up where it is left out: unique in the conversation, the same each time. */
        id: z.string().min(1).max(200).optional(),
      }),
    )
    .max(200)
    .optional(),
  /** Left out: `tool_use` where there are calls, else `end_turn`. */
  stop_reason: z.string().min(1).max(100).optional(),
  /** Left out: estimated from the length of the texts. */
  usage: z
    .strictObject({
      input_tokens: tokens.optional(),
      output_tokens: tokens.optional(),
      cache_read_input_tokens: tokens.optional(),
      cache_creation_input_tokens: tokens.optional(),
    })
    .optional(),
  /** Answers with this failure instead. */
  error: z
    .strictObject({
      status: z.number().int().min(400).max(599),
      type: z.string().min(1).max(100),
      message: z.string().max(2000),
    })
    .optional(),
  /** Waits before it answers, at most ten minutes. */
  delay_ms: z.number().int().min(0).max(600_000).optional(),
  when: whenSchema.optional(),
  /** May be used more than once. */
  repeat: z.boolean().optional(),
});
export type ScriptTurn = z.infer<typeof scriptTurnSchema>;
/** A turn as it may be written: what has a default may be left out. */
export type WrittenTurn = z.input<typeof scriptTurnSchema>;

/**
 * The turns of a script that was parsed from YAML, JSON or JSONL: a list of turns, or `{turns: [...]}`.
 * Throws UserError with every problem by turn (counted from 1) and field; `where` is the file.
 */
export function readScript(value: unknown, where: string): ScriptTurn[] {
  const turns = isObject(value) && Object.keys(value).join() === 'turns' ? value.turns : value;
  if (!Array.isArray(turns))
    throw new UserError({ what: 'A script is a list of turns.', where, hint: 'begin with: - text: Hello.' });
  if (turns.length === 0) throw new UserError({ what: 'This script has no turn.', where });
  const read = turns.map((turn) => scriptTurnSchema.safeParse(turn));
  const problems = read.flatMap((result, at) => (result.success ? [] : result.error.issues.map((i) => words(at, i))));
  if (problems.length > 0) throw new UserError(problem(problems, where));
  return read.flatMap((result) => (result.success ? [result.data] : []));
}

function words(at: number, { path, message }: z.core.$ZodIssue): string {
  const field = path.map(String).join('.');
  return `turn ${at + 1}${field === '' ? '' : `, ${field}`}: ${message}`;
}

const MAX_SHOWN = 10;

function problem(problems: string[], where: string): Problem {
  const left = problems.length - MAX_SHOWN;
  const shown = problems.slice(0, MAX_SHOWN).join('; ');
  return { what: `This script cannot be read: ${shown}${left > 0 ? `; and ${left} more` : ''}`, where };
}
