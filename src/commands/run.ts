// `agent run`: an agent works on a task and all that happens becomes a session; asks for permission where a person is there to give it.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { text as streamText } from 'node:stream/consumers';
import { UserError } from '../base/errors.ts';
import { count, dollars } from '../base/text.ts';
import { runProgress } from '../listeners/run-progress.ts';
import type { RunReport } from '../stages/run.ts';
import type { CommandContext, Define } from './context.ts';
import { collect } from './flag-values.ts';
import { runAsked, takenByWorktree } from './run/asked.ts';
import type { RunFlags, SuiteFlags } from './run/flags.ts';
import { workspaceFolder } from './run/workspace-folder.ts';
import { closeWorktree } from './run/worktree.ts';
import { wholeNumber } from './selection.ts';

const MAX_TASK = 1_000_000; // characters

export const define: Define = (command, bind) => {
  command
    .argument('[task...]', 'what is to be done; with --resume, the answer or the next thing to do')
    .option('--file <path>', 'read the task from a file; - for standard input')
    .option('--agent <name>', 'who works: agents/<name>.md', 'default')
    .option('--model <id>', 'a model id, scripted:<file> or cassette:<file>')
    .option('--memory <ref>', 'load lessons from this branch, tag or commit instead of the memory branch')
    .option('--no-memory', 'start without any lesson')
    .option('--no-context', 'leave out AGENTS.md, CLAUDE.md, GEMINI.md and skills of the project')
    .option('--workspace <folder>', 'where the agent works (default: here)')
    .option(
      '--resume [session]',
      'go on with a session: its id, a beginning of it, or last; with --suite, with a run of it',
    )
    .option('--fork <session[@event]>', 'begin a session with a copy of another one, up to an event of it')
    .option('--worktree [name]', 'work in a fresh git worktree on a branch of its own, outside of this checkout')
    .option('--task-id <id>', 'name the task: outcomes are compared only between sessions of one task')
    .option('--rubric <name>', 'work until it is good by rubrics/<name>.yaml, or the rounds are used up')
    .option('--budget <limits>', 'for example 2.50, or usd=2,turns=40,minutes=20,tokens=2M; none lifts a limit')
    .option('--allow <pattern>', 'allow calls without asking, for example "bash(npm test *)"; may be repeated', collect)
    .option('--deny <pattern>', 'refuse calls, whatever else is said; may be repeated', collect)
    .option('--record <file>', 'record the exchange with the model, to be played with --model cassette:<file>')
    .option('--json', 'print every event as it happens, one JSON object a line; with --suite, the table as one')
    .option('--suite <name>', 'let agents work on all tasks of suites/<name>.yaml, each trial in a fresh workspace')
    .option('-j, --jobs <n>', 'with --suite: trials at once', wholeNumber, 4)
    .option('--trials <n>', 'with --suite: how often each task is tried', wholeNumber)
    .option('--only <task or tag...>', 'with --suite: only these tasks')
    .option('--held-out', 'with --suite: the tasks that are kept for proving, and no others')
    .option('--keep', 'with --suite: leave the workspaces of the trials where they are')
    .addHelpText(
      'after',
      `
Examples:
  $ agent run "Fix the failing test in test/date.test.ts" --allow "bash(npm test *)" --allow "edit(src/**)"
  $ agent run --file task.md --budget usd=1,turns=30
  $ agent run --resume last "Yes, drop the old column"
  $ git diff | agent run "Review this" --file - --no-memory
  $ agent run --file task.md --json | jq -r .type
  $ agent run --fork last@evt_01k8 "Try it with a queue instead"
  $ agent run --worktree=agent/parser "Rewrite the parser" --budget none
  $ agent run --suite six-sites -j 10 --trials 4
  $ agent run --suite six-sites --resume

Exit codes: 0 it says that it is done, and the rubric, if there is one, is satisfied · 1 it stopped for another reason · 2 it could not start · 130 interrupted`,
    )
    .action(bind(run));
};

