// Finds and opens .agentmem/ and builds what stages are handed; reads the world only through world.ts.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { UserError } from './base/errors.ts';
import { sha256 } from './base/hash.ts';
import type { Settings } from './domain/settings.ts';
import { userIdentity } from './git/merge.ts';
import { resolveCommit } from './git/refs.ts';
import { openRepository, type Repository } from './git/repository.ts';
import { DEFAULT_AGENT } from './store/agents.ts';
import { findLayout } from './store/find-memory.ts';
import type { Layout } from './store/layout.ts';
import { redactor } from './store/redaction.ts';
import { readSettings } from './store/settings.ts';
import type { World } from './world.ts';

/** An opened memory: where it lies, what is set, and who is working on it. */
export interface Workspace {
  world: World;
  layout: Layout;
  settings: Settings;
  repo: Repository;
  /** Path of `.agentmem` below the repository's top, with `/`, for example `.agentmem` or `docs/.agentmem`. */
  prefix: string;
  /** Hash of the person's git e-mail: `by` in sessions and decisions. */
  by: string;
  redact: (text: string) => string;
}

/**
 * Opens the memory that `--dir`, `AGENTMEM_DIR` or the nearest `.agentmem` at or above the working directory names.
 * Throws UserError where there is none, it is in no git repository, or its settings are bad.
 */
export async function openWorkspace(world: World, dirOption?: string): Promise<Workspace> {
  const layout = findLayout(world, dirOption);
  const settings = readSettings(layout.config);
  const repo = await openRepository(layout.root);
  if (repo === null || repo.bare) {
    throw new UserError({
      what: `${layout.dir} is in no git work tree`,
      hint: 'run `agent init` there: it makes a repository where there is none and overwrites nothing',
    });
  }
  const prefix = relative(repo.root, realpathSync(layout.dir)).split(sep).join('/');
  return {
    world,
    layout,
    settings,
    repo,
    prefix,
    by: personOf((await userIdentity(repo)).email, world),
    redact: redactor(settings.redaction.rules),
  };
}

/** The commit at the tip of the memory branch (or of `ref`): what is in force, whatever is checked out. Throws UserError if there is none. */
export async function memoryCommit({ repo, settings }: Workspace, ref?: string): Promise<string> {
  const branch = settings.memory.branch;
  const commit = await resolveCommit(repo, ref ?? `refs/heads/${branch}`);
  if (commit !== null) return commit;
  if (ref !== undefined)
    throw new UserError({ what: `no commit is named ${ref}`, hint: 'name a branch, a tag or a commit' });
  throw new UserError({
    what: `the memory branch ${branch} has no commit`,
    hint: 'git add .agentmem && git commit -m "Lay out agent memory"; or set memory.branch in .agentmem/config.yaml',
  });
}

/** Who reviews, for commits and decisions: git's own identity, or the account where git has none. */
export async function reviewer({ repo, by, world }: Workspace): Promise<{ name: string; email: string; by: string }> {
  const identity = await userIdentity(repo);
  const account = world.env.USER || world.env.LOGNAME || 'reviewer';
  return { name: identity.name ?? account, email: identity.email ?? `${account}@localhost`, by };
}

/** Memories that come ready-made, beside the empty one: folders of templates/. */
export const templates = ['lumara'] as const;
export type Template = (typeof templates)[number];

/** Files that `init` lays out, from templates/workspace/ and those of a template over them: path below `.agentmem` → text. */
export function starterFiles(template?: Template): Map<string, string> {
  const files = filesBelow(join(packageRoot(), 'templates', 'workspace'));
  files.set(`agents/${DEFAULT_AGENT}.md`, agentTemplate());
  const own = template === undefined ? [] : filesBelow(join(packageRoot(), 'templates', template));
  return new Map([...files, ...own]);
}

function filesBelow(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.split(sep).join('/'))
    .sort();
  // npm leaves out files named .gitignore when it packs, so the template carries another name.
  return new Map(paths.map((path) => [path.replace(/^dot-/, '.'), readFileSync(join(folder, path), 'utf8')]));
}

/** The agent that ships, as the text of its file: what works where the memory has no `agents/default.md`. */
export function agentTemplate(): string {
  return readFileSync(join(packageRoot(), 'templates', 'prompts', 'agent.md'), 'utf8');
}

/** The folder of the installed package: the nearest one above this file that holds package.json. */
export function packageRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(join(dir, 'package.json'))) dir = dirname(dir);
  return dir;
}

// Without an e-mail the account's name stands in, so that two people on one machine are still two.
function personOf(email: string | undefined, world: World): string {
  const who = email ?? `account:${world.env.USER ?? world.env.LOGNAME ?? world.home}`;
  return sha256(who.trim().toLowerCase()).slice(0, 12);
}
