// What a model is told of an MCP server's tool: name, marked description and schema, cleaned and cut; trusts no word of the server's.
import { isObject } from '../../base/json.ts';
import { clip, INVISIBLE, oneLine, safeForTerminal } from '../../base/text.ts';
import type { ToolDefinition } from '../../model/model.ts';
import type { ListedTool } from './protocol.ts';

const MOST_DESCRIPTION = 1_024; // characters
const MOST_SCHEMA = 50_000; // characters of JSON

/** The definition, or why a model could not be given this tool: one that is refused takes the whole request with it. */
export function mcpDefinition(server: string, name: string, tool: ListedTool): ToolDefinition | { fault: string } {
  const { inputSchema } = tool;
  if (JSON.stringify(inputSchema).length > MOST_SCHEMA)
    return { fault: `its schema is longer than ${MOST_SCHEMA} characters` };
  const odd = Object.keys(recordOf(inputSchema.properties)).find((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key));
  if (odd !== undefined) return { fault: `models take no argument named ${JSON.stringify(plain(odd).slice(0, 80))}` };
  const words = tool.description?.trim() || tool.title?.trim() || tool.name;
  return {
    name,
    description: clip(`[MCP server ${server}] ${plain(words)}`, MOST_DESCRIPTION),
    input_schema: objectSchema(inputSchema),
  };
}

// The Messages API wants an object, and no choice between forms at the top; the server checks the arguments itself anyway.
function objectSchema(schema: Record<string, unknown>): ToolDefinition['input_schema'] {
  const { anyOf: _any, oneOf: _one, allOf: _all, ...rest } = cleanWords(schema);
  return { ...rest, type: 'object' };
}

function cleanWords(schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, isWords(key, value) ? plain(value) : cleanValue(value)]),
  );
}

function cleanValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanValue);
  return value !== null && typeof value === 'object' ? cleanWords(recordOf(value)) : value;
}

function isWords(key: string, value: unknown): value is string {
  return (key === 'description' || key === 'title') && typeof value === 'string';
}

// What a person cannot see in a listing must not speak to the model either.
function plain(text: string): string {
  return safeForTerminal(text).replace(INVISIBLE, '');
}

function recordOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? { ...value } : {};
}

/** One line of a tool's description, for lists. */
export function shortDescription({ description }: ToolDefinition): string {
  return clip(oneLine(description.replace(/^\[MCP server [^\]]*\] /, '')), 100);
}
