// Arguments of a tool: one schema gives the definition that the model sees and the check of what it sends; never throws on what a model sends.
import { z } from 'zod';
import type { ToolDefinition } from '../../model/model.ts';
import { failed, type Tool, type ToolOutcome, type ToolSubject } from './tool.ts';

/** What a model is told of a tool whose arguments are `schema`. The same schema gives the same bytes. */
export function define(name: string, description: string, schema: z.ZodObject): ToolDefinition {
  const made = schemas.get(schema) ?? jsonSchemaOf(schema);
  schemas.set(schema, made);
  return { name, description, input_schema: made };
}

// Hundreds of sessions of one process have the same tools, and making this costs more than all else that opens a session.
const schemas = new WeakMap<z.ZodObject, ToolDefinition['input_schema']>();

function jsonSchemaOf(schema: z.ZodObject): ToolDefinition['input_schema'] {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: 'input', override: withoutSafeBounds });
  return made;
}

/** The checked arguments, or a result that names each field that does not fit and what was expected. */
export function argumentsOf<T>(schema: z.ZodType<T>, input: unknown): { value: T } | { fault: ToolOutcome } {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  const lines = parsed.error.issues.slice(0, 10).map((issue) => {
    const where = issue.path.join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
  return { fault: failed(`The call was not made, its arguments do not fit.\n${lines.join('\n')}`) };
}

/** The argument `name` where it is a string, for what is asked about a call before its arguments are checked. */
export function textArgument(input: Record<string, unknown>, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** The subject of a tool that is judged by one of its arguments; none where that is missing, as the check of the arguments will tell. */
export function textSubject(name: string, kind: ToolSubject['kind'] = 'text'): Tool['subject'] {
  return (input) => {
    const value = textArgument(input, name);
    return value === undefined ? undefined : { kind, value };
  };
}

// Every integer would carry the bounds of JavaScript's own: noise for models, and more than some servers' grammars bear.
function withoutSafeBounds({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
