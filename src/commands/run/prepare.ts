// Puts together what a run needs out of flags, settings and the memory: agent, lessons, model, hands, limits; starts the stage.
import { realpathSync } from 'node:fs';
import { type Briefing, briefingFor } from '../../agent/briefing.ts';
import { openBudget, type SessionBudget, type Used } from '../../agent/budget.ts';
import { layeredBudget, parseBudget, unpricedBudget } from '../../agent/budget-limits.ts';
import { type Hands, openHands } from '../../agent/hands.ts';
import { storedRun } from '../../agent/past.ts';
import { UserError } from '../../base/errors.ts';
import { cautious } from '../../domain/cautious.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { Budget } from '../../domain/run-settings.ts';
import { resolveCommit } from '../../git/refs.ts';
import { openRepository } from '../../git/repository.ts';
import { describeWorkTree } from '../../git/work-tree.ts';
import { memoryAt } from '../../learning/memory-at.ts';
import { type RunReport, type RunRequest, resumeRun, startRun } from '../../stages/run.ts';
import { type FoundAgent, readAgent } from '../../store/agents.ts';
import { type FoundRubric, readRubric } from '../../store/rubrics.ts';
import { openIndex } from '../../store/session-index.ts';
import { findSession } from '../../store/sessions.ts';
import { openSpendLedger } from '../../store/spend.ts';
import { trustedCommands } from '../../store/trust.ts';
import { agentTemplate, memoryCommit, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { openGraders } from '../graders.ts';
import { type OpenedModel, openModelFor } from '../model-for.ts';
import { trustRequest } from '../nightly.ts';
import { artefactKeeper } from './artefacts.ts';
import { type AtTerminal, atTerminal, personFor } from './at-terminal.ts';
import type { RunFlags } from './flags.ts';
import { outcomeFor } from './outcome.ts';
import { projectContext } from './project-context.ts';
import { ruling } from './ruling.ts';

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
  const agent = agentFor(context, workspace, flags.agent ?? 'default');
  return await withParts(context, workspace, flags, watch, { agent }, async (parts) => {
    const briefing = await briefingOf(context, workspace, flags, agent, [...parts.tools.keys()], task);
    const { top, ...place } = await placeOf(watch.folder);
    return await startRun({
      ...parts,
      task: { prompt: task },
      by: workspace.by,
      workspace: place,
      context: projectContext(context, workspace, flags, { folder: watch.folder, top }),
      ...(briefing !== undefined && { briefing }),
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
  const { layout } = workspace;
  const entry = findSession(openIndex(layout, context.emit), flags.resume ?? 'last');
  const path = `${layout.sessions}/${entry.path}`;
  const { header, used, rubric } = storedRun(path);
  const folder = flags.workspace === undefined && header.cwd !== undefined ? header.cwd : watch.folder;
  const agent = agentFor(context, workspace, header.agent?.name ?? 'default');
  if (header.agent?.sha256 !== undefined && header.agent.sha256 !== agent.sha256)
    context.emit({
      type: 'note',
      stage: 'run',
      text: `${agent.from} has changed since; the session keeps the prompt it began with`,
    });
  const model = flags.model ?? header.model;
  const given = {
    agent,
    used,
    session: entry.id,
    ...(rubric !== undefined && { rubric }),
    ...(model !== undefined && { model }),
  };
  return await withParts(context, workspace, flags, { ...watch, folder }, given, (parts) =>
    resumeRun({ ...parts, session: { id: entry.id, path }, ...(say !== undefined && { say }) }),
  );
}

interface Given {
  agent: FoundAgent;
  model?: string;
  used?: Used;
  /** The session that goes on. */
  session?: string;
  /** The rubric that it works for already. */
  rubric?: string;
}

// Opens what must be closed again, whatever happens in between.
async function withParts(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  watch: Watch,
  given: Given,
  work: (parts: RunRequest) => Promise<RunReport>,
): Promise<RunReport> {
  const { world } = context;
  const { settings } = workspace;
  const named = given.model ?? flags.model ?? given.agent.model;
  const model = await openModelFor(context, workspace, {
    name: named === 'inherit' ? settings.models.agent : named,
    ...(flags.record !== undefined && { record: flags.record }),
  });
  try {
    const budget = budgetFor(context, workspace, flags, given, model);
    const terminal = atTerminal(context, budget);
    const rubric = rubricFor(context, workspace, flags, given);
    const graders = rubric === undefined ? undefined : openGraders(context, workspace, watch.folder);
    const hands = await handsFor(context, workspace, watch, given.agent, terminal);
    try {
      const spend = spendRecorder(workspace, world.now, given.session);
      return await work({
        ...(rubric !== undefined &&
          graders !== undefined && {
            outcome: outcomeFor({ rubric, graders, folder: watch.folder, worker: model.id }),
          }),
        keep: await artefactKeeper(workspace, watch.folder),
        layout: workspace.layout,
        redact: workspace.redact,
        agent: given.agent,
        now: world.now,
        random: world.random,
        model: model.model,
        modelId: model.id,
        ...(given.agent.effort !== undefined && { effort: given.agent.effort }),
        tools: hands.tools,
        budget,
        rule: ruling(context, workspace, { agent: given.agent, hands, flags, terminal }),
        progress: (use, text) => watch.activity(`${use.name}: ${text}`),
        warn: (text) => context.emit({ type: 'warning', stage: 'run', text }),
        signal: context.signal,
        watcher: { onTool: (name) => watch.activity(`calling ${name}`) },
        onEvent: (event) => {
          spend(event);
          watch.onEvent(event);
        },
      });
    } finally {
      await hands.close();
      await graders?.close();
    }
  } finally {
    await model.close();
  }
}

function agentFor({ emit }: CommandContext, { layout, repo }: Workspace, name: string): FoundAgent {
  const agent = readAgent(layout, name, { project: repo.root, builtIn: agentTemplate() });
  for (const text of agent.notes) emit({ type: 'warning', stage: 'run', text, where: agent.from });
  return agent;
}

async function handsFor(
  context: CommandContext,
  { layout, settings }: Workspace,
  { folder }: Watch,
  agent: FoundAgent,
  terminal: AtTerminal | undefined,
): Promise<Hands> {
  const { world, emit } = context;
  const commands = trustedCommands(trustRequest(world, layout));
  const trusted = new Set(commands ?? []);
  const { settings: allowed, heldBack } = commands === undefined ? cautious(settings) : { settings, heldBack: [] };
  if (heldBack.length > 0) {
    const text = `nobody has trusted this configuration here, so these settings do not count: ${heldBack.join(' · ')}`;
    emit({ type: 'warning', stage: 'run', text: `${text} (agent trust --show)` });
  }
  const hands = await openHands({
    agent,
    settings: allowed,
    workspace: folder,
    notesFolder: layout.notes,
    memory: realpathSync(layout.dir),
    env: world.env,
    home: world.home,
    trusted: (command) => trusted.has(command),
    warn: (text) => emit({ type: 'warning', stage: 'run', text }),
    signal: context.signal,
    ...(terminal !== undefined && { askPerson: personFor(terminal) }),
  });
  for (const text of hands.notes) emit({ type: 'warning', stage: 'run', text });
  return hands;
}

// The lessons in force, or those of `--memory`. A memory without any commit has none, which is no reason not to run.
async function briefingOf(
  { emit, world }: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  agent: FoundAgent,
  tools: readonly string[],
  task: string,
): Promise<Briefing | undefined> {
  if (flags.memory === false || agent.memory.playbooks === 'none') return undefined;
  const { repo, prefix, settings } = workspace;
  const named = typeof flags.memory === 'string' ? flags.memory : undefined;
  const branch = `refs/heads/${settings.memory.branch}`;
  if (named === undefined && (await resolveCommit(repo, branch)) === null) {
    emit({
      type: 'note',
      stage: 'run',
      text: `the memory branch ${settings.memory.branch} has no commit: no lessons yet`,
    });
    return undefined;
  }
  const { commit, playbooks, broken } = await memoryAt(repo, await memoryCommit(workspace, named), prefix);
  for (const { name, reason } of broken)
    emit({ type: 'warning', stage: 'run', text: `a playbook cannot be read: ${reason}`, where: name });
  const today = world.now().toISOString().slice(0, 10);
  return await briefingFor({ commit, playbooks, broken, agent, tools, task, today });
}

function budgetFor(
  { emit, world }: CommandContext,
  { layout, settings }: Workspace,
  flags: RunFlags,
  { agent, used }: Given,
  { id, priced }: OpenedModel,
): SessionBudget {
  const { session, day, month } = settings.budget;
  const asked = flags.budget === undefined ? {} : parseBudget(flags.budget);
  const limits: Budget = layeredBudget(session, agent.budget, asked);
  const unpriced = priced ? undefined : unpricedBudget(id, limits, day.usd !== undefined || month.usd !== undefined);
  if (unpriced !== undefined && 'refuse' in unpriced) throw new UserError(unpriced.refuse);
  if (unpriced !== undefined) emit({ type: 'warning', stage: 'run', text: unpriced.warn });
  const ledger = openSpendLedger(layout);
  return openBudget({
    limits,
    day: day.usd,
    month: month.usd,
    spent: () => ledger.spent(world.now()),
    ...(used !== undefined && { earlier: used }),
    now: world.now,
  });
}

// A line in the ledger for each request, so that the limits of a day and a month hold across sessions.
function spendRecorder({ layout }: Workspace, now: () => Date, known = ''): (event: SessionEvent) => void {
  const ledger = openSpendLedger(layout);
  let session = known;
  return (event) => {
    if (event.type === 'session.created') session = event.session;
    if (event.type !== 'span.model_request_end') return;
    const usage = (event.usage ?? {}) as Record<string, unknown>; // a record by its schema
    const tokens = (name: string) => Number(usage[name] ?? 0) || 0;
    ledger.append({
      at: event.at ?? now().toISOString(),
      session,
      role: 'agent',
      model: String(event.model ?? ''),
      usd: typeof event.cost_usd === 'number' ? event.cost_usd : null,
      input_tokens: tokens('input_tokens') + tokens('cache_read_input_tokens') + tokens('cache_creation_input_tokens'),
      output_tokens: tokens('output_tokens'),
    });
  };
}

async function placeOf(
  folder: string,
): Promise<{ folder: string; project: string; top: string; git?: { dirty: boolean } }> {
  const repo = await openRepository(folder);
  if (repo === null || repo.bare) return { folder, project: folder, top: folder };
  const { project, git } = await describeWorkTree(repo);
  return { folder, project, top: repo.root, git };
}

function rubricFor(
  { world }: CommandContext,
  { layout }: Workspace,
  flags: RunFlags,
  { agent, rubric }: Given,
): FoundRubric | undefined {
  const name = flags.rubric ?? rubric ?? agent.rubric;
  return name === undefined ? undefined : readRubric(layout, name, world.cwd);
}
