// What every command is handed: the world, a printer, a way to open the memory; never a stage.
import type { Command } from 'commander';
import type { Emit } from '../domain/emit.ts';
import type { Workspace } from '../workspace.ts';
import type { World } from '../world.ts';
import type { Printer } from './print.ts';

export interface GlobalFlags {
  dir?: string;
  quiet?: boolean;
  color?: boolean;
}

export interface CommandContext {
  world: World;
  signal: AbortSignal;
  print: Printer;
  emit: Emit;
  /** Takes the spinner away; called before the answer is printed. */
  stop: () => void;
  /** Opens the memory that --dir, AGENTMEM_DIR or the working directory names. */
  open: () => Promise<Workspace>;
  dir: string | undefined;
  /** True when a person can be asked: both stdin and stdout are terminals. */
  interactive: boolean;
}

/** Turns an action into what commander calls; the action resolves to the exit code. `values` are commander's: arguments, then flags. */
export type Bind = <Values extends unknown[]>(
  action: (context: CommandContext, ...values: Values) => Promise<number>,
) => (...values: Values) => Promise<void>;

/** Adds arguments, flags, examples and the action of one verb. */
export type Define = (command: Command, bind: Bind) => void;

/** One verb: its row in `agent --help`, and where its definition lies. */
export interface CommandRow {
  name: string;
  summary: string;
  load: () => Promise<{ define: Define }>;
}
