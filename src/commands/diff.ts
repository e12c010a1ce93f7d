// `agent diff`: what a review branch would change, as a git diff; changes nothing.
import { diffText } from '../git/read.ts';
import { resolveCommit } from '../git/refs.ts';
import { pickBranch, readReviewBranch } from '../learning/review-branch.ts';
import { memoryCommit } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';

interface Flags {
  all?: boolean;
  entry?: string;
  json?: boolean;
}

export const define: Define = (command, bind) => {
  command
    .argument('[branch]', 'a review branch or dream id (default: the newest that waits)')
    .option('--all', 'the report and the evidence too, not only the playbooks')
    .option('--entry <id>', 'only the commit of this lesson')
    .option('--json', 'print branch, base, head and diff as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent diff\n  $ agent diff dream/d20261120-8c1f --entry k7f3')
    .action(bind(run));
};

async function run(context: CommandContext, ref: string | undefined, flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { repo, prefix } = workspace;
  const memory = await memoryCommit(workspace);
  const branch = await pickBranch(repo, prefix, memory, ref);
  const state = await readReviewBranch(repo, prefix, memory, branch);
  const commit = state.entries.find((e) => e.entry === flags.entry)?.commit;
  const paths = flags.all ? [prefix] : [`${prefix}/playbooks`];
  const from = commit === undefined ? state.base : await resolveCommit(repo, `${commit}^`);
  const diff = await diffText(repo, from, commit ?? state.head, paths);
  const { print } = context;
  if (flags.json) print.json({ branch, dream: state.dream, base: state.base, head: state.head, diff });
  else for (const line of diff.trimEnd().split('\n')) print.line(paintDiff(print.outside(line), print.paint));
  print.next(`next: agent review ${branch}`);
  return flags.entry !== undefined && commit === undefined ? 1 : 0;
}

function paintDiff(line: string, paint: CommandContext['print']['paint']): string {
  if (/^(diff|index|---|\+\+\+) /.test(line)) return paint.bold(line);
  if (line.startsWith('@@')) return paint.cyan(line);
  if (line.startsWith('+')) return paint.green(line);
  return line.startsWith('-') ? paint.red(line) : line;
}
