// The team of a running agent, put together for it: members with their own models, hands, rules and limits, and an advisor; delegates nothing itself.
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { openBudget, type SessionBudget } from '../../agent/budget.ts';
import { unpricedBudget } from '../../agent/budget-limits.ts';
import { openHands } from '../../agent/hands.ts';
import type { MemoryChoice } from '../../agent/run-order.ts';
import type { Advisor, Member, MemberOrder } from '../../agent/team/member.ts';
import { openTeam, type Team } from '../../agent/team/team.ts';
import { UserError } from '../../base/errors.ts';
import type { Block } from '../../domain/events.ts';
import { withSeed } from '../../model/seeded.ts';
import type { FoundAgent } from '../../store/agents.ts';
import { packageRoot, reviewer } from '../../workspace.ts';
import type { World } from '../../world.ts';
import type { OpenedModel } from '../model-for.ts';
import type { AtTerminal } from './at-terminal.ts';
import { compactionFor } from './compaction.ts';
import { placeOf } from './place.ts';
import { projectContext } from './project-context.ts';
import { ruling } from './ruling.ts';
import type { Workshop } from './workshop.ts';

/** The session whose agent may have a team. */
export interface TeamPlan {
  agent: FoundAgent;
  folder: string;
  /** The session's budget, which members count against as well. */
  budget: SessionBudget;
  terminal: AtTerminal | undefined;
  memory?: MemoryChoice | undefined;
  seed?: string | undefined;
  /** What commands are told of the trial in their environment. */
  extra: Record<string, string>;
  signal: AbortSignal;
  activity: (text: string) => void;
  /** Ends the whole run. */
  halt: () => void;
}

/** The team of the agent that works; undefined where its file names neither members nor critics. Throws UserError where one is not there. */
export async function teamFor(workshop: Workshop, plan: TeamPlan): Promise<Team | undefined> {
  const { agent, folder, signal, budget } = plan;
  if (agent.team.length === 0 && agent.critics.length === 0) return undefined;
  const { context, workspace, settings } = workshop;
  const { world, emit } = context;
  return openTeam({
    lead: agent,
    folder,
    budget,
    limits: settings.team,
    grounds: groundsFolder(world),
    identity: await reviewer(workspace),
    now: world.now,
    redact: workspace.redact,
    warn: (text) => emit({ type: 'warning', stage: 'run', text }),
    signal,
    readMember: (name) => workshop.agent(name),
    openMember: (order) => openMember(workshop, plan, order),
    openAdvisor: () => openAdvisor(workshop, plan),
    advice: readFileSync(join(packageRoot(), 'templates', 'prompts', 'advisor.md'), 'utf8'),
  });
}

/** Where copies and work trees of members lie: outside of every workspace. No XDG variable moves it, so that a resumed run finds them. */
export function groundsFolder(world: World): string {
  return join(world.home, '.cache', 'agentmem', 'teams');
}

async function openMember(workshop: Workshop, plan: TeamPlan, order: MemberOrder): Promise<Member> {
  const { context, workspace, options, settings } = workshop;
  const { thread, hands: withHands } = order;
  const agent = workshop.agent(order.agent.name);
  const model = await workshop.model(agent);
  const budget = ownBudget(workshop, agent, model, order);
  const terminal = plan.terminal === undefined ? undefined : asking(plan.terminal, plan.signal, thread, budget);
  const hands = withHands ? await handsOf(workshop, plan, agent, order) : NO_HANDS;
  const compaction = compactionFor(settings, model.id);
  try {
    return {
      ...(compaction !== undefined && { compaction }),
      model: withSeed(model.model, plan.seed),
      modelId: model.id,
      ...(agent.effort !== undefined && { effort: agent.effort }),
      tools: hands.tools,
      budget,
      rule: haltedBy(
        plan,
        ruling(context, workspace, { agent, hands, flags: options, trusted: workshop.rulesCount(), terminal }),
      ),
      progress: (use, text) => plan.activity(`${thread}: ${use.name}: ${text}`),
      watcher: { onTool: (name) => plan.activity(`${thread}: calling ${name}`) },
      ...(order.task !== undefined &&
        (await knowledgeOf(workshop, plan, agent, { ...order, task: order.task }, hands))),
      close: hands.close,
    };
  } catch (error) {
    await hands.close();
    throw error;
  }
}

// The loop of a member would only end that member.
function haltedBy({ halt }: TeamPlan, rule: Member['rule']): Member['rule'] {
  return async (use, tool) => {
    const ruled = await rule(use, tool);
    if (ruled.stop === true) halt();
    return ruled;
  };
}

const NO_HANDS = { tools: new Map(), limited: [], close: async () => {} };

async function handsOf(workshop: Workshop, plan: TeamPlan, agent: FoundAgent, order: MemberOrder) {
  const { context, workspace, settings, trusted } = workshop;
  const { world, emit } = context;
  const { folder, more, claim } = order;
  // What a member asks goes to whoever delegated, who may ask the person in turn: no `askPerson`.
  const hands = await openHands({
    agent,
    settings,
    workspace: folder,
    notesFolder: workspace.layout.notes,
    memory: realpathSync(workspace.layout.dir),
    env: world.env,
    extra: plan.extra,
    home: world.home,
    sandbox: await workshop.sandbox(),
    trusted,
    more,
    ...(claim !== undefined && { claim }),
    warn: (text) => emit({ type: 'warning', stage: 'run', text }),
    signal: plan.signal,
  });
  workshop.sayOnce(hands.notes);
  return hands;
}

async function knowledgeOf(
  workshop: Workshop,
  { memory }: TeamPlan,
  agent: FoundAgent,
  { folder, task }: MemberOrder & { task: string },
  { tools }: Pick<Member, 'tools'>,
): Promise<Pick<Member, 'context' | 'briefing'>> {
  const { top } = await placeOf(folder);
  const context: Block[] = projectContext(workshop, { folder, top });
  const briefing = await workshop.lessons.briefing({ agent, tools: [...tools.keys()], task, memory });
  return { context, ...(briefing !== undefined && { briefing }) };
}

// Its own file's limits: those of the session hold above them.
function ownBudget({ context }: Workshop, agent: FoundAgent, model: OpenedModel, { used }: MemberOrder): SessionBudget {
  const unpriced = model.priced ? undefined : unpricedBudget(model.id, agent.budget, false);
  if (unpriced !== undefined && 'refuse' in unpriced) throw new UserError(unpriced.refuse);
  const { now } = context.world;
  return openBudget({ limits: agent.budget, spent: () => ({ day: 0, month: 0 }), earlier: used, now });
}

// Says who asks, and stops the member's clock meanwhile: the terminal itself stops only the lead's.
function asking(above: AtTerminal, signal: AbortSignal, thread: string, budget: SessionBudget): AtTerminal {
  return (question) =>
    above(async (desk) => {
      budget.pause();
      try {
        desk.print.line(desk.print.paint.bold(`${desk.print.outside(thread)} asks:`));
        // Questions that waited in line when the run was ended are answered by nobody.
        return await question(signal.aborted ? { ...desk, keys: { ...desk.keys, next: async () => null } } : desk);
      } finally {
        budget.resume();
      }
    });
}

async function openAdvisor(workshop: Workshop, { seed, activity }: TeamPlan): Promise<Advisor> {
  const { models } = workshop.workspace.settings;
  const { options } = workshop;
  const name = options.model ?? models.advisor ?? models.grader;
  const model = await workshop.model({ model: name }, name);
  return {
    model: withSeed(model.model, seed),
    modelId: model.id,
    watcher: { onTool: () => activity('the advisor answers') },
  };
}
