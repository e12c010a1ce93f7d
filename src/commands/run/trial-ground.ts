// What trials stand on, of suites and of proofs alike: their folders, set-up lines that a person has trusted, and the money there is; starts none.
import { openBudget } from '../../agent/budget.ts';
import { openTrialFolders, type TrialFolders } from '../../agent/suite/folders.ts';
import type { LayOut } from '../../agent/suite/workspace.ts';
import { UserError } from '../../base/errors.ts';
import { setupLines, type WholeTask } from '../../domain/suite.ts';
import { cleanEnvironment } from '../../host/clean-env.ts';
import { openSpendLedger } from '../../store/spend.ts';
import { trustedCommands } from '../../store/trust.ts';
import type { Workspace } from '../../workspace.ts';
import { cacheFolder } from '../../world.ts';
import type { CommandContext } from '../context.ts';
import { trustRequest } from '../nightly.ts';

export interface TrialGround {
  folders: TrialFolders;
  workspace: Omit<LayOut, 'signal' | 'commits'>;
  /** Why no further trial may begin; undefined while one may. */
  purse: () => string | undefined;
}

/** Opens it for the run of that id. Throws UserError where nobody has trusted a set-up line of these tasks on this machine. */
export function openTrialGround(
  context: CommandContext,
  workspace: Workspace,
  run: string,
  tasks: readonly WholeTask[],
): TrialGround {
  const { world } = context;
  const { layout, repo, prefix, settings } = workspace;
  const commands = trustedCommands(trustRequest(world, layout));
  const trusted = (command: string) => commands?.includes(command) === true;
  assertTrusted(tasks, trusted);
  return {
    folders: openTrialFolders({ cache: cacheFolder(world), run, repository: repo.root }),
    workspace: {
      ...{ root: layout.root, repo, prefix, memory: layout.dir, trusted },
      env: cleanEnvironment(world.env, commands === undefined ? [] : settings.pass_env),
    },
    purse: purseOf(context, workspace),
  };
}

function assertTrusted(tasks: readonly WholeTask[], trusted: (command: string) => boolean): void {
  const lines = tasks.flatMap((task) => setupLines({ tasks: [{ ...task, tags: [] }] }));
  const not = lines.find(({ command }) => !trusted(command));
  if (not === undefined) return;
  throw new UserError({
    what: `nobody has trusted the set-up line of this suite on this machine: ${JSON.stringify(not.command)}`,
    hint: 'agent trust --show',
  });
}

// The limits of a day and a month are those of all sessions: where one is reached, no further trial begins.
function purseOf({ world }: CommandContext, { layout, settings }: Workspace): () => string | undefined {
  const { day, month } = settings.budget;
  if (day.usd === undefined && month.usd === undefined) return () => undefined;
  const ledger = openSpendLedger(layout);
  const spent = () => ledger.spent(world.now());
  const budget = openBudget({ limits: {}, day: day.usd, month: month.usd, spent, now: world.now });
  return () => budget.check()?.text;
}
