// Names of tools, ours and those that Claude Code's files use for the same tools; compares names, knows no tool's behaviour.

// What differs by more than spelling; everything else is our own way of writing it: `WebFetch` is `web_fetch`.
const SYNONYMS = new Map([
  ['multi_edit', 'edit'],
  ['kill_shell', 'bash_stop'],
  ['kill_bash', 'bash_stop'],
]);

/** How we write a tool's name: `Bash` → `bash`, `WebFetch` → `web_fetch`. Names with `__` (MCP and command tools) stay as they are. */
export function ownToolName(name: string): string {
  if (name.includes('__')) return name;
  const snake = name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return SYNONYMS.get(snake) ?? snake;
}

/** True for the tool of an MCP server, `mcp__<server>__<tool>`: its words come from outside. */
export function isMcpTool(name: string): boolean {
  return name.startsWith('mcp__');
}

/**
 * True if `name` is the tool that `pattern` names, in either spelling; `*` in the pattern stands for any characters, and
 * `mcp__<server>` alone for every tool of that server, as in Claude Code's rules.
 */
export function isToolOf(pattern: string, name: string): boolean {
  if (/^mcp__(?:(?!__)[^*])+$/.test(pattern) && name.startsWith(`${pattern}__`)) return true;
  const parts = ownToolName(pattern).split('*');
  const own = ownToolName(name);
  const [head = ''] = parts;
  if (parts.length === 1) return own === head;
  const tail = parts.at(-1) ?? '';
  if (!own.startsWith(head) || !own.endsWith(tail) || own.length < head.length + tail.length) return false;
  let at = head.length;
  // The earliest place for each part leaves the most room for the next ones, so one pass decides.
  for (const part of parts.slice(1, -1)) {
    const found = own.indexOf(part, at);
    if (found < 0 || found + part.length > own.length - tail.length) return false;
    at = found + part.length;
  }
  return true;
}
