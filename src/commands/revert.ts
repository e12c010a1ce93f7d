// `agent revert`: takes a lesson or a whole dream out of force again, and says what became of each; loses nothing that git has.
import { diffLines } from '../base/line-diff.ts';
import { count } from '../base/text.ts';
import { type RevertReport, revert } from '../stages/revert.ts';
import { memoryCommit, reviewer } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';

interface Flags {
  because?: string;
  dryRun?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent revert k7f3 --because "true only of the old API"
  $ agent revert d20261120-8c1f --dry-run          all lessons of one dream

A lesson that a dream added goes; one that it changed or retired becomes what it was before. It is one commit on the
memory branch: in your checkout where that branch is checked out, beside it otherwise. The verdict is kept in
decisions.jsonl, so that no dream brings it back before its evidence doubled.`;

export const define: Define = (command, bind) => {
  command
    .argument('<entry|dream>', 'a lesson, or a dream and so all its lessons')
    .option('--because <reason>', 'why, kept in decisions.jsonl')
    .option('--dry-run', 'show what would be taken back, and change nothing')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, ref: string, flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { repo, prefix, settings, world } = workspace;
  const because = flags.because?.trim();
  const report = await revert({
    repo,
    prefix,
    memoryBranch: settings.memory.branch,
    memoryCommit: await memoryCommit(workspace),
    ref,
    ...(because && { because }),
    dryRun: flags.dryRun === true,
    who: await reviewer(workspace),
    now: world.now,
  });
  const { print } = context;
  context.stop();
  if (flags.json) print.json(report);
  else printRevert(print, report, settings.memory.branch);
  return report.undone.length > 0 ? 0 : 1;
}

function printRevert(print: Printer, report: RevertReport, branch: string): void {
  const { undone, left, commit, way, what, id } = report;
  for (const { entry, title, how, before, after } of undone) {
    print.line(`${print.paint.bold(entry)}  ${print.paint.yellow(how)}  ${print.outside(title)}`);
    if (commit !== null) continue;
    for (const { sign, text } of diffLines(before ?? '', after ?? '')) {
      const paint = sign === '+' ? print.paint.green : sign === '-' ? print.paint.red : print.paint.reset;
      print.line(`  ${paint(`${sign} ${print.outside(text)}`)}`);
    }
  }
  for (const { entry, why } of left) print.line(`${print.paint.bold(entry)}  left as it is: ${print.outside(why)}`);
  if (undone.length === 0) {
    print.line(`nothing of the ${what === 'dream' ? 'dream' : 'lesson'} ${id} could be taken back`);
    print.next('next: agent playbooks list');
  } else if (commit === null) {
    print.line(`a dry run: nothing was changed`);
    print.next(`next: agent revert ${id} --because "…"`);
  } else {
    const where = way === 'checkout' ? 'in your checkout' : 'beside your checkout, which is untouched';
    print.line(`${count(undone.length, 'lesson')} taken back on ${branch} (${commit.slice(0, 8)}, ${where})`);
    print.next(`next: git show ${commit.slice(0, 8)}   (git revert ${commit.slice(0, 8)} brings it back)`);
  }
}
