// What grading needs of this machine and this memory: checks with their trust and sandbox, judges with their models and budget; grades nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBudget } from '../agent/budget.ts';
import { UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { oneLine } from '../base/text.ts';
import type { Rubric } from '../domain/rubric.ts';
import type { CheckDeps } from '../grading/check-deps.ts';
import { openCheckServers } from '../grading/checks/servers.ts';
import { runCheck } from '../grading/checks.ts';
import type { GradeDeps } from '../grading/grade.ts';
import type { Judge } from '../grading/judge.ts';
import { cleanEnvironment } from '../host/clean-env.ts';
import { readCalibration, weakOf } from '../store/calibration.ts';
import { openSpendLedger } from '../store/spend.ts';
import { trustedCommands } from '../store/trust.ts';
import { packageRoot, type Workspace } from '../workspace.ts';
import type { CommandContext } from './context.ts';
import { type OpenedModel, openModelFor } from './model-for.ts';
import { trustRequest } from './nightly.ts';

/** Graders that are open until they are closed. */
export interface Graders {
  /** What `gradeWork` needs for one session. `worker` is the model that did the work. */
  depsFor(rubric: Rubric, session: string, worker: string | undefined): GradeDeps;
  close(): Promise<void>;
}

/** Opens what checks and judges need; a model only when a judge is first asked. `folder` is where commands run without artefacts. */
export function openGraders(context: CommandContext, workspace: Workspace, folder: string): Graders {
  const { world, signal } = context;
  const { layout, settings, redact } = workspace;
  const trusted = trustedCommands(trustRequest(world, layout));
  const servers = openCheckServers();
  const checks: CheckDeps = {
    env: cleanEnvironment(world.env, trusted === undefined ? [] : settings.pass_env),
    folder,
    memory: layout.dir,
    trusted: (command) => trusted?.includes(command) === true,
    servers,
    redact,
    signal,
  };
  const judges = openJudges(context, workspace);
  return {
    depsFor: (rubric, session, worker) => ({
      check: (check, work) => runCheck(check, work, checks),
      judge: { ...judges.judge, worker, seed: sha256(`${rubric.sha256} ${session}`) },
      weak: weakOf(readCalibration(layout, rubric.rubric), rubric.criteria, settings.models.grader),
      signal,
    }),
    close: async () => {
      await servers.close();
      await judges.close();
    },
  };
}

function openJudges(
  context: CommandContext,
  workspace: Workspace,
): { judge: Omit<Judge, 'seed' | 'worker'>; close: () => Promise<void> } {
  const { world } = context;
  const { layout, settings, redact } = workspace;
  const opened: OpenedModel[] = [];
  const ledger = openSpendLedger(layout);
  const budget = openBudget({
    limits: settings.grader.budget,
    day: settings.budget.day.usd,
    month: settings.budget.month.usd,
    spent: () => ledger.spent(world.now()),
    now: world.now,
  });
  const judge = {
    grader: settings.models.grader,
    system: readFileSync(join(packageRoot(), 'templates', 'prompts', 'judge.md'), 'utf8'),
    redact,
    open: async (name: string) => {
      try {
        const model = await openModelFor(context, workspace, { name });
        opened.push(model);
        return model;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { why: oneLine(error.problem.what.split('\n')[0] ?? error.problem.what) };
      }
    },
    purse: {
      check: budget.check,
      charge: (reply: Parameters<typeof budget.charge>[0], model: string) => {
        const { usage } = reply;
        ledger.append({
          at: world.now().toISOString(),
          session: '',
          role: 'grader',
          model,
          usd: reply.usd ?? null,
          input_tokens: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
          output_tokens: usage.output_tokens,
        });
        return budget.charge(reply);
      },
    },
  };
  return {
    judge,
    close: async () => {
      await Promise.all(opened.map((model) => model.close()));
    },
  };
}
