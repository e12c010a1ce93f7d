// The parts of one session put together for the stage that runs it: model, hands, rules, limits, grading, keeping; closed again whatever happens.
import type { Used } from '../../agent/budget.ts';
import { type Hands, openHands } from '../../agent/hands.ts';
import type { MemoryChoice } from '../../agent/run-order.ts';
import type { Team } from '../../agent/team/team.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { Budget } from '../../domain/run-settings.ts';
import { withSeed } from '../../model/seeded.ts';
import type { RunReport, RunRequest } from '../../stages/run.ts';
import type { FoundAgent } from '../../store/agents.ts';
import { readRubric } from '../../store/rubrics.ts';
import { artefactKeeper } from './artefacts.ts';
import { type AtTerminal, atTerminal, personFor, shownBetween } from './at-terminal.ts';
import { compactionFor } from './compaction.ts';
import { teamFor } from './members.ts';
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
  /** The lessons that members of its team start with, as it does itself. */
  memory?: MemoryChoice | undefined;
  /** The session that goes on, and what it used before. */
  session?: string | undefined;
  used?: Used | undefined;
  /** When the session that goes on began, RFC 3339. */
  begun?: string | undefined;
  /** Whether a person at the terminal may be asked. */
  attended: boolean;
  signal: AbortSignal;
  onEvent: (event: SessionEvent) => void;
  activity: (text: string) => void;
}

/** Opens the parts, lets `work` use them, and closes them. Throws UserError where one cannot be had. */
export async function withParts(
  workshop: Workshop,
  given: SessionPlan,
  work: (parts: RunRequest) => Promise<RunReport>,
): Promise<RunReport> {
  const { plan, halt } = haltable(given);
  const { context, workspace, options } = workshop;
  const { world, emit } = context;
  const { agent, folder } = plan;
  // Programs look for the sandbox while the packages that talk to the model are loaded.
  const [model] = await Promise.all([workshop.model(agent, plan.model), workshop.sandbox()]);
  const budget = budgetFor(workshop, { agent, model, budget: plan.budget, used: plan.used });
  const desk = plan.attended ? atTerminal(context, budget) : undefined;
  const { terminal, onEvent, activity } = desk === undefined ? { ...plan, terminal: desk } : shownBetween(desk, plan);
  const outcome = outcomeOf(workshop, plan, model.id);
  const compaction = compactionFor(workshop.settings, model.id);
  const team = await teamFor(workshop, {
    ...plan,
    budget,
    terminal,
    extra: trialVariables(plan),
    halt,
  });
  const hands = await handsFor(workshop, plan, terminal, team);
  try {
    const spend = spendRecorder(workshop, plan.session);
    return await work({
      ...(outcome !== undefined && { outcome }),
      ...(compaction !== undefined && { compaction }),
      ...(team !== undefined && { team }),
      keep: await artefactKeeper(workspace, folder, plan.begun),
      layout: workspace.layout,
      redact: workspace.redact,
      agent,
      now: world.now,
      random: world.random,
      model: withSeed(model.model, plan.seed),
      modelId: model.id,
      ...(agent.effort !== undefined && { effort: agent.effort }),
      tools: hands.tools,
      budget,
      rule: ruling(context, workspace, { agent, hands, flags: options, trusted: workshop.rulesCount(), terminal }),
      progress: (use, text) => activity(`${use.name}: ${text}`),
      warn: (text) => emit({ type: 'warning', stage: 'run', text }),
      signal: plan.signal,
      watcher: { onTool: (name) => activity(`calling ${name}`) },
      onEvent: (event) => {
        spend(event);
        onEvent(event);
      },
    });
  } finally {
    await team?.close();
    await hands.close();
  }
}

// A person who ends the run where a member asks ends all of it.
function haltable(plan: SessionPlan): { plan: SessionPlan; halt: () => void } {
  const stop = new AbortController();
  if (plan.agent.team.length === 0) return { plan, halt: () => stop.abort() };
  return { plan: { ...plan, signal: AbortSignal.any([plan.signal, stop.signal]) }, halt: () => stop.abort() };
}

function outcomeOf(workshop: Workshop, { agent, rubric, folder }: SessionPlan, worker: string): RunRequest['outcome'] {
  const { context, workspace } = workshop;
  const name = rubric === false ? undefined : (rubric ?? agent.rubric);
  if (name === undefined) return undefined;
  const found = readRubric(workspace.layout, name, context.world.cwd);
  return outcomeFor({ rubric: found, graders: workshop.graders(folder), folder, worker });
}

async function handsFor(
  workshop: Workshop,
  plan: SessionPlan,
  terminal: AtTerminal | undefined,
  team: Team | undefined,
): Promise<Hands> {
  const { context, workspace, settings, trusted } = workshop;
  const { world, emit } = context;
  const { layout } = workspace;
  const hands = await openHands({
    agent: plan.agent,
    settings,
    workspace: plan.folder,
    notesFolder: layout.notes,
    memory: workshop.memory,
    env: world.env,
    extra: trialVariables(plan),
    home: world.home,
    sandbox: await workshop.sandbox(),
    trusted,
    warn: (text) => emit({ type: 'warning', stage: 'run', text }),
    signal: plan.signal,
    ...(terminal !== undefined && { askPerson: personFor(terminal) }),
    ...(team !== undefined && { more: team.tools, claim: team.claim }),
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
