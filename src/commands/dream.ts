// `agent dream`: chooses the sessions, asks whether it is due, runs the stage, says what came of it.
import { groupBy } from '../base/collections.ts';
import { UserError } from '../base/errors.ts';
import { keepHeapSmall } from '../base/heap.ts';
import { count } from '../base/text.ts';
import { parseDuration } from '../base/time.ts';
import { isForProof } from '../domain/run-marks.ts';
import { projectOf } from '../git/work-tree.ts';
import { type DreamReport, dream } from '../stages/dream.ts';
import { stillWanted } from '../stages/publish.ts';
import { dueFrom, isNew, lastCompleted, readWatermark } from '../store/dream-log.ts';
import { listIndex } from '../store/session-list.ts';
import type { Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import { printEstimate, printWishes, printWords } from './dream/print-words.ts';
import { openWords, type WordsFlags } from './dream/words.ts';
import type { Printer } from './print.ts';
import { type Chosen, chooseSessions, type ProjectFlags, printProjects, withProjects } from './projects.ts';
import { lookAtServer, type PublishFlags, publishBranches, remoteFor, tellPublished } from './publishing.ts';
import { withSelection } from './selection.ts';

interface Flags extends ProjectFlags, PublishFlags, WordsFlags {
  base?: string;
  dryRun?: boolean;
  ifDue?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent dream                        every stored session of this project, or of none
  $ agent dream --projects all         other projects' sessions as well; or name some: --projects this tea
  $ agent dream --since 7d --dry-run   what the last week would teach, nothing written
  $ agent dream --if-due               for crontab: only after 24 h and 5 new sessions (settable)
  $ agent dream --push --pr            push the branch, and open or update its pull request
  $ agent dream --estimate             what wording by a model may cost at most; nothing is asked
  $ agent dream --budget 0.50 --instructions "Look at the deploy tools."
  $ agent dream --deep 100             a model reads 100 sessions for what cannot be counted (40 by default)
  $ agent dream --instructions "merge k7f3 into q2m8, leave *paying* alone and retire x9c2"
  $ agent dream --plain                our own wording, no model

The same sessions on the same base give the same branch, commit for commit. No key and no network are needed: with one, a
model words the lessons and code checks every word (docs/dream.md); without one, or where it fails, our own wording stands.
With --push it looks at the server first, so that nobody proposes twice. A dream stands even if its push fails (exit code
1, the reason on stderr); the next \`dream --push\` or \`sync --push\` tries again. --pr needs gh or glab, else it prints
the page to open.`;

export const define: Define = (command, bind) => {
  withProjects(withSelection(command))
    .option('--base <ref>', 'grow from this ref instead of the memory branch')
    .option('--dry-run', 'say what would be learned, write nothing')
    .option('--if-due', 'do nothing unless enough time has passed and enough sessions are new')
    .option('--push [remote]', 'push the new review branch (default: the memory branch’s upstream, or origin)')
    .option('--pr', 'open or update its pull request (pushes too)')
    .option('--plain', 'ask no model: our own wording')
    .option('--budget <limits>', 'what models may cost, for example 0.50, or usd=1,turns=40')
    .option('--estimate', 'say what models may cost at most, ask nothing, write nothing')
    .option('--instructions <text>', 'what to look at and how to write, at most 4,096 characters; @file reads a file')
    .option('--deep <sessions>', 'how many sessions a model reads in digests, instead of dream.sample')
    .option('--batch', 'ask through the Message Batches API: half the price, minutes to hours; run again to collect')
    .option('--record-answers', 'put the models’ answers beside the report, so that others can replay the dream')
    .option('--answers <file>', 'replay: take answers from this file before asking anybody')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, flags: Flags): Promise<number> {
  keepHeapSmall();
  if ((flags.dryRun || flags.estimate) && (flags.push !== undefined || flags.pr))
    throw new UserError({
      what: `--${flags.dryRun ? 'dry-run' : 'estimate'} writes nothing, so there is nothing to push`,
      hint: 'leave one of them out',
    });
  const workspace = await context.open();
  const { emit, print } = context;
  const remote = await remoteFor(workspace, flags);
  const index = await listIndex(workspace.layout, emit, { each: true, signal: context.signal });
  const chosen = chooseSessions(index, flags, workspace);
  const reason = flags.ifDue
    ? notDue(workspace, chooseSessions(index, { ...(flags.projects && { projects: flags.projects }) }, workspace))
    : undefined;
  if (remote !== undefined && reason === undefined) await lookAtServer(context, workspace, remote);
  const report = reason !== undefined ? skipped(reason) : await dreamed(context, workspace, flags, chosen.sessions);
  const fresh = report.branch === null ? [] : [report.branch];
  const published =
    remote === undefined
      ? undefined
      : await publishBranches(
          context,
          workspace,
          remote,
          [...stillWanted(workspace.layout, remote.name), ...fresh],
          flags.pr === true,
        );
  context.stop();
  const { left } = chosen;
  if (flags.json)
    print.json({ ...report, ...(left.length > 0 && { other_projects: left }), ...(published && { published }) });
  else if (report.estimate !== undefined) printEstimate(print, report.estimate, workspace.settings);
  else {
    if (report.status !== 'skipped') printProjects(print, chosen);
    printReport(print, report, flags.dryRun === true);
  }
  return published === undefined ? 0 : tellPublished(context, published, flags.json === true);
}

async function dreamed(
  context: CommandContext,
  workspace: Workspace,
  flags: Flags,
  sessions: Chosen['sessions'],
): Promise<DreamReport> {
  const { world, emit, signal } = context;
  const { words, orders, close } = await openWords(context, workspace, flags);
  try {
    return await dream({
      ...workspace,
      sessions,
      settings: deepened(workspace.settings, flags.deep),
      base: flags.base ?? workspace.settings.memory.branch,
      words,
      orders,
      keep: { redact: workspace.redact, random: world.random, by: workspace.by, project: projectOf(workspace.repo) },
      dryRun: flags.dryRun === true || flags.estimate === true,
      now: world.now,
      emit,
      signal,
    });
  } finally {
    await close();
  }
}

const MOST_READ = 1000;

function deepened(settings: Workspace['settings'], deep: string | undefined): Workspace['settings'] {
  if (deep === undefined) return settings;
  const sample = Number(deep);
  if (!/^\d{1,4}$/.test(deep) || sample > MOST_READ)
    throw new UserError({
      what: `--deep ${deep} is no number of sessions`,
      hint: `0 to ${MOST_READ}; each is read twice, in a digest of up to 4,000 tokens`,
    });
  return { ...settings, dream: { ...settings.dream, sample } };
}

// Both gates of the settings must be open: time since the newest dream, and sessions that no dream has read.
function notDue({ layout, settings, world }: Workspace, { sessions }: Chosen): string | undefined {
  const last = lastCompleted(layout);
  const every = parseDuration(settings.dream.every) ?? 0;
  const now = world.now().getTime();
  if (last !== undefined && now < dueFrom(last.at, every, now)) {
    return `the newest dream ended at ${last.at}, less than ${settings.dream.every} ago`;
  }
  const mark = readWatermark(layout);
  const fresh = sessions.filter((s) => !isForProof(s) && isNew(mark, s)).length;
  const needed = settings.dream.min_new_sessions;
  return fresh < needed ? `${count(fresh, 'new session')}, ${needed} are needed` : undefined;
}

function skipped(reason: string): DreamReport {
  return {
    dream: null,
    status: 'skipped',
    reason,
    branch: null,
    base: null,
    head: null,
    read: { sessions: 0, new: 0, collapsed: 0, from_cache: 0, held_out: 0 },
    cards: 0,
    changes: [],
    quarantined: [],
    withheld: [],
    silent: [],
    notes: [],
    usage: { usd: 0, input_tokens: 0, output_tokens: 0 },
  };
}

function printReport(print: Printer, report: DreamReport, dryRun: boolean): void {
  if (report.status === 'skipped') {
    print.line(`not due: ${report.reason ?? ''}`);
    return;
  }
  const { read, changes } = report;
  const copies = read.collapsed > 0 ? `, ${count(read.collapsed, 'copy', 'copies')} left out` : '';
  print.line(
    `read ${count(read.sessions, 'session')} (${read.new} new${copies}), found ${count(report.cards, 'card')}`,
  );
  if (read.held_out > 0) print.line(`${count(read.held_out, 'session')} left out: held out for proving`);
  for (const change of changes) {
    const support = `${count(change.sessions, 'session')} · ${count(change.tasks, 'task')} · grade ${change.grade}`;
    print.line(
      `  ${print.paint.bold(change.entry)} ${change.change} ${print.outside(change.playbook)}: ${print.outside(change.title)}`,
    );
    print.line(`       ${print.paint.dim(support)}`);
  }
  printWishes(print, report);
  printWords(print, report);
  if (report.quarantined.length > 0)
    print.line(
      `${count(report.quarantined.length, 'finding')} quarantined (anecdotes and what may not enter a playbook)`,
    );
  if (report.withheld.length > 0) {
    print.line(`${count(report.withheld.length, 'finding')} withheld:`);
    for (const line of summarise(report.withheld.map((w) => w.reason))) print.line(print.paint.dim(`  ${line}`));
  }
  if (report.notes.length > 0)
    print.line(`${count(report.notes.length, 'doubtful place')} in notes: see the report, or --json`);
  if (changes.length === 0) print.line('nothing worth changing was found; no branch was made');
  else if (dryRun) print.line('dry run: nothing was written');
  else
    print.line(
      `${count(changes.length, 'lesson')} on ${print.paint.bold(report.branch ?? '')}, one commit each; your checkout is untouched`,
    );
  if (changes.length > 0 && !dryRun)
    print.next(`next: agent review   (or: git log -p ${report.base?.slice(0, 8)}..${report.branch})`);
}

// Counts in a reason differ from finding to finding, so only what comes before the first of them tells reasons apart.
function summarise(reasons: string[]): string[] {
  const groups = groupBy(reasons, (reason) => reason.split(/[:;]| \d/)[0] ?? reason);
  return [...groups].map(([, same]) =>
    same.length === 1 ? (same[0] ?? '') : `${same.length} × ${same[0]}, and the like`,
  );
}
