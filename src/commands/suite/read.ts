// `agent suite list | show`: suites, their runs on this machine, and the table of one; changes nothing but the rebuildable index.
import { type SuiteTable, suiteTable } from '../../agent/suite/table.ts';
import { countedTrials, type TrialRecord } from '../../agent/suite/trial-record.ts';
import { UserError } from '../../base/errors.ts';
import { clip, count, oneLine } from '../../base/text.ts';
import { wholeTask } from '../../domain/suite.ts';
import { storedTrials } from '../../stages/suite.ts';
import type { Layout } from '../../store/layout.ts';
import { openIndex } from '../../store/session-index.ts';
import { listSuiteRuns, readSuiteRun } from '../../store/suite-runs.ts';
import { type FoundSuite, listSuites, readSuite } from '../../store/suites.ts';
import type { CommandContext } from '../context.ts';
import { printTable } from './print.ts';

const MOST_RUNS = 10;

/** `agent suite list`: exit code 1 where a file describes no suite. */
export async function list(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { layout } = await context.open();
  const { print } = context;
  const { suites, broken } = listSuites(layout);
  const runs = listSuiteRuns(layout);
  if (flags.json) print.json({ suites: suites.map(plain), broken, runs });
  else {
    if (suites.length === 0) print.line('there is no suite yet');
    else print.table(['suite', 'tasks', 'held out', 'trials', 'about'], suites.map(rowOf));
    for (const { from, reason } of broken) print.line(print.paint.yellow(`${from}: ${print.outside(reason)}`));
    if (runs.length > 0) print.line();
    if (runs.length > 0)
      print.table(
        ['run', 'suite', 'trials', ''],
        runs
          .slice(0, MOST_RUNS)
          .map((run) => [run.run, run.suite, String(run.tasks.length * run.trials), run.held_out ? 'held out' : '']),
      );
  }
  print.next(suites.length === 0 ? 'next: agent suite from-sessions --as <name>' : 'next: agent run --suite <name>');
  return broken.length === 0 ? 0 : 1;
}

/** `agent suite show`. */
export async function show(context: CommandContext, name: string, flags: { json?: boolean }): Promise<number> {
  const { layout } = await context.open();
  if (/^\d{8}-\d{6}-/.test(name)) return showRun(context, layout, name, flags);
  const suite = readSuite(layout, name);
  const { print } = context;
  if (flags.json) print.json(plain(suite));
  else {
    print.line(`${print.paint.bold(suite.suite)}  ${print.outside(oneLine(suite.description))}`.trimEnd());
    print.table(
      ['task', 'agent', 'rubric', 'tags', '', 'prompt'],
      suite.tasks.map((task) => {
        const { id, agent, rubric, tags, held_out: heldOut, prompt } = wholeTask(suite, task);
        const by = rubric === undefined ? 'the agent’s' : rubric === false ? 'none' : rubric;
        return [id, agent, by, tags.join(' '), heldOut ? 'held out' : '', clip(oneLine(prompt), 60)];
      }),
    );
  }
  print.next(`next: agent run --suite ${suite.suite}`);
  return 0;
}

function showRun(context: CommandContext, layout: Layout, run: string, flags: { json?: boolean }): number {
  const { print, emit } = context;
  const { suite, table, trials } = tableOf(layout, run, storedTrials(layout, run, emit), context);
  context.stop();
  if (flags.json) print.json({ suite, run, table, trials });
  else printTable(print, table);
  const left = table.whole.trials - table.whole.done;
  print.next(
    left > 0 ? `next: agent run --suite ${suite} --resume ${run}` : `next: agent sessions list --suite ${run}`,
  );
  return 0;
}

// A run of another machine is known from its sessions alone: then what was planned is what there is.
function tableOf(
  layout: Layout,
  run: string,
  records: TrialRecord[],
  { emit }: CommandContext,
): { suite: string; table: SuiteTable; trials: TrialRecord[] } {
  const order = listSuiteRuns(layout).find((known) => known.run === run);
  const trials = countedTrials(records);
  if (order === undefined && trials.length === 0) readSuiteRun(layout, run); // says that there is none
  const planned =
    order === undefined
      ? trials
      : Array.from({ length: order.trials }, (_, i) =>
          order.tasks.map(({ id }) => ({ task: id, trial: i + 1 })),
        ).flat();
  const named = order?.suite ?? openIndex(layout, emit).find((entry) => entry.suite?.run === run)?.suite?.suite;
  if (named === undefined) throw new UserError({ what: `no stored session belongs to ${run}` });
  return { suite: named, table: suiteTable(planned, records), trials };
}

function rowOf(suite: FoundSuite): string[] {
  const tasks = suite.tasks.map((task) => wholeTask(suite, task));
  const heldOut = tasks.filter((task) => task.held_out).length;
  const about = clip(oneLine(suite.description), 60);
  return [suite.suite, String(tasks.length), heldOut === 0 ? '' : count(heldOut, 'task'), String(suite.trials), about];
}

function plain({ lineOf: _lineOf, path: _path, ...suite }: FoundSuite): object {
  return suite;
}
