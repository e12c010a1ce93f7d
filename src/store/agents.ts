// Agents as their files describe them: agents/<name>.md, or one of the project's .claude/agents/; never writes one and never follows a link.
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { nearest } from '../base/text.ts';
import { type Agent, agentFrontSchema } from '../domain/agent.ts';
import { FOREIGN_KEYS, onlyForeign, quotedDescription, takenOver } from './claude-agents.ts';
import { type Fault, faultsError, schemaFaults, unknownKey } from './faults.ts';
import { type FrontMatter, readFrontMatterLines } from './frontmatter.ts';
import type { Layout } from './layout.ts';
import { isOwnName, namesBelow, type OwnFiles, readEach, readPlain, unknownName } from './own-files.ts';
import { MAX_YAML } from './yaml.ts';

/** An agent, where it was found, and what of its file says nothing here. */
export interface FoundAgent extends Agent {
  /** `agents/navigator.md`, `.claude/agents/navigator.md` or `built in`. */
  from: string;
  /** Sentences for the person: fields of another tool that were taken over differently or not at all. */
  notes: string[];
}

export interface AgentPlaces {
  /** The folder whose `.claude/agents/` counts; default: the one that holds `.agentmem`. */
  project?: string;
  /** Text of the agent that ships (templates/prompts/agent.md); it answers to `default` where no file does. */
  builtIn?: string;
}

export interface AgentsRead {
  /** By name; the built-in one last where it was handed in and is not replaced. */
  agents: FoundAgent[];
  /** Files that describe no agent, with the reason. */
  broken: { from: string; reason: string }[];
}

/** The name of the agent that works when nobody is named. */
export const DEFAULT_AGENT = 'default';

const AGENTS: OwnFiles = {
  one: 'an agent',
  ending: '.md',
  most: MAX_YAML,
  tooLarge: 'This file is larger than 256 KB.',
};
const KNOWN = Object.keys(agentFrontSchema.shape);

/** The agent of that name. Throws UserError with file, line and field where its file is not valid, and with the names there are where none is. */
export function readAgent(layout: Layout, name: string, places: AgentPlaces = {}): FoundAgent {
  if (!isOwnName(name)) {
    throw new UserError({
      what: `“${name.slice(0, 80)}” is no name of an agent`,
      hint: 'small letters, digits, - and _, as in agents/<name>.md',
    });
  }
  for (const folder of foldersFor(layout, places, name)) {
    const text = readPlain(join(folder.path, `${name}.md`), AGENTS);
    if (text !== undefined) return parseAgent(text, { name, folder });
  }
  if (name === DEFAULT_AGENT && places.builtIn !== undefined) return defaultAgent(places.builtIn);
  throw unknownAgent(layout, name, places);
}

/** Every agent that can be named, and the files that describe none. Throws UserError only where a folder cannot be read. */
export function listAgents(layout: Layout, places: AgentPlaces = {}): AgentsRead {
  const read = readEach(namesIn(layout, places), AGENTS, (name) => readAgent(layout, name, places));
  const agents = read.found;
  const broken = read.broken.map(({ from, reason }) => ({ from, reason }));
  const replaced = [...agents, ...broken].map(({ from }) => from);
  const { builtIn } = places;
  if (builtIn !== undefined && !replaced.some((from) => from.includes(`agents/${DEFAULT_AGENT}.md`)))
    agents.push(defaultAgent(builtIn));
  return { agents, broken };
}

/** The agent that ships, out of the text of templates/prompts/agent.md. */
export function defaultAgent(template: string): FoundAgent {
  return {
    ...parseAgent(template, { name: DEFAULT_AGENT, folder: { path: '', shown: '', foreign: false } }),
    from: 'built in',
  };
}

interface Folder {
  path: string;
  /** How the folder is called in messages: `agents`. */
  shown: string;
  /** True for another tool's files. */
  foreign: boolean;
}

// An agent that another tool calls `default` must not take the place of ours without being asked for.
function foldersFor(layout: Layout, places: AgentPlaces, name?: string): Folder[] {
  const own: Folder = { path: layout.agents, shown: 'agents', foreign: false };
  const shown = join('.claude', 'agents');
  const foreign: Folder = { path: join(places.project ?? layout.root, shown), shown, foreign: true };
  return name === DEFAULT_AGENT ? [own] : [own, foreign];
}

function parseAgent(text: string, { name, folder }: { name: string; folder: Folder }): FoundAgent {
  const path = join(folder.path, `${name}.md`);
  const file = folder.foreign ? readForeign(text, path) : readFrontMatterLines(text, path);
  const notes: string[] = [];
  // A file that was copied from .claude/agents/ keeps working, so its fields are understood in ours too.
  const front = takenOver(folder.foreign ? onlyForeign(file.data, name) : { name, ...file.data }, notes);
  const parsed = agentFrontSchema.safeParse(front);
  const faults = [
    ...(folder.foreign ? [] : nearMisses(file.data, file.lineOf)),
    ...(parsed.success ? [] : schemaFaults(parsed.error.issues, agentFrontSchema, file.lineOf)),
    ...misnamed(front.name, name, file.lineOf),
  ];
  if (!parsed.success || faults.length > 0) throw faultsError('This agent is not valid', path, faults);
  return {
    ...parsed.data,
    prompt: file.body.trim(),
    sha256: sha256(text),
    from: `${folder.shown}/${name}.md`,
    notes,
  };
}

type Read = FrontMatter & { lineOf: (path: readonly PropertyKey[]) => number };

// Claude Code reads `description: When … Example: …` without quotes, which is no YAML.
function readForeign(text: string, path: string): Read {
  try {
    return readFrontMatterLines(text, path);
  } catch (error) {
    const quoted = quotedDescription(text);
    if (!(error instanceof UserError) || quoted === text) throw error;
    return readFrontMatterLines(quoted, path);
  }
}

// Unknown keys are kept, for other tools may read them; one that is nearly a known one was meant to be it.
function nearMisses(data: Record<string, unknown>, lineOf: Read['lineOf']): Fault[] {
  return Object.keys(data)
    .filter((key) => !KNOWN.includes(key) && !FOREIGN_KEYS.includes(key) && nearest(key, KNOWN) !== undefined)
    .map((key) => unknownKey([key], KNOWN, lineOf));
}

function misnamed(said: unknown, name: string, lineOf: Read['lineOf']): Fault[] {
  if (typeof said !== 'string' || said === name || !isOwnName(said)) return [];
  return [{ line: lineOf(['name']), text: `name: it says ${said}, and the file is called ${name}.md` }];
}

function namesIn(layout: Layout, places: AgentPlaces): string[] {
  const names = foldersFor(layout, places).flatMap(({ path, foreign }) =>
    namesBelow(path, AGENTS, (entry) => entry.isFile()).filter((name) => !(foreign && name === DEFAULT_AGENT)),
  );
  return [...new Set(names)].sort();
}

function unknownAgent(layout: Layout, name: string, places: AgentPlaces): UserError {
  return unknownName(name, AGENTS, {
    names: [...namesIn(layout, places), ...(places.builtIn === undefined ? [] : [DEFAULT_AGENT])],
    none: 'there are none yet',
    where: join(layout.agents, `${name}.md`),
  });
}
