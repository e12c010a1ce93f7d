// Which playbook an entry belongs in: one a tool unless a person grouped otherwise; names files, never writes them.
import { shortHash } from '../base/hash.ts';
import { clip } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import { prose, visible } from './escape.ts';

/** A playbook to add to; `preamble` is what it begins with if it does not exist yet. */
export interface Place {
  name: string;
  preamble: string;
}

/** A playbook that is there, and the tools that its front matter names. */
export interface Shelf {
  name: string;
  tools: readonly string[] | undefined;
}

const MAX_NAME = 64;
const PREFERENCES = 'preferences';
const GENERAL = 'general';
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d|conin|conout|clock)$/; // names that Windows will not open as files

/**
 * The playbook for a card: the one that already names its tool, else one named after the tool. Of several that name it,
 * an exact name goes before a pattern, then the first by name.
 * @param existing playbooks in force or already planned in this dream
 * @param occupied further file names (without `.md`) that may not be taken, for example of broken playbooks
 */
export function placeOf(card: Card, existing: readonly Shelf[], occupied: readonly string[] = []): Place {
  const { tool } = card;
  if (tool === undefined) {
    const name = card.kind === 'preference' ? PREFERENCES : GENERAL;
    return { name, preamble: preambleFor(name, generalDescription(card), undefined) };
  }
  const claimed = claimedBy(tool, existing);
  const slug = slugOf(tool);
  const name = claimed ?? (isFree(slug, existing, occupied) ? slug : withHash(slug, tool));
  return {
    name,
    preamble: preambleFor(
      name,
      `Lessons about the tool ${clip(visible(tool), MAX_NAME)}. Read before calling it.`,
      tool,
    ),
  };
}

/** A file name without `.md`: `[a-z0-9_-]`, at most 64 characters, and no name that an operating system keeps for itself. */
export function slugOf(tool: string): string {
  const slug = tool
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-]+|[-]+$/g, '');
  // What no reader could tell apart afterwards gets a hash at once, so that the name does not depend on who came first.
  if (slug === '' || slug.length > MAX_NAME || DEVICE.test(slug) || slug === PREFERENCES || slug === GENERAL)
    return withHash(slug, tool);
  return slug;
}

function withHash(slug: string, tool: string): string {
  return `${slug.slice(0, MAX_NAME - 7) || 'tool'}-${shortHash(tool, 6)}`;
}

function claimedBy(tool: string, existing: readonly Shelf[]): string | undefined {
  const exact = existing.filter(({ tools }) => tools?.includes(tool));
  const pattern = existing.filter(({ tools }) =>
    tools?.some((t) => t.endsWith('*') && tool.startsWith(t.slice(0, -1))),
  );
  return (exact.length > 0 ? exact : pattern).map(({ name }) => name).sort((x, y) => (x < y ? -1 : 1))[0];
}

// A playbook that a person wrote by hand under this name, without naming any tool, is taken for the tool's.
function isFree(slug: string, existing: readonly Shelf[], occupied: readonly string[]): boolean {
  if (occupied.some((name) => name.toLowerCase() === slug)) return false;
  const same = existing.filter(({ name }) => name.toLowerCase() === slug);
  return same.every(({ name, tools }) => name === slug && tools === undefined);
}

function generalDescription({ kind }: Card): string {
  return kind === 'preference' ? 'What people asked for again and again.' : 'Lessons that belong to no single tool.';
}

function preambleFor(name: string, description: string, tool: string | undefined): string {
  const lines = ['---', `playbook: ${scalar(name)}`, `description: ${scalar(description)}`];
  if (tool !== undefined) lines.push(`applies_to: { tools: [${scalar(tool)}] }`);
  const title = tool === undefined ? name : prose(clip(tool, MAX_NAME)) || name;
  return `${[...lines, '---', '', `# ${title}`, ''].join('\n')}\n`;
}

// Plain words stay bare; all else becomes a JSON string in ASCII, which YAML 1.1 and 1.2 read alike.
function scalar(text: string): string {
  const keyword = /^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  if (!keyword && /^[A-Za-z_][\w .-]*$/.test(text) && !text.endsWith(' ')) return text;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
