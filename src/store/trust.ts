// Which configurations a person has trusted to run commands and allow tools; kept in the home folder, where no clone can bring its own trust along.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemCode, UserError } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { parsedJson } from '../base/json.ts';
import {
  type AllowedRule,
  allowedRules,
  type ConfiguredCommand,
  configuredCommands,
  isScriptModule,
  keyAddress,
} from '../domain/trust.ts';
import { type FoundAgent, listAgents } from './agents.ts';
import { writeAtomic } from './atomic.ts';
import { layoutOf } from './layout.ts';
import { type FoundRubric, listRubrics } from './rubrics.ts';
import { readSettings } from './settings.ts';
import { suitesWithSetup } from './suites.ts';

const recordSchema = z.strictObject({
  /** Real path of the `.agentmem` that is trusted: the same commands elsewhere call other scripts. */
  memory: z.string(),
  /** Hash of the configuration, see `configurationHash`. */
  sha256: z.string(),
  /** What was shown when trust was given, and is run because of it. */
  commands: z.array(z.string()),
  at: z.string(),
});
type TrustRecord = z.infer<typeof recordSchema>;
const fileSchema = z.strictObject({ version: z.literal(1), trusted: z.array(recordSchema) });

/** A configuration as `agent trust` shows it. */
export interface Configuration {
  memory: string;
  sha256: string;
  commands: ConfiguredCommand[];
  /** Rules that let calls of tools through without asking. */
  allows: AllowedRule[];
  /** The server that a key would be sent to, where that is another machine. */
  address?: string;
}

/** Where trust is kept, and for which memory it is asked. `memory` is the real path of `.agentmem`. */
export interface TrustRequest {
  file: string;
  memory: string;
  config: string;
}

/** What the configuration would run and allow, and the hash that trust is given to. Throws UserError where the settings are bad. */
export function readConfiguration(request: TrustRequest): Configuration {
  const before = bringers(request);
  const settings = readSettings(request.config);
  const sha256 = hashOf(before);
  if (hashOf(bringers(request)) !== sha256) {
    throw new UserError({
      what: 'The configuration changed while it was read.',
      where: request.memory,
      hint: 'try again',
    });
  }
  const address = keyAddress(settings);
  return {
    memory: request.memory,
    sha256,
    commands: configuredCommands(settings, before.rubrics, before.suites, before.agents),
    allows: allowedRules(settings, before.agents),
    ...(address !== undefined && { address }),
  };
}

/**
 * The commands that may be run now: those that were shown when this very configuration of this memory was trusted.
 * Undefined if it never was, or has changed by a single byte since.
 */
export function trustedCommands(request: TrustRequest): string[] | undefined {
  const hash = configurationHash(request);
  return readTrust(request.file).find((r) => r.memory === request.memory && r.sha256 === hash)?.commands;
}

/** True for a configuration that runs, allows and sends nothing, so that there is nothing to trust. */
export function bringsNothing({ commands, allows, address }: Configuration): boolean {
  return commands.length === 0 && allows.length === 0 && address === undefined;
}

/** True if a person has trusted this very configuration of this memory, so that its rules may allow what they say. */
export function isTrusted(request: TrustRequest): boolean {
  return trustedCommands(request) !== undefined;
}

/**
 * Call before a rule that a person answered is written into config.yaml; what it hands back, called afterwards, trusts the
 * configuration with that rule. It does so (and says true) only if the configuration was trusted before, or brought
 * nothing to trust, and if since then it has gained one rule at most, and nothing else to trust.
 */
export function retrust(request: TrustRequest): (at: string) => boolean {
  const before = readConfiguration(request);
  const held = isTrusted(request) || bringsNothing(before);
  return (at) => {
    const after = readConfiguration(request);
    if (!held || !gainedOneRule(before, after)) return false;
    recordTrust(request, after, at);
    return true;
  };
}

/** Trusts this configuration; `at` is RFC 3339. Trust in earlier configurations of this memory ends with it. */
export function recordTrust(request: TrustRequest, configuration: Configuration, at: string): void {
  const others = readTrust(request.file).filter((r) => r.memory !== request.memory);
  const commands = configuration.commands.map((c) => c.command);
  write(request.file, [...others, { memory: request.memory, sha256: configuration.sha256, commands, at }]);
}

/** Takes trust away from this memory; false if it had none. */
export function revokeTrust(request: TrustRequest): boolean {
  const all = readTrust(request.file);
  const others = all.filter((r) => r.memory !== request.memory);
  if (others.length === all.length) return false;
  write(request.file, others);
  return true;
}

/**
 * The hash that trust is given to: SHA-256 of config.yaml's bytes (of nothing where there is none) as long as no agent, no
 * rubric and no suite brings anything; otherwise over the hashes of config.yaml, of each file of agents/ and rubrics/ that
 * brings a command or a rule that allows, and of the set-up lines of each suite. The rest of a suite (its prompts) and other
 * files may change without new trust.
 */
export function configurationHash(request: TrustRequest): string {
  return hashOf(bringers(request));
}

interface Bringers {
  config: string;
  agents: FoundAgent[];
  rubrics: FoundRubric[];
  suites: ReturnType<typeof suitesWithSetup>;
}

// A file that describes no agent or no rubric brings nothing: nobody works or grades by it.
function bringers({ memory, config }: TrustRequest): Bringers {
  const layout = layoutOf(memory);
  const agents = listAgents(layout).agents.filter((agent) => agent.from.startsWith('agents/'));
  return {
    config: fileHash(config),
    agents: agents.filter((a) => isScriptModule(a.model) || a.permissions.some((rule) => 'allow' in rule)),
    rubrics: listRubrics(layout).rubrics.filter((rubric) => rubric.criteria.some((c) => c.check && 'run' in c.check)),
    suites: suitesWithSetup(layout),
  };
}

function hashOf({ config, agents, rubrics, suites }: Bringers): string {
  const setups = suites.map(({ from, setup }) => ({ from, sha256: sha256(canonicalJson(setup)) }));
  const files = [...agents, ...rubrics, ...setups];
  if (files.length === 0) return config;
  const lines = files.map((file) => `${file.from} ${file.sha256}\n`).sort();
  return sha256([`config.yaml ${config}\n`, ...lines].join(''));
}

function fileHash(path: string): string {
  try {
    return sha256(readFileSync(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return sha256('');
    throw new UserError({ what: `The settings cannot be read (${code}).`, where: path });
  }
}

function gainedOneRule(before: Configuration, after: Configuration): boolean {
  const key = ({ from, rule }: AllowedRule) => JSON.stringify([from, rule]);
  const had = before.allows.map(key);
  const gained = after.allows.filter((allowed) => !had.includes(key(allowed)));
  const rest = ({ commands, address }: Configuration) => JSON.stringify([commands, address]);
  return rest(before) === rest(after) && gained.length <= 1;
}

// A file that can't be understood trusts nobody, and is not overwritten either: it may come from a newer version.
function readTrust(file: string): TrustRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return [];
    if (code === undefined) throw error;
    throw new UserError({ what: `The record of trust cannot be read (${code}).`, where: file });
  }
  const parsed = fileSchema.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data.trusted;
  throw new UserError({
    what: 'The record of what you trust is damaged, so nothing is trusted.',
    where: file,
    hint: 'delete it, then `agent trust` in each memory',
  });
}

function write(file: string, trusted: readonly TrustRecord[]): void {
  writeAtomic(file, `${JSON.stringify({ version: 1, trusted }, null, 2)}\n`);
}
