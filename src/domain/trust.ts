// What a configuration would run, allow without asking, or send a key to, on this machine; lists it, and does none of it.
import type { Agent } from './agent.ts';
import { mcpInWords, mcpTarget } from './mcp-settings.ts';
import type { Rubric } from './rubric.ts';
import type { Settings } from './settings.ts';

/** A command that somebody who wrote the configuration wants run. */
export interface ConfiguredCommand {
  /** The setting that holds it, for example `nightly.before[0]`, or a rubric's file and criterion. */
  setting: string;
  /** A line for /bin/sh; of an MCP server that is asked over HTTP its address. */
  command: string;
  /** When it would run, in words. */
  when: string;
}

/** A rule that lets calls of tools through without anybody being asked. */
export interface AllowedRule {
  /** The file that brings it, for example `agents/navigator.md`. */
  from: string;
  /** Its pattern, for example `bash(git *)`. */
  rule: string;
}

type RubricFile = Pick<Rubric, 'rubric' | 'criteria'> & { from: string };
type AgentFile = Pick<Agent, 'permissions' | 'model'> & { from: string };
type SuiteFile = { from: string; setup: readonly { at: string; command: string }[] };

/** Every command of a configuration, in the order in which they run. A setting that runs something must be listed here. */
export function configuredCommands(
  settings: Settings,
  rubrics: readonly RubricFile[] = [],
  suites: readonly SuiteFile[] = [],
  agents: readonly AgentFile[] = [],
): ConfiguredCommand[] {
  return [
    ...settings.nightly.before.map((command, i) => ({
      setting: `${NIGHTLY}[${i}]`,
      command,
      when: 'before each nightly dream, in the top folder of the repository',
    })),
    ...settings.tools.map(({ command, name, serve }, i) => ({
      setting: `tools[${i}].command`,
      command,
      when: `when an agent calls ${name}${serve ? ', and from then on to the end of its session' : ''}`,
    })),
    ...Object.entries(settings.mcp).map(([name, server]) => ({
      setting: `mcp.${name}.${server.url === undefined ? 'command' : 'url'}`,
      command: mcpTarget(server),
      when: mcpInWords(name, server),
    })),
    ...rubrics.flatMap(rubricCommands),
    ...suites.flatMap(({ from, setup }) =>
      setup.map(({ at, command }) => ({
        setting: `${from} ${at}`,
        command,
        when: 'before each trial of agent run --suite, in its fresh folder',
      })),
    ),
    ...scriptModules(settings, agents),
  ];
}

/** The commands of one rubric's checks. */
export function rubricCommands({ rubric, criteria, from }: RubricFile): ConfiguredCommand[] {
  return criteria.flatMap(({ id, check }) => {
    if (check === undefined || !('run' in check)) return [];
    const when = `when a session is graded by ${rubric}${check.serve ? ', one process for all of them' : ''}`;
    return [{ setting: `${from} ${id}`, command: check.run, when }];
  });
}

/** True for the name of a model that is code: `scripted:<file>.mjs`. */
export function isScriptModule(model: string): boolean {
  return /^scripted:.*\.m?js$/.test(model);
}

// A module that stands in for a model runs within agentmem itself, so nothing confines it.
function scriptModules({ models }: Settings, agents: readonly AgentFile[]): ConfiguredCommand[] {
  const named = [
    ...Object.entries(models).map(([role, model]) => ({ setting: `models.${role}`, model })),
    ...agents.map(({ from, model }) => ({ setting: `${from} model`, model })),
  ];
  return named.flatMap(({ setting, model }) =>
    model !== undefined && isScriptModule(model)
      ? [
          {
            setting,
            command: model,
            when: 'in the place of a model: code that runs inside agentmem, outside every sandbox',
          },
        ]
      : [],
  );
}

/** Every rule of config.yaml and of agents' files that allows something, in the order in which they are tried. */
export function allowedRules(settings: Settings, agents: readonly AgentFile[]): AllowedRule[] {
  const files = [...agents, { from: 'config.yaml', permissions: settings.permissions }];
  return files.flatMap(({ from, permissions }) =>
    permissions.flatMap((rule) => ('allow' in rule ? [{ from, rule: rule.allow }] : [])),
  );
}

/** The server that config.yaml would have the person's key sent to; undefined where it names none, or this machine itself. */
export function keyAddress({ base_url }: Settings): string | undefined {
  if (base_url === undefined) return undefined;
  const { hostname } = new URL(base_url);
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname) ? undefined : base_url;
}

/** True for a command that runs each night; the others wait for an agent or a grade. */
export function runsNightly({ setting }: ConfiguredCommand): boolean {
  return setting.startsWith(`${NIGHTLY}[`);
}

const NIGHTLY = 'nightly.before';
