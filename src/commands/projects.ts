// Which sessions a dream reads: those of the memory's own project unless others are named; tells what was left out, reads only the index.
import { existsSync, realpathSync } from 'node:fs';
import type { Command } from 'commander';
import { count } from '../base/text.ts';
import { projectOf } from '../git/work-tree.ts';
import type { Brief } from '../store/session-brief.ts';
import { type HomeProject, type LeftProject, leftProjects, projectFilter } from '../store/session-projects.ts';
import type { Findable } from '../store/sessions.ts';
import type { Workspace } from '../workspace.ts';
import type { Printer } from './print.ts';
import { type SelectionFlags, select } from './selection.ts';

export interface ProjectFlags extends SelectionFlags {
  projects?: string[];
}

export interface Chosen<Session = Brief> {
  sessions: Session[];
  /** Other projects' sessions that the other flags would have chosen. */
  left: LeftProject[];
  standsIn?: string;
}

/** Adds the flag that names projects. */
export function withProjects(command: Command): Command {
  return command.option(
    '--projects <name...>',
    'sessions of these projects: folders or their names, `this` (as without the flag), `all`',
  );
}

/**
 * The sessions that the flags mean, newest first. Whoever names sessions means those, of whatever project. Throws UserError as
 * `select` does, and for a project that no session has.
 */
export function chooseSessions<Session extends Findable & { dream?: string | undefined }>(
  stored: readonly Session[],
  flags: ProjectFlags,
  workspace: Workspace,
): Chosen<Session> {
  const { last, ...others } = flags;
  const index = stored.filter((session) => session.dream === undefined); // no dream reads what dreams said
  const now = workspace.world.now();
  if (flags.sessions !== undefined && flags.projects === undefined)
    return { sessions: select(index, flags, now), left: [] };
  const filter = projectFilter(index, homeProject(workspace), flags.projects);
  const chosen = select(index, others, now);
  const meant = chosen.filter(filter.isMeant);
  return {
    sessions: last === undefined ? meant : meant.slice(0, last),
    left: leftProjects(chosen, filter),
    ...(filter.standsIn !== undefined && { standsIn: filter.standsIn }),
  };
}

const MOST_NAMED = 5;

/** A line about what was left out, and one about whose project it is if not this one; nothing where neither is so. */
export function printProjects(print: Printer, { left, standsIn }: Pick<Chosen, 'left' | 'standsIn'>): void {
  if (standsIn !== undefined)
    print.line(`no session is of this project: those of ${print.outside(standsIn)} are read instead`);
  if (left.length === 0) return;
  const sessions = left.reduce((sum, project) => sum + project.sessions, 0);
  const named = left.slice(0, MOST_NAMED).map((of) => `${print.outside(of.project)} ${of.sessions}`);
  const more = left.length > MOST_NAMED ? `, and ${left.length - MOST_NAMED} more` : '';
  print.line(
    `${count(sessions, 'session')} of ${count(left.length, 'other project')} left out (--projects): ${named.join(', ')}${more}`,
  );
}

// Transcripts hold paths as the shell had them or as the system resolved them.
function homeProject({ repo, layout }: Workspace): HomeProject {
  const folders = [projectOf(repo), repo.root, layout.root];
  return { folders: [...new Set([...folders, ...folders.map((folder) => realpathSync(folder))])], exists: existsSync };
}
