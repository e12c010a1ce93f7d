// What `agent run` was asked for by its flags: a new session, one that goes on, a fork, each where it is to work; puts nothing together itself.
import { UserError } from '../../base/errors.ts';
import type { RunReport } from '../../stages/run.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { RunFlags } from './flags.ts';
import { newRun, resumedRun, type Watch } from './prepare.ts';

/** Runs it. `said` is the task, or the next words; a worktree that was made for a run that never began is taken away again. */
export async function runAsked(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  watch: Watch,
  said: string | undefined,
): Promise<RunReport> {
  refuseTogether(flags);
  const { resume, fork, worktree } = flags;
  if (resume !== undefined) return await resumedRun(context, workspace, flags, watch, said);
  if (fork === undefined && worktree === undefined)
    return await newRun(context, workspace, flags, watch, required(said));
  const [{ findFork, forkedRun }, { openWorktree }] = [await import('./fork.ts'), await import('./worktree.ts')];
  const from = fork === undefined ? undefined : findFork(context, workspace, fork);
  const task = from === undefined ? required(said) : '';
  const usual = flags.workspace === undefined ? (from?.cwd ?? watch.folder) : watch.folder;
  const name = typeof worktree === 'string' ? worktree : undefined;
  const tree = worktree === undefined ? undefined : await openWorktree(context, usual, name);
  const there = { ...watch, folder: tree?.folder ?? usual };
  try {
    return from === undefined
      ? await newRun(context, workspace, flags, there, task)
      : await forkedRun(context, workspace, flags, there, { from, say: said });
  } catch (error) {
    await tree?.discard();
    throw error;
  }
}

/** The words that `--worktree` took for its name: a branch's name has no blank, a task nearly always has one. */
export function takenByWorktree({ worktree }: RunFlags): string[] {
  return typeof worktree === 'string' && /\s/.test(worktree) ? [worktree] : [];
}

function refuseTogether({ resume, fork, worktree }: RunFlags): void {
  if (resume === undefined) return;
  const other = fork !== undefined ? '--fork' : worktree !== undefined ? '--worktree' : undefined;
  if (other === undefined) return;
  throw new UserError({
    what: `--resume goes on with a session where it is, so it does not go with ${other}`,
    hint: 'agent run --fork <session> begins another session from its conversation, with --worktree in a fresh place',
  });
}

function required(task: string | undefined): string {
  if (task !== undefined) return task;
  throw new UserError({
    what: 'there is no task',
    hint: 'agent run "<what is to be done>", agent run --file task.md, or pipe it in',
  });
}
