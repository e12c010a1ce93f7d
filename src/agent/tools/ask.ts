// The tool `ask`: a question to the person who started the run; where nobody answers the run ends waiting for them, and nothing is made up.
import { z } from 'zod';
import { argumentsOf, define, textSubject } from './arguments.ts';
import { said, type Tool } from './tool.ts';

/** Puts a question to the person; undefined where nobody is there or they give no answer. Must not throw. */
export type AskPerson = (
  question: string,
  options: readonly string[],
  signal: AbortSignal,
) => Promise<string | undefined>;

const schema = z.strictObject({
  question: z
    .string()
    .trim()
    .min(1)
    .max(4000)
    .describe('One question, with what the person needs to know to answer it.'),
  options: z.array(z.string().trim().min(1).max(500)).max(10).optional().describe('Answers to choose from.'),
});

const DESCRIPTION =
  'Asks the person who started this run. Use it where you cannot go on without a decision or a fact that only they have, ' +
  'instead of guessing or claiming to be done. If nobody is there, the run pauses until they answer.';

/** The tool `ask`; without `askPerson` every question ends the run as blocked. */
export function askTool(askPerson?: AskPerson): Tool {
  return {
    definition: define('ask', DESCRIPTION, schema),
    readOnly: false,
    subject: textSubject('question'),
    run: async ({ input, signal }) => {
      const checked = argumentsOf(schema, input);
      if ('fault' in checked) return checked.fault;
      const { question, options = [] } = checked.value;
      const answer = await askPerson?.(question, options, signal);
      if (answer !== undefined && answer.trim() !== '') return said(`The person answers: ${answer}`);
      const need = options.length === 0 ? question : `${question} (${options.join(' / ')})`;
      return { ...said('Nobody is there to answer; the run waits for the person.'), blocked: need };
    },
  };
}
