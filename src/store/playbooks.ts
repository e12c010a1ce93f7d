// The playbooks of a memory, from files or from text; a broken one is a value with a reason, never a crash.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemCode, UserError } from '../base/errors.ts';
import { type Playbook, parsePlaybook } from '../domain/playbook.ts';
import { readFrontMatter } from './frontmatter.ts';

const frontSchema = z.looseObject({
  playbook: z.string().optional(),
  description: z.string().optional(),
  applies_to: z
    .looseObject({ tools: z.array(z.string()).optional(), agents: z.array(z.string()).optional() })
    .optional(),
});

/** A playbook whose front matter cannot be read: nobody loads it and no dream touches it. */
export interface BrokenPlaybook {
  /** File name, for example `site.md`. */
  name: string;
  reason: string;
  /** What can still be told of it: its entries count as in force, so that they are not learned a second time. */
  playbook: Playbook;
}

export interface PlaybooksRead {
  /** Sorted by name. */
  playbooks: Playbook[];
  broken: BrokenPlaybook[];
}

/** Reads playbooks from text, by file name (`<name>.md`; other files are passed over). Never throws. */
export function readPlaybooks(files: ReadonlyMap<string, string>): PlaybooksRead {
  const read: PlaybooksRead = { playbooks: [], broken: [] };
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/^[^/]+\.md$/.test(file)) continue;
    const playbook = parsePlaybook(file.slice(0, -3), text);
    const reason = faultOf(playbook, file) ?? repeatedEntry(playbook);
    if (reason === undefined) read.playbooks.push(playbook);
    else read.broken.push({ name: file, reason, playbook });
  }
  return read;
}

/** Reads the playbooks in a folder; a folder that is not there holds none. Throws UserError if a file cannot be read. */
export function readPlaybooksFromDir(dir: string): PlaybooksRead {
  const files = new Map<string, string>();
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      // Links are not followed: a playbook is text in the repository, not a window to somewhere else.
      if (entry.isFile() && entry.name.endsWith('.md'))
        files.set(entry.name, readFileSync(join(dir, entry.name), 'utf8'));
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { playbooks: [], broken: [] };
    if (code === undefined) throw error;
    throw new UserError({ what: `The playbooks cannot be read (${code}).`, where: dir });
  }
  return readPlaybooks(files);
}

/** Whom a playbook is for, patterns such as `sim__*` included; what it does not name is absent. */
export interface Audience {
  tools?: string[] | undefined;
  agents?: string[] | undefined;
}

/** The tools that a playbook's front matter names, patterns such as `sim__*` included; undefined where it names none. */
export function toolsOf(playbook: Playbook): string[] | undefined {
  return audienceOf(playbook).tools;
}

/** The tools and agents that a playbook's front matter names. */
export function audienceOf(playbook: Playbook): Audience {
  const front = frontSchema.safeParse(readFrontMatter(playbook.preamble, playbook.name).data);
  const named = front.success ? front.data.applies_to : undefined;
  return { tools: named?.tools, agents: named?.agents };
}

// The body may hold anything; only front matter that code depends on can break a playbook.
function faultOf(playbook: Playbook, file: string): string | undefined {
  try {
    const front = frontSchema.safeParse(readFrontMatter(playbook.preamble, file).data);
    if (front.success) return undefined;
    return front.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`).join('; ');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, where } = error.problem;
    return where === undefined || where === file ? what : `${what} (${where})`;
  }
}

function repeatedEntry(playbook: Playbook): string | undefined {
  const seen = new Set<string>();
  for (const { mark } of playbook.sections) {
    if (mark && seen.has(mark.id)) return `The entry ${mark.id} is there twice.`;
    if (mark) seen.add(mark.id);
  }
  return undefined;
}
