// Front door: argv to one command, one message, one exit code; the only place that maps errors to text and codes.
import { Interrupted, systemCode, UserError } from './base/errors.ts';
import { VERSION } from './base/version.ts';

const ISSUES = 'https://github.com/agentmem/agentmem/issues';

await main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    // Before anything is imported: a shell prompt may ask for it.
    const { createPrinter } = await import('./commands/print.ts');
    createPrinter({ color: false, quiet: false }).line(VERSION);
    return;
  }
  process.stdout.on('error', endQuietlyOnClosedPipe);
  const { runCommand } = await import('./commands/program.ts');
  try {
    process.exitCode = await runCommand(args, interruptSignal());
  } catch (error) {
    process.exitCode = await report(error);
  }
}

// `agent … | head` closes our stdout early; that is the reader's right, not a fault.
function endQuietlyOnClosedPipe(error: Error): void {
  if (systemCode(error) === 'EPIPE') process.exit(0);
  throw error;
}

// The first Ctrl-C asks the work to stop at the next safe place, the second ends the process at once.
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

async function report(error: unknown): Promise<number> {
  const { printProblem, painter } = await import('./commands/print.ts');
  const { colorAllowed, readWorld } = await import('./world.ts');
  const paint = painter(process.stderr.isTTY === true && colorAllowed(readWorld()));
  if (error instanceof UserError) {
    printProblem(error.problem, paint);
    return error.exitCode;
  }
  if (error instanceof Interrupted) {
    process.stderr.write('interrupted; nothing is left half done\n');
    return 130;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${paint.red('This is a bug in agentmem, not your mistake.')}\n${stack}\nPlease report it with the lines above: ${ISSUES}\n`,
  );
  return 3;
}
