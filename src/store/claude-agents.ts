// Agent files of Claude Code as ours: what its fields mean here, and which mean nothing here; never widens what an agent may do.
import { clip } from '../base/text.ts';
import { ownToolName } from '../domain/tool-name.ts';

type Fields = Record<string, unknown>;

// Fields of Claude Code's subagent files (https://code.claude.com/docs/en/sub-agents) that ours have not.
const UNUSED = ['permissionMode', 'mcpServers', 'skills', 'hooks', 'background', 'isolation', 'initialPrompt'];
const TAKEN_OVER = ['disallowedTools', 'maxTurns'];
const SHARED = ['name', 'description', 'tools', 'model', 'effort'];

/** Keys that belong to Claude Code and so are no misspelt keys of ours. */
export const FOREIGN_KEYS: readonly string[] = [...UNUSED, ...TAKEN_OVER, 'color'];

// Its short names for models; which model each one means changes with its releases.
const MODEL_ALIASES = new Set(['sonnet', 'opus', 'haiku', 'default', 'best', 'opusplan']);
const MAX_DESCRIPTION = 2000;

/**
 * The front matter of a file in `.claude/agents/`, with only the fields that Claude Code itself knows: such a file was not
 * written for us and must not set permissions of ours. `name` is the file's. What is not taken over is said in `notes`.
 */
export function onlyForeign(data: Fields, name: string): Fields {
  const kept = Object.entries(data).filter(
    ([key, value]) => value !== null && (SHARED.includes(key) || FOREIGN_KEYS.includes(key)),
  );
  const fields = Object.fromEntries(kept);
  const { description } = fields;
  return {
    ...fields,
    name,
    ...(typeof description === 'string' && { description: clip(description, MAX_DESCRIPTION) }),
  };
}

/** Fields of Claude Code as our own: denied tools become rules, the greatest number of turns a budget. Other fields stay as they are. */
export function takenOver(data: Fields, notes: string[]): Fields {
  const { disallowedTools, maxTurns, ...rest } = data;
  const front: Fields = { ...rest };
  if (typeof front.tools === 'string') front.tools = listed(front.tools);
  if (typeof front.memory === 'string') {
    delete front.memory;
    notes.push(`memory: ${data.memory} is Claude Code’s own memory and not used here`);
  }
  if (typeof front.model === 'string' && MODEL_ALIASES.has(front.model)) {
    front.model = 'inherit';
    notes.push(`model: ${data.model} names no exact model; models.agent of config.yaml is used`);
  }
  const denied = denials(disallowedTools);
  const own = front.permissions ?? [];
  if (denied.length > 0 && Array.isArray(own)) front.permissions = [...denied, ...own];
  if (typeof maxTurns === 'number') front.budget = withTurns(front.budget, maxTurns);
  for (const key of UNUSED) if (front[key] !== undefined) notes.push(`${key} is not used here`);
  return front;
}

/** The text with the value of `description:` in quotes: people write colons in it, and Claude Code accepts that. */
export function quotedDescription(text: string): string {
  return text.replace(/^(description:[ \t]+)(?!["'|>])([^\r\n]+)/m, (_, key: string, value: string) => {
    return `${key}${JSON.stringify(value.trim())}`;
  });
}

function denials(tools: unknown): { deny: string }[] {
  const names = typeof tools === 'string' ? listed(tools) : Array.isArray(tools) ? tools : [];
  return names.flatMap((name: unknown) => {
    const [, tool, rest] = typeof name === 'string' ? (/^([^(]*)(\([\s\S]*\))?$/.exec(name) ?? []) : [];
    return tool === undefined ? [] : [{ deny: ownToolName(tool) + (rest ?? '') }];
  });
}

function withTurns(budget: unknown, turns: number): unknown {
  if (budget === undefined) return { turns };
  const given = budget !== null && typeof budget === 'object' && !Array.isArray(budget);
  return given ? { turns, ...budget } : budget;
}

// `Read, Agent(worker, researcher)`: commas in brackets separate nothing.
function listed(text: string): string[] {
  return (text.match(/(?:\([^()]*\)|[^,()]|[()])+/g) ?? []).map((name) => name.trim()).filter((name) => name !== '');
}
