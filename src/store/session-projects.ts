// Which stored sessions are of the project that a memory lies in, so that no dream carries words from one project into another untold; reads index entries only.
import { posix, win32 } from 'node:path';
import { byCodeUnit, groupBy } from '../base/collections.ts';
import { UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { nearest } from '../base/text.ts';
import type { Findable } from './sessions.ts';

type Session = Pick<Findable, 'project' | 'source'>;

/** The repository that the memory lies in. */
export interface HomeProject {
  /** Absolute paths that all mean it. */
  folders: readonly string[];
  /** Whether a folder is there on this machine. */
  exists: (folder: string) => boolean;
}

/** Sessions of one project that were left out. */
export interface LeftProject {
  project: string;
  sessions: number;
}

export interface ProjectFilter {
  /** Whether the session is of a project that is meant. */
  isMeant: (session: Session) => boolean;
  /** The one foreign project that stands in for this one, where no session is of this one. */
  standsIn?: string;
}

/**
 * The filter over all that is stored. `wanted`: `this` (what is meant where nothing is said), `all`, and projects by path or name.
 * Sessions of a project that is no folder (a benchmark, plain messages, runs of this memory's own agents) belong to `this`: nobody
 * brings them in without meaning to. A folder counts as this project if it is the repository, lies in it, or has its name and is not
 * on this machine: a colleague's clone, or the same one before it was moved. Where no session is of this project and all are of one
 * other, nothing is crossed by reading that one. Throws UserError for a name that no session has.
 */
export function projectFilter(
  all: readonly Session[],
  home: HomeProject,
  wanted: readonly string[] = ['this'],
): ProjectFilter {
  const projects = [...new Set(all.flatMap(({ project }) => project ?? []))];
  const unknown = wanted.find((name) => name !== 'this' && name !== 'all' && !projects.some((p) => isCalled(p, name)));
  if (unknown !== undefined) throw noSuchProject(unknown, projects);
  if (wanted.includes('all')) return { isMeant: () => true };
  const named = (project: string | undefined) =>
    project !== undefined && wanted.some((name) => isCalled(project, name));
  if (!wanted.includes('this')) return { isMeant: ({ project }) => named(project) };
  const known = new Map(projects.map((project) => [project, isHome(project, home)]));
  const foreign = projects.filter((project) => isFolder(project) && known.get(project) === false);
  const [only, ...more] = foreign;
  const lone = only !== undefined && more.length === 0 && ![...known.values()].includes(true) ? only : undefined;
  return {
    isMeant: (session) => {
      const { project, source } = session;
      if (project === undefined || !isFolder(project) || source.tool === 'agentmem') return true;
      return known.get(project) === true || project === lone || named(project);
    },
    ...(lone !== undefined && { standsIn: lone }),
  };
}

/** How many sessions of which projects the filter leaves out, the most first. */
export function leftProjects(sessions: readonly Session[], { isMeant }: ProjectFilter): LeftProject[] {
  const left = sessions.filter((session) => !isMeant(session));
  return [...groupBy(left, ({ project }) => project ?? '')]
    .map(([project, of]) => ({ project, sessions: of.length }))
    .sort((a, b) => b.sessions - a.sessions || byCodeUnit(a.project, b.project));
}

const HASHED = /^gemini-cli\/([0-9a-f]{16})$/;

// A path of any system, or one that is known by its hash only.
function isFolder(project: string): boolean {
  return posix.isAbsolute(project) || win32.isAbsolute(project) || HASHED.test(project);
}

function isHome(project: string, { folders, exists }: HomeProject): boolean {
  const hash = HASHED.exec(project)?.[1];
  if (hash !== undefined) return folders.some((folder) => sha256(folder).startsWith(hash));
  if (!isFolder(project)) return false;
  if (
    folders.some(
      (folder) => project === folder || project.startsWith(`${folder}/`) || project.startsWith(`${folder}\\`),
    )
  )
    return true;
  return folders.some((folder) => nameOf(folder) === nameOf(project)) && !exists(project);
}

// `tau-bench` means all of its domains; a path or the last part of it means that folder.
function isCalled(project: string, name: string): boolean {
  if (project === name || project === name.replace(/[\\/]+$/, '')) return true;
  return isFolder(project) && !HASHED.test(project) ? nameOf(project) === name : project.split('/')[0] === name;
}

function nameOf(folder: string): string {
  return folder.split(/[\\/]/).findLast((part) => part !== '') ?? folder;
}

function noSuchProject(name: string, projects: readonly string[]): UserError {
  const near = nearest(name, projects.map(nameOf));
  return new UserError({
    what: `no stored session is of a project called “${name}”`,
    hint: `${near === undefined ? '' : `did you mean ${near}? `}this, all, or a project’s folder or its name: agent sessions list --json | jq -r '.[].project' | sort | uniq -c`,
  });
}
