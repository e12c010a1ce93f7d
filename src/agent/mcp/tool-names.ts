// How the tools of an MCP server are called here: mcp__<server>__<tool> in the letters that models accept; two tools never share a name.
import { shortHash } from '../../base/hash.ts';
import { globPattern } from '../glob-pattern.ts';

const LONGEST = 64;
const HASH = 6;

/**
 * Our names of a server's tools, by the server's own. Other letters than `[a-zA-Z0-9_-]` become `_`; what is cut, and what
 * would be called like another tool of the server, ends in a hash of its own name, so that it keeps its name from session to
 * session. A tool that is listed twice has one name.
 */
export function toolNames(server: string, own: readonly string[]): Map<string, string> {
  const plain = new Map([...new Set(own)].map((name) => [name, cleaned(server, name)]));
  const taken = new Map<string, number>();
  for (const name of plain.values()) taken.set(name, (taken.get(name) ?? 0) + 1);
  return new Map(
    [...plain].map(([name, clean]) => {
      const exact = clean === prefixOf(server) + name;
      const unique = clean.length <= LONGEST && taken.get(clean) === 1;
      return [name, exact && clean.length <= LONGEST ? clean : unique ? clean : hashed(clean, name)];
    }),
  );
}

/** `mcp__github__`. */
export function prefixOf(server: string): string {
  return `mcp__${server}__`;
}

/**
 * Whether an agent whose file names `wanted` may have any tool of a server: by name (`mcp__github__search`), by pattern
 * (`mcp__*`), or by the server alone (`mcp__github`, as Claude Code writes it). Nothing named = all.
 */
export function wantsServer(wanted: readonly string[] | undefined, server: string): boolean {
  if (wanted === undefined) return true;
  const prefix = prefixOf(server);
  return wanted.some((entry) => {
    const [name = ''] = entry.split('(');
    if (`${name}__` === prefix || name.startsWith(prefix)) return true;
    const [literal = ''] = name.split(/[*?[{\\]/);
    return literal !== name && (prefix.startsWith(literal) || literal.startsWith(prefix));
  });
}

/** Whether the setting `tools` of a server lets a tool through, by the server's own name of it. */
export function isAllowed(allowed: readonly string[] | undefined, own: string): boolean {
  if (allowed === undefined || allowed.includes(own)) return true;
  return allowed.some((entry) => {
    const pattern = globPattern(entry);
    return !('fault' in pattern) && pattern.matches(own);
  });
}

function cleaned(server: string, own: string): string {
  return prefixOf(server) + own.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function hashed(clean: string, own: string): string {
  return `${clean.slice(0, LONGEST - HASH - 1)}_${shortHash(own, HASH)}`;
}
