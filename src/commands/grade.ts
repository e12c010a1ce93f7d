// `agent grade`: judges stored sessions by a rubric, later and again, and measures the grader against people's labels; runs no agent.
import { UserError } from '../base/errors.ts';
import { clip, count, oneLine } from '../base/text.ts';
import type { Label } from '../grading/labels.ts';
import { type GradedSession, gradeSessions } from '../stages/grade.ts';
import { type FoundRubric, readRubric } from '../store/rubrics.ts';
import { type IndexEntry, openIndex } from '../store/session-index.ts';
import { findSession } from '../store/sessions.ts';
import type { Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import { calibrated, labelsIn } from './grade/calibrate.ts';
import { openGraders } from './graders.ts';
import { type SelectionFlags, select, wholeNumber, withSelection } from './selection.ts';

interface Flags extends SelectionFlags {
  rubric?: string;
  all?: boolean;
  again?: boolean;
  jobs: number;
  calibrate?: string;
  json?: boolean;
}

export const define: Define = (command, bind) => {
  withSelection(command.argument('[session...]', 'ids, unique beginnings of them, or last (the default)'))
    .option('--rubric <name>', 'rubrics/<name>.yaml, or the path of a rubric (default: what the session worked for)')
    .option('--all', 'every stored session')
    .option('--again', 'grade also what this very rubric has graded already')
    .option('-j, --jobs <n>', 'sessions graded side by side', wholeNumber, 4)
    .option(
      '--calibrate <labels.jsonl>',
      'compare the grader with what people said, and keep the result beside the rubric; imported: with labels that came with an import',
    )
    .option('--json', 'print every grade as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ agent grade                                        the newest session, by the rubric it worked for
  $ agent grade --rubric landing --since 7d -j 8       stopped with Ctrl-C, it goes on where it was
  $ agent grade 2026 --rubric landing --again
  $ agent grade --suite 20261121-080012-k3v9           the trials of one run of a suite
  $ agent grade --rubric landing --calibrate labels.jsonl
  $ agent grade --rubric acted --calibrate imported     against the rewards of an imported benchmark

A line of labels.jsonl: {"session": "<id>", "criterion": "<id, or left out for the whole>", "verdict": "met" or "not_met"}

Exit codes: 0 all satisfied · 1 at least one is not, or could not be decided · 2 could not start`,
    )
    .action(bind(grade));
};

async function grade(context: CommandContext, refs: string[], flags: Flags): Promise<number> {
  const workspace = await context.open();
  const labels = flags.calibrate === undefined ? undefined : labelsIn(context, workspace, flags.calibrate);
  const sessions = chosen(context, workspace, refs, flags, labels?.labels);
  const graded = await gradeAll(context, workspace, flags, sessions);
  context.stop();
  if (labels !== undefined) return calibrated(context, workspace, flags, graded, labels);
  if (flags.json) context.print.json(graded);
  else printGrades(context, graded);
  context.print.next(graded.length === 0 ? 'next: agent run, or agent import' : 'next: agent sessions show <id>');
  return graded.every((g) => 'evaluation' in g && g.evaluation.result === 'satisfied') ? 0 : 1;
}

async function gradeAll(
  context: CommandContext,
  workspace: Workspace,
  flags: Flags,
  sessions: { entry: IndexEntry; rubric: FoundRubric }[],
): Promise<GradedSession[]> {
  const { world, emit, signal } = context;
  const { layout, redact } = workspace;
  const graders = openGraders(context, workspace, layout.root);
  try {
    return await gradeSessions({
      layout,
      redact,
      sessions,
      again: flags.again === true,
      jobs: flags.jobs,
      depsFor: graders.depsFor,
      now: world.now,
      random: world.random,
      emit,
      signal,
    });
  } finally {
    await graders.close();
  }
}

// The sessions that are meant, each with its rubric. Those that worked for none are left out where many were asked for.
function chosen(
  { world, emit }: CommandContext,
  { layout }: Workspace,
  refs: string[],
  flags: Flags,
  labels: Label[] | undefined,
): { entry: IndexEntry; rubric: FoundRubric }[] {
  const index = openIndex(layout, emit);
  const { since, last, agent, source, model, outcome, suite } = flags;
  const filtered = since ?? last ?? agent ?? source ?? model ?? outcome ?? suite;
  const labelled =
    labels && [...new Set(labels.map((label) => label.session))].filter((id) => index.some((e) => e.id === id));
  const named = refs.length > 0 || flags.sessions !== undefined ? [...refs, ...(flags.sessions ?? [])] : labelled;
  const many = flags.all === true || filtered !== undefined || labels !== undefined;
  const entries =
    named === undefined && !many
      ? [findSession(index, 'last')]
      : select(index, { ...flags, ...(named !== undefined && { sessions: named }) }, world.now());
  const rubrics = new Map<string, FoundRubric>();
  const rubricOf = (name: string) => {
    const known = rubrics.get(name) ?? readRubric(layout, name, world.cwd);
    rubrics.set(name, known);
    return known;
  };
  const without: string[] = [];
  const pairs = entries.flatMap((entry) => {
    const name = flags.rubric ?? entry.rubric;
    if (name === undefined) without.push(entry.id);
    return name === undefined ? [] : [{ entry, rubric: rubricOf(name) }];
  });
  if (pairs.length === 0 && without.length > 0)
    throw new UserError({
      what: `${count(without.length, 'session')} worked for no rubric, so there is nothing to grade by`,
      hint: 'agent grade --rubric <name>; agent rubric list shows those there are',
    });
  if (without.length > 0)
    emit({
      type: 'note',
      stage: 'grade',
      text: `${count(without.length, 'session')} left out: they worked for no rubric`,
    });
  return pairs;
}

function printGrades({ print }: CommandContext, graded: readonly GradedSession[]): void {
  for (const one of graded) {
    if ('skipped' in one) {
      print.line(`${print.paint.yellow('not graded')}  ${one.session}  ${print.outside(one.skipped)}`);
      continue;
    }
    const { result, score, criteria, reason } = one.evaluation;
    const color =
      result === 'satisfied' ? print.paint.green : result === 'ungraded' ? print.paint.yellow : print.paint.red;
    const share = score === undefined ? '' : `  ${score.toFixed(2)}`;
    print.line(
      `${color(result)}${share}  ${one.session}  ${one.rubric}${one.fresh ? '' : print.paint.dim('  (graded before)')}`,
    );
    if (graded.length > 1) continue;
    for (const { id, verdict, by, reason: why, evidence = [], notes = [] } of criteria) {
      print.line(`  ${verdict.padEnd(11)} ${id} (${by})  ${print.outside(clip(oneLine(why), 200))}`);
      for (const { quote } of evidence.slice(0, 2))
        print.line(print.paint.dim(`    “${print.outside(clip(oneLine(quote), 160))}”`));
      for (const note of notes) print.line(print.paint.yellow(`    ${print.outside(note)}`));
    }
    if (reason !== undefined) print.line(`  ${print.outside(clip(oneLine(reason), 400))}`);
  }
  const passed = graded.filter((g) => 'evaluation' in g && g.evaluation.result === 'satisfied').length;
  if (graded.length > 1) print.line(`${passed} of ${count(graded.length, 'session')} satisfied`);
}
