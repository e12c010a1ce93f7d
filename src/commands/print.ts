// The only writer to stdout: answers as text or JSON; errors and weather go to stderr.
import { Chalk, type ChalkInstance } from 'chalk';
import type { Problem } from '../base/errors.ts';
import { safeForTerminal } from '../base/text.ts';

export interface PrintOptions {
  color: boolean;
  quiet: boolean;
  /** Called before each line, so that a spinner is gone before the answer comes. */
  beforeLine?: () => void;
}

/** Prints what a command found out. `text` is our own wording; words from outside go through `outside`. */
export interface Printer {
  paint: ChalkInstance;
  /** One line of the answer. */
  line: (text?: string) => void;
  /** Part of a line, for what a person is typing. */
  part: (text: string) => void;
  /** A fresh screen in a terminal; a blank line where escapes are not wanted. */
  fresh: () => void;
  /** One JSON value, and nothing else, on stdout. */
  json: (value: unknown) => void;
  /** One JSON value on one line, for values that come one after another. */
  jsonLine: (value: unknown) => void;
  /** Left-aligned columns; cells are cleaned of escapes and cut to the widest that fits. */
  table: (head: string[], rows: string[][]) => void;
  /** A hint about what to type next; not shown with --quiet. */
  next: (text: string) => void;
  /** Text that somebody else wrote, made safe for a terminal. */
  outside: (text: string) => string;
}

/** Colours, or their absence: chalk alone would colour a terminal in spite of NO_COLOR. */
export function painter(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 });
}

/** A printer for this process; colours only where `color` is true. */
export function createPrinter(options: PrintOptions): Printer {
  const paint = painter(options.color);
  const line = (text = '') => {
    options.beforeLine?.();
    process.stdout.write(`${text}\n`);
  };
  return {
    paint,
    line,
    part: (text) => {
      options.beforeLine?.();
      process.stdout.write(text);
    },
    fresh: () => {
      if (options.color && process.stdout.isTTY === true) process.stdout.write('\u001b[2J\u001b[H');
      else line();
    },
    json: (value) => line(JSON.stringify(value, null, 2)),
    jsonLine: (value) => line(JSON.stringify(value)),
    table: (head, rows) => {
      // At once: a write for each of a hundred thousand rows takes longer than all the rest.
      line(layoutTable(head, rows, paint).join('\n'));
    },
    next: (text) => {
      if (!options.quiet) process.stderr.write(`${paint.dim(text)}\n`);
    },
    outside: safeForTerminal,
  };
}

/** An expected failure as a person reads it, on stderr: what, where, what to do. */
export function printProblem(problem: Problem, paint: ChalkInstance): void {
  const lines = [`${paint.red('error:')} ${safeForTerminal(problem.what)}`];
  if (problem.where !== undefined) lines.push(`  ${paint.dim('at')} ${safeForTerminal(problem.where)}`);
  if (problem.hint !== undefined) lines.push(`  ${paint.dim('try')} ${safeForTerminal(problem.hint)}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

function oneBlank(text: string): string {
  return /\s{2,}|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text;
}

function layoutTable(head: string[], rows: string[][], paint: ChalkInstance): string[] {
  const clean = rows.map((row) => row.map((cell) => oneBlank(safeForTerminal(cell))));
  const widths = head.map((title, i) =>
    clean.reduce((most, row) => Math.max(most, (row[i] ?? '').length), title.length),
  );
  const pad = (row: string[]) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ');
  return [paint.dim(pad(head)), ...clean.map(pad)];
}
