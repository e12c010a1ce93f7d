// How the demo tells its story: a heading a step and what it computed; prints nothing that was not computed in this run.
import type { Rate, SuiteTable } from '../../agent/suite/table.ts';
import { count } from '../../base/text.ts';
import { diffText } from '../../git/read.ts';
import type { DreamReport } from '../../stages/dream.ts';
import type { MergeReport } from '../../stages/merge.ts';
import type { ProveReport } from '../../stages/prove.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { Printer } from '../print.ts';
import { printProof } from '../prove/print.ts';
import { type DemoPlan, HELD_OUT_SITES, SITES } from './plan.ts';

export interface Teller {
  laidOut(folder: string, plan: DemoPlan): void;
  flown(table: SuiteTable): void;
  dreamed(report: DreamReport): void;
  branch(workspace: Workspace, report: DreamReport): Promise<void>;
  proved(proof: ProveReport, plan: DemoPlan): void;
  merged(report: MergeReport, proof: ProveReport): void;
  again(before: SuiteTable, after: SuiteTable): void;
  end(folder: string, whole: boolean): void;
}

/** Says nothing at all where the answer is JSON. */
export function tellerOf({ print, stop }: CommandContext, silent: boolean): Teller {
  const say: Printer = silent ? { ...print, line: () => {}, table: () => {}, next: () => {} } : print;
  let step = 0;
  const heading = (title: string, text: string) => {
    stop();
    if (step++ > 0) say.line();
    say.line(`${say.paint.bold(`${step}. ${title}`)}  ${text}`);
  };
  return {
    laidOut: (folder, plan) => tellStart(say, heading, folder, plan),
    flown: (table) => {
      const flights = `${count(table.whole.done, 'mission')} at ${SITES} sites, graded by flying each again from its transcript`;
      heading('run', flights);
      say.table(['site', 'completed', '', '95 %'], rowsOf(table));
      say.table(
        ['', 'met', '', '95 %'],
        table.criteria.map((c) => [c.id, `${c.met} of ${c.of}`, ...rateCells(c)]),
      );
    },
    dreamed: (report) => tellDream(say, heading, report),
    branch: (workspace, report) => tellBranch(say, heading, workspace, report),
    proved: (proof, plan) => tellProof(say, heading, proof, plan),
    merged: ({ entries, into, commit }, { verdict }) =>
      heading(
        'merge',
        `${count(entries.length, 'lesson')} in force on ${into} (${commit.slice(0, 8)}); the proof said: ${verdict}`,
      ),
    again: (before, after) => tellAgain(say, heading, before, after),
    end: (folder, whole) => tellEnd(say, folder, whole),
  };
}

type Heading = (title: string, text: string) => void;

function tellStart(say: Printer, heading: Heading, folder: string, { model }: DemoPlan): void {
  heading('init', `a fresh repository in ${say.outside(folder)}`);
  say.line(
    'Lumara lands drones on the moon to mine ice. A commander leads, a detector finds ground, a navigator flies.',
  );
  say.line(
    model === undefined
      ? 'The crew are stand-ins: code that works by careless habit, and follows the predicates of lessons in its prompt. No model thinks here; all the rest is real.'
      : `The crew is ${say.outside(model)}.`,
  );
}

function tellDream(say: Printer, heading: Heading, report: DreamReport): void {
  const { read, changes, quarantined, withheld, silent } = report;
  heading('dream', `read ${count(read.sessions, 'session')}, without a model; it claims:`);
  for (const { title, sessions, tasks, entry } of changes)
    say.line(
      `  ${say.paint.green(entry)} ${say.outside(title)} ${say.paint.dim(`(${count(sessions, 'session')}, ${count(tasks, 'site')})`)}`,
    );
  if (changes.length === 0) say.line('  nothing');
  for (const { claim, reason } of quarantined)
    say.line(say.paint.dim(`  not learned: ${say.outside(claim)} (${say.outside(reason)})`));
  if (withheld.length > 0)
    say.line(say.paint.dim(`  ${count(withheld.length, 'finding')} held back: see agent dream --json`));
  // What compares outcomes has the most to say about its silence.
  const quiet = [...silent].sort((a, b) => Number(COMPARING.has(b.family)) - Number(COMPARING.has(a.family)));
  for (const { family, reason } of quiet.slice(0, SILENT))
    say.line(say.paint.dim(`  silent about ${family}: ${say.outside(reason)}`));
  if (quiet.length > SILENT)
    say.line(
      say.paint.dim(
        `  silent about ${quiet
          .slice(SILENT)
          .map(({ family }) => family)
          .join(', ')} too`,
      ),
    );
}

