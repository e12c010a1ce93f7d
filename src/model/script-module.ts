// A script that is a module of code, as the model door uses it: every answer it gives is checked; loads no module itself.
import type { z } from 'zod';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { type ScriptTurn, scriptTurnSchema } from '../domain/script.ts';
import type { ScriptBody } from './scripted.ts';

/** Whether the file of a script is code that answers, and no list of turns. */
export function isModule(path: string): boolean {
  return /\.m?js$/.test(path);
}

/**
 * The script of a loaded module, whose `answer(body, turn, again)` gives a turn, a promise of one, or undefined where it has no answer.
 * What it throws, and an answer that is no turn, becomes a failed request of status 400, which nobody tries again.
 * Throws UserError where the module has no such function; `where` is its file.
 */
export function scriptOfModule(
  module: unknown,
  where: string,
): (body: ScriptBody, turn: number, again: number) => Promise<ScriptTurn | undefined> {
  const answer = answerOf(module);
  if (answer === undefined)
    throw new UserError({
      what: 'This script has no function `answer`.',
      where,
      hint: 'export function answer(body, turn, again) { return { text: "…" } }',
    });
  return async (body, turn, again) => {
    const given = await tried(answer, [body, turn, again]);
    if ('failed' in given) return refused(`the script ${where} failed: ${given.failed}`);
    if (given.turn === undefined) return undefined;
    const read = scriptTurnSchema.safeParse(given.turn);
    if (read.success) return read.data;
    return refused(`the script ${where} gave what is no turn: ${read.error.issues.map(inWords)[0]}`);
  };
}

// Not in zod's words, which read like those of a server that lacks a field and would be asked again without it.
function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is no part of one`;
  return issue.path.length === 0 ? 'it is no object' : `${issue.path.map(String).join('.')} is not as it should be`;
}

type Answer = (...given: unknown[]) => unknown;

function answerOf(module: unknown): Answer | undefined {
  if (module === null || typeof module !== 'object' || !('answer' in module)) return undefined;
  return typeof module.answer === 'function' ? (module.answer as Answer) : undefined; // what it takes and gives is checked by nobody else
}

// Somebody else's code: whatever it throws is a failure of the script, and no bug of ours.
async function tried(answer: Answer, given: unknown[]): Promise<{ turn: unknown } | { failed: string }> {
  try {
    return { turn: await answer(...given) };
  } catch (error) {
    return { failed: oneLine(error instanceof Error ? error.message : String(error)) };
  }
}

function refused(message: string): ScriptTurn {
  return { error: { status: 400, type: 'invalid_request_error', message: message.slice(0, 2000) } };
}