async function run(context: CommandContext, words: string[], flags: RunFlags & Partial<SuiteFlags>): Promise<number> {
  const { suite, jobs = 4 } = flags;
  if (suite !== undefined)
    return await (await import('./run/suite.ts')).suiteRun(context, words, { ...flags, suite, jobs });
  refuseSuiteFlags(flags);
  const workspace = await context.open();
  const { world, print, emit } = context;
  const folder = workspaceFolder(resolve(world.cwd, flags.workspace ?? '.'));
  const typed = takenByWorktree(flags);
  if (typed.length > 0) flags.worktree = true;
  const said = await taskText(context, [...typed, ...words], flags);
  const progress = runProgress(flags.json ? () => {} : emit, world.now);
  const watch = {
    folder,
    onEvent: (event: Parameters<typeof progress.onEvent>[0]) => {
      if (flags.json) print.jsonLine(event);
      else progress.onEvent(event);
    },
    activity: progress.activity,
  };
  const report = await runAsked(context, workspace, flags, watch, said);
  context.stop();
  if (!flags.json) printReport(context, report);
  await closeWorktree(context, report);
  return exitCode(report);
}

function refuseSuiteFlags(flags: Partial<SuiteFlags>): void {
  const { trials, only, heldOut, keep } = flags;
  if ((trials ?? only ?? heldOut ?? keep) !== undefined)
    throw new UserError({
      what: '--trials, --only, --held-out and --keep are for suites',
      hint: 'add --suite <name>; agent suite list shows those there are',
    });
}

/** 0 done (and satisfied, where a rubric was given), 1 stopped for another reason, 2 the model was never reached; an interrupted run is 130. */
export function exitCode({ stop_reason, never_started, graded }: RunReport): number {
  if (stop_reason === 'end_turn') return graded === undefined || graded === 'satisfied' ? 0 : 1;
  if (stop_reason === 'interrupted') return 130;
  return never_started ? 2 : 1;
}

function printReport({ print }: CommandContext, report: RunReport): void {
  const { session, text, stop_reason, why, waiting, usage, graded } = report;
  // What was said before an interruption is no answer; it stands in the transcript and was shown as it came.
  if (text !== '' && stop_reason !== 'interrupted') print.line(print.outside(text));
  for (const need of waiting) print.line(print.outside(need));
  const tokens =
    usage.input_tokens + usage.output_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens;
  const money = usage.usd > 0 ? `, ${dollars(usage.usd)}` : '';
  const facts = `${count(usage.requests, 'turn')}, ${count(tokens, 'token')}${money}`;
  const ending = stop_reason === 'end_turn' ? '' : ` · ${stop_reason}${why === undefined ? '' : `: ${why}`}`;
  const grade = graded === undefined ? '' : ` · graded ${graded}`;
  print.next(print.outside(`${session}: ${facts}${grade}${ending}`));
  if (stop_reason === 'end_turn') print.next(`next: agent sessions show ${session}`);
  else if (waiting.length > 0) print.next(`next: agent run --resume ${session} "<your answer>"`);
  else print.next(`next: agent run --resume ${session}${stop_reason === 'budget_reached' ? ' --budget <more>' : ''}`);
}

async function taskText(
  { interactive }: CommandContext,
  words: string[],
  flags: RunFlags,
): Promise<string | undefined> {
  const typed = words.join(' ').trim();
  const parts = [typed];
  // With a task typed, an open pipe that nobody writes to must not hold the run up: it is read on --file - only.
  const goesOn = flags.resume !== undefined || flags.fork !== undefined;
  const nothingTyped = typed === '' && flags.file === undefined && !goesOn && !interactive;
  if (flags.file === '-' || nothingTyped) parts.push(await piped());
  else if (flags.file !== undefined) parts.push(fileText(flags.file));
  const text = parts.filter((part) => part.trim() !== '').join('\n\n');
  if (text.length > MAX_TASK) throw new UserError({ what: `the task is longer than ${count(MAX_TASK, 'character')}` });
  return text === '' ? undefined : text;
}

async function piped(): Promise<string> {
  return (await streamText(process.stdin)).trimEnd();
}

function fileText(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new UserError({ what: 'there is no such task file', where: path });
  return readFileSync(path, 'utf8').trimEnd();
}
