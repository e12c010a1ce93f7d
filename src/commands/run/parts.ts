// The parts of one session put together for the stage that runs it: model, hands, rules, limits, grading, keeping; closed again whatever happens.
import { realpathSync } from 'node:fs';
import type { Used } from '../../agent/budget.ts';
import { type Hands, openHands } from '../../agent/hands.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { Budget } from '../../domain/run-settings.ts';
import type { RunReport, RunRequest } from '../../stages/run.ts';
import type { FoundAgent } from '../../store/agents.ts';
import { readRubric } from '../../store/rubrics.ts';
import { artefactKeeper } from './artefacts.ts';
import { type AtTerminal, atTerminal, personFor } from './at-terminal.ts';
import { outcomeFor } from './outcome.ts';
import { ruling } from './ruling.ts';
import { budgetFor, spendRecorder } from './spending.ts';
import type { Workshop } from './workshop.ts';

/** One session as its parts need to know it. */
export interface SessionPlan {
  agent: FoundAgent;
  /** Where it works, with links resolved. */
  folder: string;
  /** The model in place of the agent's own, where a stored session or a flag names one. */
  model?: string | undefined;
  /** Name of the rubric; absent = the agent's own; false = none. */
  rubric?: string | false | undefined;
  budget?: Budget | undefined;
  /** Chances of a trial, for commands and for models that know seeds. */
  seed?: string | undefined;
  /** What names the task to commands. */
  task?: string | undefined;
  /** The session that goes on, and what it used before. */
  session?: string | undefined;
  used?: Used | undefined;
  /** Whether a person at the terminal may be asked. */
  attended: boolean;
  signal: AbortSignal;
  onEvent: (event: SessionEvent) => void;
  activity: (text: string) => void;
}

/** Opens the parts, lets `work` use them, and closes them. Throws UserError where one cannot be had. */
export async function withParts(
  workshop: Workshop,
  plan: SessionPlan,
  work: (parts: RunRequest) => Promise<RunReport>,
): Promise<RunReport> {
  const { context, workspace, options } = workshop;
  const { world, emit } = context;
  const { agent, folder, activity } = plan;
  const model = await workshop.model(agent, plan.model);
  const budget = budgetFor(workshop, { agent, model, budget: plan.budget, used: plan.used });
  const terminal = plan.attended ? atTerminal(context, budget) : undefined;
  const outcome = outcomeOf(workshop, plan, model.id);
  const hands = await handsFor(workshop, plan, terminal);
  try {
    const spend = spendRecorder(workshop, plan.session);
    return await work({
      ...(outcome !== undefined && { outcome }),
      keep: await artefactKeeper(workspace, folder),
      layout: workspace.layout,
      redact: workspace.redact,
      agent,
      now: world.now,
      random: world.random,
      model: model.model,
      modelId: model.id,
      ...(agent.effort !== undefined && { effort: agent.effort }),
      tools: hands.tools,
      budget,
      rule: ruling(context, workspace, { agent, hands, flags: options, terminal }),
      progress: (use, text) => activity(`${use.name}: ${text}`),
      warn: (text) => emit({ type: 'warning', stage: 'run', text }),
      signal: plan.signal,
      watcher: { onTool: (name) => activity(`calling ${name}`) },
      onEvent: (event) => {
        spend(event);
        plan.onEvent(event);
      },
    });
  } finally {
    await hands.close();
  }
}

function outcomeOf(workshop: Workshop, { agent, rubric, folder }: SessionPlan, worker: string): RunRequest['outcome'] {
  const { context, workspace } = workshop;
  const name = rubric === false ? undefined : (rubric ?? agent.rubric);
  if (name === undefined) return undefined;
  const found = readRubric(workspace.layout, name, context.world.cwd);
  return outcomeFor({ rubric: found, graders: workshop.graders(folder), folder, worker });
}

async function handsFor(workshop: Workshop, plan: SessionPlan, terminal: AtTerminal | undefined): Promise<Hands> {
  const { context, workspace, settings, trusted } = workshop;
  const { world, emit } = context;
  const { layout } = workspace;
  const hands = await openHands({
    agent: plan.agent,
    settings,
    workspace: plan.folder,
    notesFolder: layout.notes,
    memory: realpathSync(layout.dir),
    env: world.env,
    extra: trialVariables(plan),
    home: world.home,
    sandbox: await workshop.sandbox(),
    trusted,
    warn: (text) => emit({ type: 'warning', stage: 'run', text }),
    signal: plan.signal,
    ...(terminal !== undefined && { askPerson: personFor(terminal) }),
  });
  workshop.sayOnce(hands.notes);
  return hands;
}

function trialVariables({ seed, task }: SessionPlan): Record<string, string> {
  return {
    ...(seed !== undefined && { AGENTMEM_SEED: seed }),
    ...(task !== undefined && { AGENTMEM_TASK: task }),
  };
}
