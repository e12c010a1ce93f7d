// `agent run` for one session: starts a new one on a task, or goes on with one that is stored; puts nothing together itself.
import { storedRun } from '../../agent/past.ts';
import type { SessionEvent } from '../../domain/events.ts';
import { type RunReport, resumeRun, startRun } from '../../stages/run.ts';
import { openIndex } from '../../store/session-index.ts';
import { findSession } from '../../store/sessions.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { RunFlags } from './flags.ts';
import { withParts } from './parts.ts';
import { placeOf } from './place.ts';
import { projectContext } from './project-context.ts';
import { openWorkshop, type Workshop } from './workshop.ts';
import { assertFolderThere } from './worktree.ts';

/** Where the work happens and who watches. */
export interface Watch {
  folder: string;
  onEvent: (event: SessionEvent) => void;
  activity: (text: string) => void;
}

/** Starts a new session on `task`. */
export async function newRun(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  watch: Watch,
  task: string,
): Promise<RunReport> {
  return await inWorkshop(context, workspace, flags, async (workshop) => {
    const agent = workshop.agent(flags.agent ?? 'default');
    const memory = memoryOf(flags);
    const plan = { ...watch, agent, memory, rubric: flags.rubric, attended: true, signal: context.signal };
    return await withParts(workshop, plan, async (parts) => {
      const briefing = await workshop.lessons.briefing({ agent, tools: [...parts.tools.keys()], task, memory });
      const { top, ...place } = await placeOf(watch.folder);
      return await startRun({
        ...parts,
        task: { ...(flags.taskId !== undefined && { id: flags.taskId }), prompt: task },
        by: workspace.by,
        workspace: place,
        context: projectContext(workshop, { folder: watch.folder, top }),
        ...(briefing !== undefined && { briefing }),
      });
    });
  });
}

/** Goes on with the session that `--resume` names. */
export async function resumedRun(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  watch: Watch,
  say: string | undefined,
): Promise<RunReport> {
  return await inWorkshop(context, workspace, flags, async (workshop) => {
    const { layout } = workspace;
    const entry = findSession(
      openIndex(layout, context.emit),
      typeof flags.resume === 'string' ? flags.resume : 'last',
    );
    const path = `${layout.sessions}/${entry.path}`;
    const { header, used, rubric } = storedRun(path);
    const folder = flags.workspace === undefined && header.cwd !== undefined ? header.cwd : watch.folder;
    assertFolderThere(folder, entry.id);
    const agent = workshop.agent(header.agent?.name ?? 'default');
    if (header.agent?.sha256 !== undefined && header.agent.sha256 !== agent.sha256) {
      const text = `${agent.from} has changed since; the session keeps the prompt it began with`;
      context.emit({ type: 'note', stage: 'run', text });
    }
    const plan = {
      ...watch,
      agent,
      folder,
      model: flags.model ?? header.model,
      rubric: flags.rubric ?? rubric,
      session: entry.id,
      used,
      begun: header.at,
      // Members that are started now have the lessons that the session began with.
      memory: header.memory === undefined ? (false as const) : { ref: header.memory.commit },
      attended: true,
      signal: context.signal,
    };
    return await withParts(workshop, plan, (parts) =>
      resumeRun({ ...parts, session: { id: entry.id, path }, ...(say !== undefined && { say }) }),
    );
  });
}

async function inWorkshop(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  work: (workshop: Workshop) => Promise<RunReport>,
): Promise<RunReport> {
  const workshop = openWorkshop(context, workspace, flags);
  try {
    return await work(workshop);
  } finally {
    await workshop.close();
  }
}

function memoryOf({ memory }: RunFlags): false | { ref?: string } {
  if (memory === false) return false;
  return typeof memory === 'string' ? { ref: memory } : {};
}
