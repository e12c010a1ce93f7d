// Which configurations a person has trusted to run commands; kept in the home folder, where no clone can bring its own trust along.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemCode, UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { type ConfiguredCommand, configuredCommands } from '../domain/trust.ts';
import { writeAtomic } from './atomic.ts';
import { readSettings } from './settings.ts';

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
}

/** Where trust is kept, and for which memory it is asked. `memory` is the real path of `.agentmem`. */
export interface TrustRequest {
  file: string;
  memory: string;
  config: string;
}

/** What the configuration would run, and the hash that trust is given to. Throws UserError where the settings are bad. */
export function readConfiguration({ memory, config }: TrustRequest): Configuration {
  const before = configurationHash(config);
  const commands = configuredCommands(readSettings(config));
  if (configurationHash(config) !== before) {
    throw new UserError({ what: 'The configuration changed while it was read.', where: config, hint: 'try again' });
  }
  return { memory, sha256: before, commands };
}

/**
 * The commands that may be run now: those that were shown when this very configuration of this memory was trusted.
 * Undefined if it never was, or has changed by a single byte since.
 */
export function trustedCommands(request: TrustRequest): string[] | undefined {
  const hash = configurationHash(request.config);
  return readTrust(request.file).find((r) => r.memory === request.memory && r.sha256 === hash)?.commands;
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

/** SHA-256 of config.yaml's bytes, the only file of a memory that can name commands; of nothing where there is none. */
export function configurationHash(config: string): string {
  try {
    return sha256(readFileSync(config));
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return sha256('');
    throw new UserError({ what: `The settings cannot be read (${code}).`, where: config });
  }
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
  const parsed = fileSchema.safeParse(jsonOf(text));
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

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
