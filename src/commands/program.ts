// Builds the commander program: every verb by name and summary, only the one that was asked for loaded.
import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../base/version.ts';
import { terminalListener } from '../listeners/terminal.ts';
import { colorAllowed, readWorld } from '../world.ts';
import type { CommandContext, GlobalFlags } from './context.ts';
import { createPrinter } from './print.ts';
import { commandTable } from './table.ts';

const EXAMPLES = `
The cycle:
  $ agent init                       lay out .agentmem/ in this repository
  $ agent import                     bring in this project's Claude Code sessions
  $ agent dream                      turn what went wrong into lessons, on a review branch
  $ agent review                     read each lesson with its diff and evidence
  $ agent merge                      put what you accepted in force

Exit codes: 0 done · 1 done, and the answer is no · 2 could not start · 3 a bug of ours · 130 interrupted`;

/** Runs the command that `args` name and resolves to its exit code. Throws what the command throws. */
export async function runCommand(args: string[], signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const program = buildProgram();
  const requested = nameOf(args, program);
  for (const row of commandTable) {
    const command = program.command(row.name).description(row.summary);
    if (row.name !== requested) continue;
    const { define } = await row.load();
    define(command, (action) => async (...values) => {
      const context = await contextOf(program, signal);
      try {
        exitCode = await action(context, ...values);
      } finally {
        context.stop();
      }
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return exitCode;
}

function buildProgram(): Command {
  return new Command('agent')
    .description(
      'Turns the transcripts of your agents into reviewed playbooks: a git diff for every lesson, with evidence.',
    )
    .version(VERSION, '-V, --version')
    .addOption(new Option('--dir <path>', 'the folder that holds .agentmem, or .agentmem itself').env('AGENTMEM_DIR'))
    .option('-q, --quiet', 'only the answer and errors')
    .option('--no-color', 'no colours (NO_COLOR is respected too)')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
}

// The first word that is no flag, or the one after `help`.
function nameOf(args: string[], program: Command): string | undefined {
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) words.push(arg);
    else if (program.options.some((o) => o.required && (o.short === arg || o.long === arg))) i++;
  }
  return words[0] === 'help' ? words[1] : words[0];
}

async function contextOf(program: Command, signal: AbortSignal): Promise<CommandContext> {
  const flags = program.opts<GlobalFlags>();
  const world = readWorld();
  const plain = flags.color === false || !colorAllowed(world);
  const quiet = flags.quiet === true;
  const live = !world.env.CI && world.env.TERM !== 'dumb';
  const listener = await terminalListener({ quiet, color: !plain && process.stderr.isTTY === true, live });
  return {
    world,
    signal,
    print: createPrinter({ color: !plain && process.stdout.isTTY === true, quiet, beforeLine: listener.stop }),
    emit: listener.emit,
    stop: listener.stop,
    // Git and settings are loaded by whoever opens a memory with them: lists and searches do without.
    open: async () => (await import('../workspace.ts')).openWorkspace(world, flags.dir),
    dir: flags.dir,
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  };
}
