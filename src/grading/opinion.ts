// One opinion of one model on one criterion, in a context of its own; a quote that was not shown, or praise without one, is worth nothing.
import { z } from 'zod';
import { clip, oneLine } from '../base/text.ts';
import type { Criterion, CriterionVerdict } from '../domain/rubric.ts';
import { fenced, legible, type Shown } from '../model/fence.ts';
import { type ForcedCall, forcedCall, type Purse, type Seat, type Spent } from '../model/forced-call.ts';
import type { ToolDefinition } from '../model/model.ts';
import { TASK } from './material.ts';
import { type FoundQuote, findQuote } from './shown-quote.ts';

/** `unusable`: there was no answer that counts; `why` says so. */
export interface Opinion extends Spent {
  verdict: CriterionVerdict | 'unusable';
  reason: string;
  quotes: FoundQuote[];
  gone?: true;
  interrupted?: true;
  unpaid?: true;
}

export interface OpinionRequest {
  seat: Seat;
  criterion: Pick<Criterion, 'id' | 'statement'>;
  pieces: readonly Shown[];
  seed: string;
  /** Text of templates/prompts/judge.md. */
  system: string;
  purse?: Purse | undefined;
  signal: AbortSignal;
}

const answerSchema = z.strictObject({
  criterion: z.string(),
  reasoning: z.string().min(1).max(8_000),
  quotes: z.array(z.strictObject({ source: z.string().max(1_000), text: z.string().min(1).max(4_000) })).max(20),
  verdict: z.enum(['met', 'not_met', 'cannot_tell']),
});
type Answer = z.infer<typeof answerSchema>;

/** Asks for one opinion. Never throws for what the model answers. */
export async function opinionOn(request: OpinionRequest): Promise<Opinion> {
  const { seat, criterion, pieces, seed, system, purse, signal } = request;
  const call = await forcedCall<Answer>({
    seat,
    system,
    content: question(criterion, pieces, seed),
    tool: verdictTool(criterion.id),
    schema: answerSchema,
    fault: (answer) =>
      answer.criterion === criterion.id ? undefined : 'it judged another criterion than the one asked',
    purse,
    signal,
  });
  return weighed(call, pieces);
}

function question({ id, statement }: OpinionRequest['criterion'], pieces: readonly Shown[], seed: string): string {
  const { mark, text } = fenced(seed, pieces);
  return [
    `Between the tags <${mark}> and </${mark}> stands the material, and nowhere else.`,
    text,
    `The material ends here. The statement to judge is criterion ${id}:\n\n${legible(statement)}`,
  ].join('\n\n');
}

function verdictTool(id: string): ToolDefinition {
  const quote = {
    type: 'object',
    properties: {
      source: { type: 'string', description: 'the source that the tag names' },
      text: { type: 'string', description: 'word for word' },
    },
    required: ['source', 'text'],
    additionalProperties: false,
  };
  return {
    name: 'verdict',
    description: 'Gives the verdict on one criterion: reasoning first, then quotes, then the verdict.',
    input_schema: {
      type: 'object',
      properties: {
        criterion: { type: 'string', enum: [id] },
        reasoning: { type: 'string', description: 'a few sentences: what is asked, what speaks for it, what against' },
        quotes: {
          type: 'array',
          items: quote,
          description: 'passages that decide it; may be empty only where nothing is met',
        },
        verdict: { type: 'string', enum: ['met', 'not_met', 'cannot_tell'] },
      },
      required: ['criterion', 'reasoning', 'quotes', 'verdict'],
      additionalProperties: false,
    },
  };
}

// The rules that no model may bend: every quote was shown, and what is met is shown by the work, not by the task.
function weighed(call: ForcedCall<Answer>, pieces: readonly Shown[]): Opinion {
  const { usage, usd, requests } = call;
  const spent = { usage, usd, requests };
  if (call.kind === 'none') {
    const { kind: _, why, ...rest } = call;
    return { ...rest, verdict: 'unusable', reason: why, quotes: [] };
  }
  const { reasoning, quotes, verdict } = call.value;
  const found = quotes.map((quote) => findQuote(pieces, quote));
  const invented = quotes.find((_, at) => found[at] === undefined);
  const said = clip(oneLine(legible(reasoning)), 1_000);
  if (invented !== undefined) {
    const reason = `the judge quoted what it was not shown: “${clip(oneLine(legible(invented.text)), 120)}”`;
    return { ...spent, verdict: 'cannot_tell', reason, quotes: [] };
  }
  const kept = found.filter((quote) => quote !== undefined);
  if (verdict === 'met' && !kept.some(({ source }) => source !== TASK))
    return {
      ...spent,
      verdict: 'cannot_tell',
      reason: `the judge said met and quoted nothing of the work: ${said}`,
      quotes: [],
    };
  return { ...spent, verdict, reason: said, quotes: kept };
}
