// `agent merge`: puts a reviewed branch in force, and says what was not decided; never resolves a conflict by guessing.
import { count } from '../base/text.ts';
import { pickBranch, readReviewBranch } from '../learning/review-branch.ts';
import { merge } from '../stages/merge.ts';
import { memoryCommit, reviewer } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';

interface Flags {
  delete?: boolean;
  json?: boolean;
}

export const define: Define = (command, bind) => {
  command
    .argument('[branch]', 'a review branch or dream id (default: the newest that waits)')
    .option('--delete', 'delete the review branch afterwards')
    .option('--json', 'print what was merged as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent merge\n  $ agent merge dream/d20261120-8c1f --delete')
    .action(bind(run));
};

async function run(context: CommandContext, ref: string | undefined, flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { repo, prefix, settings } = workspace;
  const memory = await memoryCommit(workspace);
  const branch = await pickBranch(repo, memory, ref);
  const report = await merge({
    repo,
    prefix,
    memoryBranch: settings.memory.branch,
    state: await readReviewBranch(repo, prefix, memory, branch),
    who: await reviewer(workspace),
    now: context.world.now,
    deleteBranch: flags.delete === true,
  });
  const { print, emit } = context;
  if (report.undecided.length > 0) {
    emit({ type: 'warning', stage: 'merge', text: `merged without a verdict: ${report.undecided.join(', ')}` });
  }
  if (flags.json) print.json(report);
  else {
    const how = report.way === 'checkout' ? 'in your checkout' : 'beside your checkout, which is untouched';
    print.line(
      `${report.branch} is in force on ${report.into}: ${count(report.entries.length, 'lesson')} (${report.commit.slice(0, 8)}, ${how})`,
    );
  }
  print.next('next: agent playbooks list');
  return 0;
}
