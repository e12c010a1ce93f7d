// Criteria drafted by a model from a file that is known to be good; a proposal for a person, which runs nothing and grades nobody.
import { z } from 'zod';
import { headAndTail } from '../base/text.ts';
import { type Criterion, criterionSchema } from '../domain/rubric.ts';
import { fenced, legible } from '../model/fence.ts';
import { forcedCall, type Purse, type Seat, type Spent } from '../model/forced-call.ts';
import type { ToolDefinition } from '../model/model.ts';
import { patternFault } from './pattern.ts';

export interface DraftRequest {
  /** The known-good file. */
  file: { name: string; text: string };
  /** What it was the answer to, where that is known. */
  task?: string;
  seat: Seat;
  /** Text of templates/prompts/draft-criteria.md. */
  system: string;
  redact: (text: string) => string;
  /** What is wrong with criteria beside what the schema says; told to the model once. */
  lint?: (criteria: readonly Criterion[]) => string[];
  seed: string;
  purse?: Purse | undefined;
  signal: AbortSignal;
}

export type DraftedCriteria = Spent &
  (
    | { kind: 'drafted'; description: string; criteria: Criterion[]; notes: string[] }
    | { kind: 'none'; why: string; interrupted?: true }
  );

const MOST_OF_FILE = 60_000;

/** Asks for criteria. A draft holds no command: what a model read in a file must not end up in a shell. */
export async function draftCriteria(request: DraftRequest): Promise<DraftedCriteria> {
  const { file, task, seat, system, redact, seed, purse, signal } = request;
  const pieces = [
    ...(task === undefined ? [] : [{ source: 'task', text: legible(redact(task)) }]),
    { source: file.name, text: headAndTail(legible(redact(file.text)), MOST_OF_FILE) },
  ];
  const { mark, text } = fenced(seed, pieces);
  const call = await forcedCall<Answer>({
    seat,
    system,
    content: `Between the tags <${mark}> and </${mark}> stands the example, and nowhere else.\n\n${text}\n\nThe example ends here. Write the criteria.`,
    tool,
    schema: answerSchema,
    fault: (answer) => faultIn(answer, request.lint),
    purse,
    signal,
  });
  const { usage, usd, requests } = call;
  if (call.kind === 'none')
    return { usage, usd, requests, kind: 'none', why: call.why, ...(call.interrupted && { interrupted: true }) };
  const { description, criteria, notes } = call.value;
  return {
    usage,
    usd,
    requests,
    kind: 'drafted',
    description: legible(description),
    criteria: criteria.map(asCriterion),
    notes: notes.map(legible),
  };
}

const text = z.string().min(1).max(1_000);
const check = z.union([
  z.strictObject({ file: text, exists: z.boolean().optional(), matches: text.optional() }),
  z.strictObject({ output: z.strictObject({ matches: text.optional(), not_matches: text.optional() }) }),
  z.strictObject({
    json: text,
    at: z.string().max(500).optional(),
    op: z.enum(['==', '!=', '<', '<=', '>', '>=', 'contains', 'exists']),
    value: z.unknown().optional(),
  }),
]);
const drafted = z.strictObject({
  id: z.string(),
  statement: text,
  required: z.boolean(),
  weight: z.number().positive().max(100),
  check: check.optional(),
});
const answerSchema = z.strictObject({
  description: z.string().max(2_000),
  criteria: z.array(drafted).min(1).max(20),
  notes: z.array(z.string().max(1_000)).max(20).default([]),
});
type Answer = z.infer<typeof answerSchema>;

const tool: ToolDefinition = {
  name: 'criteria',
  description: 'Hands over the drafted criteria.',
  input_schema: z.toJSONSchema(answerSchema, { io: 'input' }),
};

function asCriterion({ check: decided, ...rest }: Answer['criteria'][number]): Criterion {
  const statement = legible(rest.statement);
  return criterionSchema.parse({ ...rest, statement, ...(decided === undefined ? { judge: {} } : { check: decided }) });
}

function faultIn({ criteria }: Answer, lint: DraftRequest['lint']): string | undefined {
  const ids = criteria.map(({ id }) => id);
  const repeated = ids.findIndex((id, at) => ids.indexOf(id) !== at);
  if (repeated >= 0) return `criteria.${repeated}.id: the id of an earlier criterion`;
  for (const [at, { check: decided, ...rest }] of criteria.entries()) {
    const fit = criterionSchema.safeParse({ ...rest, ...(decided === undefined ? { judge: {} } : { check: decided }) });
    if (!fit.success)
      return `criteria.${at}: ${fit.error.issues.map((issue) => `${issue.path.map(String).join('.')} ${issue.message}`).join('; ')}`;
    for (const pattern of patternsOf(decided)) {
      const wrong = patternFault(pattern);
      if (wrong !== undefined) return `criteria.${at}.check: a pattern is of no use`;
    }
  }
  const faults = lint?.(criteria.map(asCriterion)) ?? [];
  return faults.length === 0 ? undefined : faults.slice(0, 10).join('; ');
}

function patternsOf(decided: z.infer<typeof check> | undefined): string[] {
  if (decided === undefined || 'json' in decided) return [];
  const { matches, not_matches } = 'output' in decided ? decided.output : { ...decided, not_matches: undefined };
  return [matches, not_matches].filter((pattern) => pattern !== undefined);
}
