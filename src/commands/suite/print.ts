// A run of a suite as a person reads it: a row a task, the whole with its interval, criteria, what was not started; decides nothing.
import type { Rate, SuiteRow, SuiteTable } from '../../agent/suite/table.ts';
import { clip, count, dollars, oneLine } from '../../base/text.ts';
import type { SuiteReport } from '../../stages/suite.ts';
import type { Printer } from '../print.ts';

const MOST_ROWS = 40;
const MOST_TOLD = 10;

/** Prints the table, and why it is not whole where it is not. */
export function printSuite(print: Printer, report: SuiteReport): void {
  printTable(print, report.table);
  for (const { task, trial, why } of report.not_started.slice(0, MOST_TOLD))
    print.line(print.paint.yellow(`${task}.${trial} was not started: ${print.outside(clip(why, 600))}`));
  if (report.not_started.length > MOST_TOLD)
    print.line(`${count(report.not_started.length - MOST_TOLD, 'more')} not started: see --json`);
  const { done, trials } = report.table.whole;
  if (done < trials)
    print.line(
      `${count(trials - done, 'trial')} of ${trials} still to do${report.why === undefined ? '' : `: ${report.why}`}`,
    );
}

/** The table alone. Tasks that passed every time are left out first where there are many. */
export function printTable(print: Printer, table: SuiteTable): void {
  const { whole, tasks, criteria, pass_k: passK } = table;
  const graded = whole.rate !== undefined || whole.results.ungraded > 0;
  const shown =
    tasks.length <= MOST_ROWS
      ? tasks
      : tasks.filter(({ trials, results }) => results.passed + results.ended < trials).slice(0, MOST_ROWS);
  const head = graded ? ['task', 'trials', 'passed', '', ''] : ['task', 'trials', 'ended', ''];
  print.table(
    [...head, 'cost', 'turns', 'time'],
    [
      ...shown.map((row) => [row.task, ...cells(row, graded)]),
      ...(tasks.length === 1 ? [] : [['all', ...cells(whole, graded)]]),
    ],
  );
  if (shown.length < tasks.length)
    print.line(print.paint.dim(`${count(tasks.length - shown.length, 'more task')}: see --json`));
  const most = passK.at(-1);
  if (most !== undefined && most.k > 1)
    print.line(
      `all of ${most.k} trials of a task pass: ${percent(most.share)} (pass^${most.k}, ${count(most.tasks, 'task')})`,
    );
  if (criteria.length > 0) {
    print.line();
    print.table(
      ['criterion', 'met', '', ''],
      criteria.map((row) => [
        row.id,
        `${row.met} of ${row.of}`,
        ...rateCells(row),
        row.cannot_tell > 0 ? `${row.cannot_tell} could not be told` : '',
      ]),
    );
  }
  const unknown = table.unpriced > 0 ? `, and ${count(table.unpriced, 'request')} without a known price` : '';
  if (table.spent_usd > 0 || table.unpriced > 0) print.line(`spent on this run: ${dollars(table.spent_usd)}${unknown}`);
  for (const why of table.mixed)
    print.line(print.paint.yellow(`not all trials are alike: ${print.outside(oneLine(why))}`));
}

function cells(row: SuiteRow, graded: boolean): string[] {
  const { trials, results, rate } = row;
  const counted = graded
    ? [`${results.passed} of ${results.passed + results.failed}`, ...(rate === undefined ? ['', ''] : rateCells(rate))]
    : [`${results.ended} of ${results.ended + results.stopped}`, ''];
  if (!graded) counted[1] = others(row);
  else counted[2] = [counted[2], others(row)].filter((cell) => cell !== '').join(', ');
  return [
    String(trials),
    ...counted,
    row.usd === undefined ? '' : row.usd === 0 ? '–' : dollars(row.usd),
    row.turns === undefined ? '' : row.turns.toFixed(1),
    row.seconds === undefined ? '' : clock(row.seconds),
  ];
}

function rateCells(rate: Rate): [string, string] {
  return [percent(rate.share), `${percent(rate.lower)} to ${percent(rate.upper)}`];
}

// What is no yes and no no stands apart, so that nobody takes it for either.
function others({ results }: SuiteRow): string {
  const told = (n: number, what: string) => (n === 0 ? [] : [`${n} ${what}`]);
  return [
    ...told(results.ungraded, 'ungraded'),
    ...told(results.broke_off, 'broke off'),
    ...told(results.not_started, 'not started'),
  ].join(', ');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function clock(seconds: number): string {
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
