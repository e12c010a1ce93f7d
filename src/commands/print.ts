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
      for (const text of layoutTable(head, rows, paint)) line(text);
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

const AT_ONCE = 2_000; // rows in one write: each for itself takes longer than all the rest, and so do all in one text

function* layoutTable(head: string[], rows: string[][], paint: ChalkInstance): Generator<string> {
  const { widths, odd } = measured(head, rows);
  const last = head.length - 1;
  const gaps = Array.from({ length: Math.max(...widths) + 3 }, (_, blanks) => ' '.repeat(blanks));
  const lineOf = (row: string[]) => {
    let line = '';
    for (let i = 0; i < last; i++) {
      const cell = row[i] ?? '';
      line += cell + (gaps[(widths[i] ?? 0) + 2 - cell.length] ?? '');
    }
    return line + (row[last] ?? '');
  };
  yield paint.dim(lineOf(head));
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const part = rows.slice(from, from + AT_ONCE);
    yield part.map((row, i) => lineOf(odd.get(from + i) ?? row)).join('\n');
  }
}

/** How wide the columns are, and rows that are not shown as they came, by their place. */
function measured(head: string[], rows: string[][]): { widths: number[]; odd: Map<number, string[]> } {
  const widths = head.map((title) => title.length);
  const odd = new Map<number, string[]>();
  const above: string[] = []; // most cells are like the one above, and need no second look
  for (const [at, row] of rows.entries()) {
    let isOdd = false;
    for (let i = 0; i < row.length; i++) {
      const cell = row[i] ?? '';
      if (cell === above[i]) continue;
      if (NEEDS_CLEANING.test(cell)) isOdd = true;
      else above[i] = cell;
      if (cell.length > (widths[i] ?? 0) && !isOdd) widths[i] = cell.length;
    }
    if (!isOdd) continue;
    const clean = row.map((cell) => oneBlank(safeForTerminal(cell)));
    odd.set(at, clean);
    for (const [i, cell] of clean.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return { widths, odd };
}

// All that `safeForTerminal` takes out and all white space but single blanks are among these.
const NEEDS_CLEANING = /[^ -~\u00a1-\u167f\u2026\u3001-\ufefe]| {2}/;

function oneBlank(text: string): string {
  return /\s{2,}|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text;
}
