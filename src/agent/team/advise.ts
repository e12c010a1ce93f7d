// The tool `advise`: one question to a stronger model, in the middle of a turn; it has no tools, sees only what it is told, and changes nothing.
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { dollars } from '../../base/text.ts';
import { argumentsOf, define, textSubject } from '../tools/arguments.ts';
import { failed, said, type Tool, type ToolOutcome } from '../tools/tool.ts';
import { askOnce, NO_TOOLS } from './ask-once.ts';
import type { Crew, Lead } from './crew.ts';

const schema = z.strictObject({
  question: z.string().trim().min(1).max(20_000).describe('One question.'),
  context: z
    .string()
    .max(100_000)
    .optional()
    .describe('What it has to know: it sees neither this conversation nor any file.'),
});

const DESCRIPTION =
  'Asks a stronger model once and gives back its answer. Use it for a hard decision, before it becomes expensive to be wrong. ' +
  'It has no tools and sees only what you write here.';

/** The tool `advise` of a lead. */
export function adviseTool(crew: Crew, lead: Lead): Tool {
  return {
    definition: define('advise', DESCRIPTION, schema),
    readOnly: true,
    subject: textSubject('question'),
    run: async ({ id, input, signal }) => {
      const checked = argumentsOf(schema, input);
      if ('fault' in checked) return checked.fault;
      const { question, context } = checked.value;
      const message = context === undefined ? question : `${question}\n\nWhat there is to know:\n${context}`;
      return await advise(crew, lead, { call: id, message, signal });
    },
  };
}

async function advise(
  crew: Crew,
  lead: Lead,
  order: { call: string; message: string; signal: AbortSignal },
): Promise<ToolOutcome> {
  const { openAdvisor, advice } = crew.request;
  try {
    const mind = { ...(await openAdvisor()), ...NO_TOOLS };
    const agent = { name: 'advisor', workspace: 'shared' } as const;
    const end = await askOnce(crew, lead, { agent, role: 'advisor', mind, prompt: advice, ...order });
    const cost = end.spent.usd > 0 ? ` (${end.thread}, ${dollars(end.spent.usd)})` : ` (${end.thread})`;
    if (end.stop === 'end_turn') return said(`The advisor answers${cost}:\n${end.text}`);
    return failed(`The advisor gave no answer${cost}: ${end.stop}${end.why === undefined ? '' : `, ${end.why}`}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failed(`Nobody can be asked for advice: ${error.problem.what}`);
  }
}
