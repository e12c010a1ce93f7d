// What people call the tools that sessions come from, and how sessions spread over them; a name that nobody here gave is never repeated.
import { byCodeUnit } from '../base/collections.ts';

/** Sessions of one tool. */
export interface SourceCount {
  /** As in `source.tool` of a session's header. */
  tool: string;
  sessions: number;
}

const NAMES: Readonly<Record<string, string>> = {
  agentmem: 'agentmem',
  'claude-code': 'Claude Code',
  'claude-managed-agents': 'Claude Managed Agents',
  codex: 'Codex',
  'copilot-cli': 'GitHub Copilot CLI',
  'gemini-cli': 'Gemini CLI',
  messages: 'plain messages',
  opencode: 'OpenCode',
  openhands: 'OpenHands',
  pi: 'pi',
  'swe-agent': 'SWE-agent',
  'tau-bench': 'tau-bench',
  'tau2-bench': 'tau2-bench',
};

/** The name of a tool. A transcript that another memory stored may name any tool: words from there stand in no playbook. */
export function sourceName(tool: string): string {
  return Object.hasOwn(NAMES, tool) ? (NAMES[tool] ?? 'another tool') : 'another tool';
}

/** How many of the sessions each tool had, the most first; equal ones by name. */
export function sourceCounts(tools: Iterable<string>): SourceCount[] {
  const counts = new Map<string, number>();
  for (const tool of tools) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  return sourcesInOrder(counts);
}

/** The same of tools that were counted. */
export function sourcesInOrder(counts: ReadonlyMap<string, number>): SourceCount[] {
  return [...counts]
    .map(([tool, sessions]) => ({ tool, sessions }))
    .sort((a, b) => b.sessions - a.sessions || byCodeUnit(a.tool, b.tool));
}

/** `Claude Code 12, Codex 3`; empty where nothing is told. */
export function sourcesText(counts: readonly SourceCount[] = []): string {
  const byName = new Map<string, number>();
  for (const { tool, sessions } of counts) byName.set(sourceName(tool), (byName.get(sourceName(tool)) ?? 0) + sessions);
  return [...byName].map(([name, sessions]) => `${name} ${sessions}`).join(', ');
}
