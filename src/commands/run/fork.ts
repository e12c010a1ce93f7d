// `agent run --fork <session>@<event>`: goes on with a copy of a session from a chosen event on; the session itself stays as it is.
import { storedRun } from '../../agent/past.ts';
import { UserError } from '../../base/errors.ts';
import { forkSession } from '../../stages/fork.ts';
import { type RunReport, resumeRun } from '../../stages/run.ts';
import { openIndex } from '../../store/session-index.ts';
import { findSession } from '../../store/sessions.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { RunFlags } from './flags.ts';
import { withParts } from './parts.ts';
import { placeOf } from './place.ts';
import type { Watch } from './prepare.ts';
import { openWorkshop } from './workshop.ts';
import { assertFolderThere } from './worktree.ts';

/** A stored session that `--fork` names, and the event in it. */
export interface ForkedFrom {
  id: string;
  path: string;
  at: string | undefined;
  /** Where it worked. */
  cwd: string | undefined;
}

/** Finds what `--fork` means. Throws UserError where there is no such session, or it was not run by agentmem. */
export function findFork({ emit }: CommandContext, { layout }: Workspace, fork: string): ForkedFrom {
  const [ref = '', at, ...more] = fork.split('@');
  if (ref === '' || at === '' || more.length > 0)
    throw new UserError({
      what: 'this names no session to fork',
      where: `--fork ${fork}`,
      hint: '--fork <session>, or --fork <session>@<event>',
    });
  const { id, path } = findSession(openIndex(layout, emit), ref);
  const file = `${layout.sessions}/${path}`;
  return { id, path: file, at, cwd: storedRun(file).header.cwd };
}

/** Makes the fork and works on it. */
export async function forkedRun(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  watch: Watch,
  { from, say }: { from: ForkedFrom; say: string | undefined },
): Promise<RunReport> {
  const { world, signal } = context;
  const { header, rubric } = storedRun(from.path);
  assertFolderThere(watch.folder, from.id);
  const workshop = openWorkshop(context, workspace, flags);
  try {
    const agent = workshop.agent(header.agent?.name ?? 'default');
    const plan = {
      ...watch,
      agent,
      model: flags.model ?? header.model,
      rubric: flags.rubric ?? rubric,
      // Its lessons are those that the copied conversation began with.
      memory: header.memory === undefined ? (false as const) : { ref: header.memory.commit },
      attended: true,
      signal,
    };
    return await withParts(workshop, plan, async (parts) => {
      const { top: _, ...place } = await placeOf(watch.folder);
      const fork = forkSession({
        ...{ layout: workspace.layout, redact: workspace.redact, from, modelId: parts.modelId },
        ...{ by: workspace.by, workspace: place, now: world.now, random: world.random },
        ...(from.at !== undefined && { at: from.at }),
        ...(say !== undefined && { say }),
      });
      parts.onEvent(fork.header);
      return await resumeRun({ ...parts, session: fork, ...(say !== undefined && { say }) });
    });
  } finally {
    await workshop.close();
  }
}
