// Refuses what the Messages API refuses, with its status, type and words: the request as a whole and its tools; test code only.
import { messageRefusal } from './message-refusal.ts';
import { blocksOf, isObject, type Json, listOf } from './units.ts';

export interface Refusal {
  status: number;
  type: string;
  message: string;
}

export interface RefusalOptions {
  requireKey?: boolean | undefined;
  /** Parts of the API that this server does not know, as many compatible servers; naming them is an error. */
  lacks?: readonly string[] | undefined;
}

export const MAX_REQUEST = 32 * 1024 * 1024; // bytes

const FIELDS = new Set(
  `model max_tokens messages system tools tool_choice thinking output_config stream metadata stop_sequences service_tier
   temperature top_p top_k container context_management mcp_servers betas cache_control inference_geo speed fallbacks`.split(
    /\s+/,
  ),
);

// Published as breaking changes of these models: thinking is always on, and no tool can be forced.
const ALWAYS_THINKS = /^claude-(opus-5-5|fable-5-[12]|mythos-5-[12])$/;
const NEVER_FORCED = /^claude-(opus-5-5|sonnet-5-5|fable-5-[12]|mythos-5-[12])$/;

/** What is wrong with the headers or the size; looked at before the body is read. */
export function headerRefusal(
  headers: Record<string, string | string[] | undefined>,
  bytes: number,
  options: RefusalOptions,
): Refusal | undefined {
  if (options.requireKey && headers['x-api-key'] === undefined && headers.authorization === undefined)
    return { status: 401, type: 'authentication_error', message: 'x-api-key header is required' };
  if (
    options.requireKey &&
    [headers['x-api-key'], headers.authorization].some((value) => /\bwrong\b/.test(String(value ?? '')))
  )
    return { status: 401, type: 'authentication_error', message: 'invalid x-api-key' };
  if (bytes > MAX_REQUEST)
    return { status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' };
  if (headers['anthropic-version'] === undefined) return invalid('anthropic-version: header is required');
  return undefined;
}

/** The first thing that the API would not accept in a body; undefined if it would. */
export function refusal(body: unknown, options: RefusalOptions = {}): Refusal | undefined {
  if (!isObject(body)) return invalid('Input should be a valid dictionary');
  const message =
    lackRefusal(body, options.lacks ?? []) ??
    fieldRefusal(body) ??
    toolRefusal(body) ??
    messageRefusal(body) ??
    cacheRefusal(body);
  return message === undefined ? undefined : invalid(message);
}

function invalid(message: string): Refusal {
  return { status: 400, type: 'invalid_request_error', message };
}

function lackRefusal(body: Json, lacks: readonly string[]): string | undefined {
  for (const name of lacks) {
    if (body[name] !== undefined) return `${name}: Extra inputs are not permitted`;
    if (name === 'cache_control' && markedBlocks(body).length > 0)
      return `${markedBlocks(body)[0]}.cache_control: Extra inputs are not permitted`;
    if (name === 'adaptive' && isObject(body.thinking) && body.thinking.type === 'adaptive')
      return "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'";
  }
  return undefined;
}

function fieldRefusal(body: Json): string | undefined {
  for (const name of ['model', 'max_tokens', 'messages'])
    if (body[name] === undefined) return `${name}: Field required`;
  const extra = Object.keys(body).find((name) => !FIELDS.has(name));
  if (extra !== undefined) return `${extra}: Extra inputs are not permitted`;
  if (typeof body.model !== 'string') return 'model: Input should be a valid string';
  if (body.model === '') return 'model: String should have at least 1 character';
  if (!Number.isInteger(body.max_tokens)) return 'max_tokens: Input should be a valid integer';
  if (Number(body.max_tokens) < 1) return 'max_tokens: Input should be greater than or equal to 1';
  if (body.stream !== undefined && typeof body.stream !== 'boolean') return 'stream: Input should be a valid boolean';
  if (body.system !== undefined && typeof body.system !== 'string' && !Array.isArray(body.system))
    return 'system: Input should be a valid list';
  for (const [i, block] of blocksOf(body.system).entries())
    if (isObject(block) && block.text === '') return `system.${i}: text content blocks must be non-empty`;
  if (!Array.isArray(body.messages)) return 'messages: Input should be a valid list';
  return thinkingRefusal(body, body.model);
}

function thinkingRefusal(
  { thinking, tool_choice, max_tokens, output_config }: Json,
  model: string,
): string | undefined {
  if (isObject(output_config) && output_config.effort !== undefined) {
    if (!['low', 'medium', 'high', 'xhigh', 'max'].includes(String(output_config.effort)))
      return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
  }
  const forced = isObject(tool_choice) && (tool_choice.type === 'tool' || tool_choice.type === 'any');
  if (forced && NEVER_FORCED.test(model)) return `tool_choice: forced tool use is not supported on ${model}`;
  if (thinking === undefined) return undefined;
  if (!isObject(thinking)) return 'thinking: Input should be a valid dictionary';
  if (!['enabled', 'disabled', 'adaptive'].includes(String(thinking.type)))
    return `thinking: Input tag '${String(thinking.type)}' found using 'type' does not match any of the expected tags: 'disabled', 'enabled', 'adaptive'`;
  if (thinking.type === 'disabled')
    return ALWAYS_THINKS.test(model) ? `thinking.type: "disabled" is not supported on ${model}` : undefined;
  if (thinking.type === 'enabled') {
    const budget = Number(thinking.budget_tokens);
    if (!(budget >= 1024)) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
    if (budget >= Number(max_tokens)) return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  }
  return forced ? 'Thinking may not be enabled when tool_choice forces tool use.' : undefined;
}

function toolRefusal({ tools, tool_choice }: Json): string | undefined {
  if (tools !== undefined && !Array.isArray(tools)) return 'tools: Input should be a valid list';
  const names = new Set<string>();
  for (const [i, tool] of listOf(tools).entries()) {
    if (!isObject(tool)) return `tools.${i}: Input should be a valid dictionary`;
    if (typeof tool.name !== 'string') return `tools.${i}.custom.name: Field required`;
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name))
      return `tools.${i}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`;
    if (!isObject(tool.input_schema)) return `tools.${i}.custom.input_schema: Field required`;
    if (tool.input_schema.type !== 'object') return `tools.${i}.custom.input_schema.type: Input should be 'object'`;
    if (names.has(tool.name)) return 'tools: Tool names must be unique.';
    names.add(tool.name);
  }
  if (!isObject(tool_choice)) return undefined;
  if (names.size === 0) return 'tool_choice: may only be specified while providing tools.';
  if (tool_choice.type === 'tool' && !names.has(String(tool_choice.name)))
    return `tool_choice: Tool '${String(tool_choice.name)}' not found in provided tools`;
  return undefined;
}

function cacheRefusal(body: Json): string | undefined {
  const marked = markedBlocks(body).length + (body.cache_control === undefined ? 0 : 1);
  return marked > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${marked}.` : undefined;
}

function markedBlocks(body: Json): string[] {
  const lists: [string, unknown][] = [
    ['tools', listOf(body.tools)],
    ['system', blocksOf(body.system)],
    ...listOf(body.messages).map((message, i): [string, unknown] => [
      `messages.${i}.content`,
      isObject(message) ? blocksOf(message.content) : [],
    ]),
  ];
  return lists.flatMap(([path, list]) =>
    listOf(list).flatMap((item, i) => (isObject(item) && item.cache_control != null ? [`${path}.${i}`] : [])),
  );
}
