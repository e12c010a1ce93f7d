// What all runs of one process share: settings as far as they are trusted, agents, models, graders, ledger, sandbox; starts none of them before it is needed.
import { realpathSync } from 'node:fs';
import { cautious } from '../../domain/cautious.ts';
import type { Settings } from '../../domain/settings.ts';
import { probeSandbox, type Sandbox } from '../../host/sandbox.ts';
import { type FoundAgent, readAgent } from '../../store/agents.ts';
import { openSpendLedger, type SpendLedger } from '../../store/spend.ts';
import { bringsNothing, readConfiguration, trustedCommands } from '../../store/trust.ts';
import { agentTemplate, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type Graders, openGraders } from '../graders.ts';
import { type OpenedModel, openModelFor } from '../model-for.ts';
import { trustRequest } from '../nightly.ts';
import { type Lessons, openLessons } from './lessons.ts';

/** Flags that hold for every run of the process. */
export interface WorkshopOptions {
  /** In place of the agents' own models. */
  model?: string;
  /** Where to record the exchange with the model. */
  record?: string;
  allow?: string[];
  deny?: string[];
  /** False leaves out the project's context files. */
  context?: boolean;
  /** Limits in the words of `--budget`, for each session. */
  budget?: string;
}

export interface Workshop {
  context: CommandContext;
  workspace: Workspace;
  options: WorkshopOptions;
  /** The settings that count: what could do harm only where the configuration is trusted. */
  settings: Settings;
  /** Real path of the memory. */
  memory: string;
  /** Whether this very command of the configuration may run. */
  trusted: (command: string) => boolean;
  /** Whether rules of the memory's files may allow calls: the configuration is trusted, or brings nothing to trust. Settled when first asked. */
  rulesCount(): boolean;
  ledger: SpendLedger;
  lessons: Lessons;
  agent(name: string): FoundAgent;
  /** The model that an agent works with; one connection for all that name the same. */
  model(agent: Pick<FoundAgent, 'model'>, named?: string): Promise<OpenedModel>;
  graders(folder: string): Graders;
  sandbox(): Promise<Sandbox>;
  /** Warns of what holds for many sessions, once. */
  sayOnce(texts: readonly string[]): void;
  close(): Promise<void>;
}

/** Opens nothing yet but what tells what is trusted; warns of settings that are held back. */
export function openWorkshop(context: CommandContext, workspace: Workspace, options: WorkshopOptions): Workshop {
  const { world, emit } = context;
  const { layout, repo } = workspace;
  const commands = trustedCommands(trustRequest(world, layout));
  const known = new Set(commands ?? []);
  const agents = new Map<string, FoundAgent>();
  const models = new Map<string, Promise<OpenedModel>>();
  const said = new Set<string>();
  let graders: Graders | undefined;
  let rules: boolean | undefined;
  let sandbox: Promise<Sandbox> | undefined;
  return {
    context,
    workspace,
    options,
    memory: realpathSync(layout.dir),
    settings: commands === undefined ? held(context, workspace) : workspace.settings,
    trusted: (command) => known.has(command),
    rulesCount() {
      rules ??= commands !== undefined || bringsNothing(readConfiguration(trustRequest(world, layout)));
      return rules;
    },
    ledger: openSpendLedger(layout),
    lessons: openLessons(context, workspace),
    agent(name) {
      const found = agents.get(name) ?? readAgent(layout, name, { project: repo.root, builtIn: agentTemplate() });
      if (!agents.has(name))
        for (const text of found.notes) emit({ type: 'warning', stage: 'run', text, where: found.from });
      agents.set(name, found);
      return found;
    },
    async model(agent, named) {
      const wanted = named ?? options.model ?? agent.model;
      const name = wanted === 'inherit' ? workspace.settings.models.agent : wanted;
      const { record } = options;
      const byPerson = named === undefined && options.model !== undefined;
      const open = () => openModelFor(context, workspace, { name, byPerson, ...(record !== undefined && { record }) });
      const model = models.get(name) ?? open();
      models.set(name, model);
      return await model;
    },
    graders(folder) {
      graders ??= openGraders(context, workspace, folder);
      return graders;
    },
    sandbox() {
      sandbox ??= probeSandbox(world.env.PATH);
      return sandbox;
    },
    sayOnce(texts) {
      for (const text of texts) if (!said.has(text)) emit({ type: 'warning', stage: 'run', text });
      for (const text of texts) said.add(text);
    },
    async close() {
      await graders?.close();
      for (const model of await Promise.allSettled(models.values()))
        if (model.status === 'fulfilled') await model.value.close();
    },
  };
}

function held({ emit }: CommandContext, { settings }: Workspace): Settings {
  const { settings: allowed, heldBack } = cautious(settings);
  if (heldBack.length > 0) {
    const text = `nobody has trusted this configuration here, so these settings do not count: ${heldBack.join(' · ')}`;
    emit({ type: 'warning', stage: 'run', text: `${text} (agent trust --show)` });
  }
  return allowed;
}