const COMPARING = new Set(['argument_rule', 'association', 'workflow', 'gap']);
const SILENT = 3;
const DIFF_LINES = 14;

async function tellBranch(say: Printer, heading: Heading, workspace: Workspace, report: DreamReport): Promise<void> {
  const { repo, prefix } = workspace;
  heading(
    'review',
    `${say.outside(report.branch ?? '')} waits; nothing is in force before a person merges it. Its diff begins:`,
  );
  const diff = await diffText(repo, report.base ?? '', report.head ?? '', [`${prefix}/playbooks`]);
  const added = diff.split('\n').filter((line) => /^\+(?!\+)/.test(line) && line.trim() !== '+');
  for (const line of added.slice(0, DIFF_LINES)) say.line(`  ${say.paint.green(say.outside(shown(line)))}`);
  if (added.length > DIFF_LINES) say.line(say.paint.dim(`  … ${added.length - DIFF_LINES} more lines: agent diff`));
}

function shown(line: string): string {
  return line.length <= LINE ? line : `${line.slice(0, LINE - 1)}…`;
}

const LINE = 160;

function tellProof(say: Printer, heading: Heading, proof: ProveReport, { model, heldOut }: DemoPlan): void {
  heading(
    'prove',
    `${HELD_OUT_SITES} sites that no dream has read, ${count(heldOut, 'mission')} each, with and without the branch`,
  );
  printProof(say, proof);
  if (model === undefined)
    say.line(
      say.paint.dim('Neutral text in the place of the lessons means little here: stand-ins read predicates alone.'),
    );
}

function tellAgain(say: Printer, heading: Heading, before: SuiteTable, after: SuiteTable): void {
  heading('run again', 'the same six sites, with the lessons in force');
  const later = new Map(after.tasks.map((row) => [row.task, row]));
  const rows = before.tasks.map((row) => [row.task, ...pair(row.rate, later.get(row.task)?.rate)]);
  say.table(
    ['site', 'before', '95 %', 'after', '95 %'],
    [...rows, ['all', ...pair(before.whole.rate, after.whole.rate)]],
  );
}

function tellEnd(say: Printer, folder: string, whole: boolean): void {
  say.line();
  say.line(`The repository stays: cd ${say.outside(folder)}`);
  const steps = whole
    ? [
        'git log --oneline',
        'agent playbooks list',
        'agent playbooks why <entry>',
        'agent sessions show last',
        'agent config',
      ]
    : ['agent mine --all', 'agent sessions list', 'agent sessions show last', 'agent status'];
  for (const line of steps) say.line(`  ${line}`);
  say.line('(`agent` is on your PATH after `npm link` in this package; else it is bin/agent.js)');
}

function rowsOf({ tasks, whole }: SuiteTable): string[][] {
  const row = (name: string, { results, rate }: SuiteTable['whole']) => [
    name,
    `${results.passed} of ${results.passed + results.failed}`,
    ...(rate === undefined ? ['', ''] : rateCells(rate)),
  ];
  return [...tasks.map((task) => row(task.task, task)), row('all', whole)];
}

function pair(before: Rate | undefined, after: Rate | undefined): string[] {
  return [
    ...(before === undefined ? ['', ''] : rateCells(before)),
    ...(after === undefined ? ['', ''] : rateCells(after)),
  ];
}

function rateCells({ share, lower, upper }: Rate): [string, string] {
  return [percent(share), `${percent(lower)} to ${percent(upper)}`];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
