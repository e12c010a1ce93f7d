// `agent sync`: what became of the review branches on the server; moves only what nobody has checked out, deletes only what is in force.
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { pickRemote } from '../git/remote.ts';
import { BRANCH_PREFIX, readReviewBranch } from '../learning/review-branch.ts';
import type { Published } from '../stages/publish.ts';
import { decide } from '../stages/review.ts';
import { type SyncedBranch, type SyncReport, sync } from '../stages/sync.ts';
import { openIndex } from '../store/session-index.ts';
import { memoryCommit, reviewer, type Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';
import { publishBranches, tellPublished } from './publishing.ts';

interface Flags {
  push?: boolean;
  pr?: boolean;
  take?: boolean;
  prune?: boolean;
  droppedAsRejected?: boolean;
  because?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent sync                         what was merged, squashed, changed or dropped on the server
  $ agent sync --push --pr             and push what waits here, with a pull request each
  $ agent sync --take                  and make local branches of those that only the server has
  $ agent sync --prune                 and delete local branches whose lessons are all in force
  $ agent sync --dropped-as-rejected --because "closed without merging"

The memory branch is moved forward where nobody has it checked out; elsewhere the command is printed. A review branch that
was deleted on the server without being in force is only reported, unless --dropped-as-rejected says what was meant.`;

export const define: Define = (command, bind) => {
  command
    .argument('[remote]', 'the remote (default: the memory branch’s upstream, or origin)')
    .option('--push', 'push review branches that wait here and are not on the server as they are here')
    .option('--pr', 'open or update a pull request for each of them (pushes too)')
    .option('--take', 'make local branches of review branches that only the server has')
    .option('--prune', 'delete local review branches whose lessons are all in force or turned down')
    .option('--dropped-as-rejected', 'turn down the lessons of branches that were deleted on the server')
    .option('--because <reason>', 'why, with --dropped-as-rejected; kept in decisions.jsonl')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, name: string | undefined, flags: Flags): Promise<number> {
  if (flags.because !== undefined && !flags.droppedAsRejected) {
    throw new UserError({ what: '--because explains --dropped-as-rejected, which was not given' });
  }
  const workspace = await context.open();
  const { layout, repo, prefix, settings } = workspace;
  const memoryBranch = settings.memory.branch;
  const remote = await pickRemote(repo, memoryBranch, name);
  const report = await sync({
    layout,
    repo,
    prefix,
    memoryBranch,
    memoryCommit: await memoryCommit(workspace),
    remote,
    prune: flags.prune === true,
    take: flags.take === true,
    env: context.world.env,
    now: context.world.now,
    emit: context.emit,
    signal: context.signal,
  });
  const turnedDown = flags.droppedAsRejected ? await turnDown(context, workspace, report, flags.because) : [];
  const wanted = report.branches.filter((b) => b.state === 'not there' || b.state === 'ahead').map((b) => b.branch);
  const current = report.branches.filter((b) => flags.pr && b.state === 'waiting').map((b) => b.branch);
  const published: Published[] =
    flags.push || flags.pr
      ? await publishBranches(context, workspace, remote, [...wanted, ...current], flags.pr === true)
      : [];
  context.stop();
  if (flags.json) context.print.json({ ...report, turned_down: turnedDown, published });
  else printReport(context.print, report, turnedDown, flags);
  const code = tellPublished(context, published, flags.json === true);
  const stuck = report.branches.filter((b) => b.state === 'diverged').map((b) => b.branch);
  if ((flags.push || flags.pr) && stuck.length > 0) {
    const text = `not pushed, because the server has changes that are not here: ${stuck.join(', ')}`;
    context.emit({ type: 'warning', stage: 'sync', text });
    return 1;
  }
  context.print.next(nextStep(report, flags));
  return code;
}

// A verdict is a commit on the review branch here, as with `agent review`; merging that branch brings it into force.
async function turnDown(
  context: CommandContext,
  workspace: Workspace,
  report: SyncReport,
  because: string | undefined,
): Promise<{ branch: string; entries: string[] }[]> {
  const index = openIndex(workspace.layout, context.emit);
  const memory = await memoryCommit(workspace);
  const done: { branch: string; entries: string[] }[] = [];
  for (const { branch } of report.branches.filter((b) => b.state === 'dropped')) {
    const state = await readReviewBranch(workspace.repo, workspace.prefix, memory, branch);
    const entries = state.entries.filter((e) => e.verdict === 'pending').map((e) => e.entry);
    if (entries.length === 0) continue;
    await decide({
      ...workspace,
      memoryCommit: memory,
      branch,
      index,
      accept: [],
      reject: entries,
      because: because ?? `its branch was deleted on ${report.remote} without being merged`,
      who: await reviewer(workspace),
      now: context.world.now,
    });
    done.push({ branch, entries });
  }
  return done;
}

function printReport(
  print: Printer,
  report: SyncReport,
  turnedDown: readonly { branch: string; entries: string[] }[],
  flags: Flags,
): void {
  const { memory, remote } = report;
  const moved = memory.moved ? 'moved forward to it' : undefined;
  print.line(`${print.paint.bold(memory.branch)} and ${remote}/${memory.branch}: ${moved ?? MEMORY[memory.state]}`);
  if (memory.command !== undefined) print.line(`  ${memory.command}`);
  for (const branch of report.branches) printBranch(print, branch, remote);
  for (const { branch, entries } of turnedDown)
    print.line(`turned down on ${branch}: ${entries.join(', ')}; agent merge ${branch} brings the verdict into force`);
  if (report.branches.length === 0) print.line('no review branch, here or there');
  const dropped = report.branches.some((b) => b.state === 'dropped');
  if (dropped && !flags.droppedAsRejected)
    print.line('if dropping meant turning down: agent sync --dropped-as-rejected --because "…"');
}

function printBranch(print: Printer, branch: SyncedBranch, remote: string): void {
  const lessons = branch.lessons.filter((l) => l.state !== 'in force' || branch.state !== 'merged');
  const did = branch.did === undefined ? '' : `; ${branch.did} here`;
  print.line(`${print.paint.bold(print.outside(branch.branch))}  ${BRANCH[branch.state]}${did}`);
  for (const { entry, what } of branch.changes) print.line(`    ${entry} ${what} on ${remote}`);
  const states = new Map<string, string[]>();
  for (const { entry, state, also_on } of lessons) {
    const label = also_on === undefined ? state : `${state}, also on ${also_on.join(', ')}`;
    states.set(label, [...(states.get(label) ?? []), entry]);
  }
  if (branch.state === 'waiting' && states.size === 1 && states.has('open')) {
    print.line(`    ${count(lessons.length, 'lesson')}`);
    return;
  }
  for (const [state, entries] of states) print.line(`    ${state}: ${entries.map(print.outside).join(', ')}`);
  if (branch.state === 'diverged') {
    print.line(`    take theirs: git branch -f ${branch.branch} ${remote}/${branch.branch}`);
  }
}

const MEMORY: Record<SyncReport['memory']['state'], string> = {
  same: 'the same',
  behind: 'the server has more; you have it checked out, so move it yourself:',
  ahead: 'this machine has more, which is not on the server:',
  diverged: 'both have something that the other lacks:',
  'not there': 'the server has no such branch:',
};

const BRANCH: Record<SyncedBranch['state'], string> = {
  merged: 'merged: in force',
  squashed: 'in force under other commits (squashed, rebased or picked)',
  waiting: 'waits for review, the same on both sides',
  'not there': 'waits for review, only here',
  ahead: 'waits for review, with more here than on the server',
  'changed there': 'waits for review, changed on the server',
  diverged: 'waits for review, changed here and on the server',
  'only there': 'waits for review, only on the server',
  dropped: 'dropped: deleted on the server, and not in force',
};

function nextStep({ branches, memory }: SyncReport, flags: Flags): string {
  const has = (...states: SyncedBranch['state'][]) =>
    branches.some((b) => states.includes(b.state) && b.did === undefined);
  if (memory.state === 'behind' && !memory.moved) return `next: ${memory.command ?? ''}`;
  if (has('only there')) return 'next: agent sync --take';
  if (has('not there', 'ahead') && !flags.push && !flags.pr) return 'next: agent sync --push';
  if (branches.some((b) => b.complete && b.here !== null && b.did === undefined)) return 'next: agent sync --prune';
  const open = branches.some((b) => b.here !== null && !['merged', 'squashed'].includes(b.state));
  return open ? `next: agent review   (branches: git branch --list '${BRANCH_PREFIX}*')` : 'next: agent status';
}
