// Shows progress and warnings on stderr: a spinner in a terminal, plain lines elsewhere; never touches stdout.
import chalk from 'chalk';
import type { Ora } from 'ora';
import { count, safeForTerminal } from '../base/text.ts';
import type { Emit, Signal } from '../domain/emit.ts';

export interface TerminalOptions {
  quiet: boolean;
  color: boolean;
  /** False under CI, TERM=dumb and pipes: no spinner then. */
  live: boolean;
}

/** An emit sink for people. Call `stop` before printing the answer. The spinner is loaded where one can be seen. */
export async function terminalListener(options: TerminalOptions): Promise<{ emit: Emit; stop: () => void }> {
  // ora on a terminal of zero columns clears an infinite number of lines.
  const live = options.live && process.stderr.isTTY === true && process.stderr.columns > 0;
  const ora = live && !options.quiet ? (await import('ora')).default : undefined;
  let spinner: Ora | undefined;
  const stop = () => {
    spinner?.stop();
    spinner = undefined;
  };
  const say = (text: string) => {
    spinner?.clear();
    process.stderr.write(`${safeForTerminal(text)}\n`);
  };
  const emit: Emit = (signal) => {
    if (options.quiet && signal.type !== 'warning') return;
    if (signal.type === 'progress') {
      if (ora === undefined) return;
      spinner ??= ora({ stream: process.stderr, discardStdin: false }).start();
      spinner.text = safeForTerminal(progressText(signal));
      return;
    }
    const where = signal.type === 'warning' && signal.where !== undefined ? ` (${signal.where})` : '';
    const mark = signal.type === 'warning' ? (options.color ? chalk.yellow('warning: ') : 'warning: ') : '';
    spinner?.clear();
    if (mark) process.stderr.write(mark);
    say(`${signal.text}${where}`);
  };
  return { emit, stop };
}

function progressText(signal: Extract<Signal, { type: 'progress' }>): string {
  const of = signal.total === undefined ? '' : ` of ${signal.total.toLocaleString('en-US')}`;
  const note = signal.note === undefined ? '' : ` · ${signal.note}`;
  return signal.total === undefined
    ? `${signal.stage}: ${count(signal.done, signal.unit)}${note}`
    : `${signal.stage}: ${signal.done.toLocaleString('en-US')}${of} ${signal.unit}s${note}`;
}
