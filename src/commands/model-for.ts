// Opens the model that a command needs, with this person's environment and this memory's settings; reads scripts and writes recordings.
import { appendFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../base/errors.ts';
import { readCassette } from '../domain/cassette.ts';
import { readScript } from '../domain/script.ts';
import { type OpenedModel, type OpenModelRequest, openModel } from '../model/open.ts';
import { scriptOfModule } from '../model/script-module.ts';
import type { Script } from '../model/scripted.ts';
import { readGiven } from '../store/given-file.ts';
import { redactDeep } from '../store/redaction.ts';
import { isTrusted, trustedCommands } from '../store/trust.ts';
import { parseYamlText } from '../store/yaml.ts';
import type { Workspace } from '../workspace.ts';
import type { CommandContext } from './context.ts';
import { trustRequest } from './nightly.ts';

export type { OpenedModel };

export interface ModelChoice {
  name: string;
  /** Where to record the exchange. */
  record?: string;
  /** Whether the person named it on this very command line; what the memory's own files name is code to be trusted first. */
  byPerson?: boolean;
  /** Asks through batches. */
  batch?: OpenModelRequest['batch'];
}

/** Opens a model by name. Throws UserError where it cannot be reached or a file cannot be read. */
export async function openModelFor(
  context: CommandContext,
  workspace: Workspace,
  choice: ModelChoice,
): Promise<OpenedModel> {
  const { world, interactive, emit } = context;
  const { settings, layout, redact } = workspace;
  const { name, record, batch } = choice;
  const file = (path: string) => resolve(world.cwd, path);
  return await openModel({
    name,
    env: world.env,
    baseUrl: settings.base_url,
    trusted: isTrusted(trustRequest(world, layout)),
    prices: settings.prices,
    now: world.now,
    random: () => Number.parseInt(world.random().slice(0, 8), 16) / 2 ** 32,
    interactive,
    readScript: (path) => readScript(turnsIn(readGiven(file(path)), path), path),
    loadScript: (path) => loadScript(context, workspace, choice, path),
    readCassette: (path) => readCassette(readGiven(file(path)), path),
    scrub: (value) => redactDeep(redact, value),
    ...(record !== undefined && { record: recorder(file(record)) }),
    log: (text) => emit({ type: 'note', stage: 'run', text }),
    ...(batch !== undefined && { batch }),
  });
}

// The module runs in this process with all that this person may do, so it is a command like those of the configuration.
async function loadScript(
  { world }: CommandContext,
  { layout }: Workspace,
  { name, byPerson = false }: ModelChoice,
  path: string,
): Promise<Script> {
  if (!byPerson && trustedCommands(trustRequest(world, layout))?.includes(name) !== true)
    throw new UserError({
      what: `The model ${name} is code that comes with the configuration, and nobody has trusted it on this machine.`,
      where: path,
      hint: 'agent trust --show, then agent trust',
    });
  const file = resolve(byPerson ? world.cwd : layout.dir, path);
  readGiven(file); // says in our words that it is missing
  try {
    return scriptOfModule(await import(pathToFileURL(file).href), path);
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError({ what: `this script cannot be loaded: ${error.message}`, where: path });
  }
}

// JSON is YAML, but a file of one JSON value a line is neither.
function turnsIn(text: string, path: string): unknown {
  if (!path.endsWith('.jsonl')) return parseYamlText(text, path).value;
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      throw new UserError({ what: 'this line is no JSON', where: `${path}:${i + 1}` });
    }
  });
}

function recorder(path: string): (line: string) => void {
  if (existsSync(path))
    throw new UserError({ what: 'this recording exists already', where: path, hint: 'name another' });
  return (line) => appendFileSync(path, line.endsWith('\n') ? line : `${line}\n`);
}
