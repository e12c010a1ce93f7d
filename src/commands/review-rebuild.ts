// `agent review --rebuild`: what came of each lesson, and both texts where they contradict each other; guesses nothing.
import { diffLines } from '../base/line-diff.ts';
import { count } from '../base/text.ts';
import { readReviewBranch } from '../learning/review-branch.ts';
import { type RebuildReport, type RebuiltEntry, rebuild } from '../stages/rebuild.ts';
import { reviewer, type Workspace } from '../workspace.ts';
import type { CommandContext } from './context.ts';
import type { Printer } from './print.ts';

export interface RebuildFlags {
  memory: string;
  branch: string;
  keep?: string[];
  drop?: string[];
  dryRun?: boolean;
  json?: boolean;
}

/** Rebuilds and prints; exit code 1 where a person must settle something first. */
export async function rebuildBranch(
  context: CommandContext,
  workspace: Workspace,
  flags: RebuildFlags,
): Promise<number> {
  const report = await runRebuild(workspace, flags);
  context.stop();
  if (flags.json) context.print.json(report);
  else printRebuild(context.print, report);
  return report.status === 'contradicted' ? 1 : 0;
}

/** The rebuild itself, as `agent merge` needs it too. */
export async function runRebuild(workspace: Workspace, flags: RebuildFlags): Promise<RebuildReport> {
  const { repo, prefix, settings, world } = workspace;
  return rebuild({
    repo,
    prefix,
    memoryCommit: flags.memory,
    state: await readReviewBranch(repo, prefix, flags.memory, flags.branch),
    maxRuleWords: settings.playbooks.max_rule_words,
    keep: flags.keep ?? [],
    drop: flags.drop ?? [],
    dryRun: flags.dryRun === true,
    who: await reviewer(workspace),
    now: world.now,
  });
}

/** What came of each lesson, for people, and what to type next. */
export function printRebuild(print: Printer, report: RebuildReport): void {
  const { branch, status, entries, by_hand } = report;
  if (status === 'current') print.line(`${branch} grows from the tip of the memory branch already`);
  for (const entry of entries) printEntry(print, entry);
  for (const path of by_hand)
    print.line(`${print.paint.red('by hand')}  ${print.outside(path)} was changed on the branch, and is no lesson`);
  if (status === 'rebuilt') {
    const carried = entries.filter((e) => e.outcome === 'carried').length;
    print.line(`${branch} is rebuilt with ${count(carried, 'lesson')}; its old tip is kept at ${report.old}`);
    print.next(`next: agent review ${branch}   then: agent merge ${branch}`);
  } else if (status === 'contradicted') {
    print.line(`nothing was moved: ${branch} and the memory branch contradict each other`);
    print.next(
      by_hand.length > 0
        ? `next: merge by hand (git merge ${branch})`
        : 'next: agent review --rebuild --keep <entry…> (the branch’s text) --drop <entry…> (what is in force stands)',
    );
  } else if (status === 'nothing left') {
    print.line('nothing was moved: no lesson of it is left to decide about');
    print.next(`next: git branch -D ${branch}`);
  } else print.next(`next: agent review ${branch}`);
}

function printEntry(print: Printer, { entry, title, outcome, why, ours, theirs }: RebuiltEntry): void {
  const paint =
    outcome === 'contradiction' ? print.paint.red : outcome === 'carried' ? print.paint.green : print.paint.dim;
  print.line(`${print.paint.bold(entry)}  ${paint(outcome)}  ${print.outside(title)}`);
  if (why !== undefined) print.line(`  ${print.outside(why)}`);
  if (outcome !== 'contradiction') return;
  print.line(print.paint.dim('  - in force   + on the branch'));
  for (const line of diffLines(theirs ?? '', ours ?? '')) {
    const color = line.sign === '+' ? print.paint.green : line.sign === '-' ? print.paint.red : print.paint.reset;
    print.line(`  ${color(`${line.sign} ${print.outside(line.text)}`)}`);
  }
}
