// `agent review`: each lesson with its text and evidence, and the verdicts on them; a screen for people, a flag for every step.
import { UserError } from '../base/errors.ts';
import { entryNamed, pickBranch, readReviewBranch } from '../learning/review-branch.ts';
import { edit } from '../stages/edit.ts';
import { decide, type ReviewReport, type ReviewRequest, review } from '../stages/review.ts';
import { openIndex } from '../store/session-index.ts';
import { memoryCommit, reviewer, type Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import { editorOf, editText, readText } from './editor.ts';
import { printReview } from './review-print.ts';
import { rebuildBranch } from './review-rebuild.ts';
import { type ReviewActions, reviewScreens } from './review-screen.ts';
import { showPassage } from './show-passage.ts';
import { openKeys } from './terminal-keys.ts';

interface Flags {
  accept?: string[];
  reject?: string[];
  because?: string;
  edit?: string;
  with?: string;
  show?: string;
  list?: boolean;
  rebuild?: boolean;
  keep?: string[];
  drop?: string[];
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent review                                    in a terminal: lesson by lesson, one key each
  $ agent review --accept k7f3 q2m8
  $ agent review --reject p4x9 --because "only true of the old API"
  $ agent review --edit k7f3 --with better.md       your own wording; the mark is kept
  $ agent review --show k7f3                        the cited passages in their sessions
  $ agent review --rebuild                          put a branch that fell behind on the new tip

Evidence is checked line by line: "here" means that the stored session still says so, word for word.`;

export const define: Define = (command, bind) => {
  command
    .argument('[branch]', 'a review branch or dream id (default: the newest that waits)')
    .option('--accept <entry...>', 'accept these lessons ("all" for every one that is undecided)')
    .option('--reject <entry...>', 'turn these lessons down: they leave the branch and stay down')
    .option('--because <reason>', 'why, kept in decisions.jsonl')
    .option('--edit <entry>', 'put your own wording of a lesson on the branch')
    .option('--with <file>', 'with --edit: the file that holds the section (else your editor is opened)')
    .option('--show <entry>', 'show what a lesson cites, where it stands in its sessions')
    .option('--list', 'print every lesson instead of going through them')
    .option('--rebuild', 'rebuild the branch on the tip of the memory branch, lesson by lesson')
    .option('--keep <entry...>', 'with --rebuild: where both sides differ, the text of the branch')
    .option('--drop <entry...>', 'with --rebuild: where both sides differ, what is in force')
    .option('--json', 'print the review as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, ref: string | undefined, flags: Flags): Promise<number> {
  refuseLoneFlags(flags);
  const workspace = await context.open();
  const { repo, prefix, layout } = workspace;
  const memory = await memoryCommit(workspace);
  const branch = await pickBranch(repo, prefix, memory, ref);
  if (flags.rebuild) return rebuildBranch(context, workspace, { ...flags, memory, branch });
  const request = { layout, repo, prefix, memoryCommit: memory, branch, index: openIndex(layout, context.emit) };
  if (flags.show !== undefined) return show(context, request, flags.show, flags.json === true);
  const changing = flags.accept !== undefined || flags.reject !== undefined || flags.edit !== undefined;
  const before = await review(request);
  const interactive = context.interactive && !changing && !flags.json && !flags.list;
  if (interactive && before.entries.some((e) => e.verdict === 'pending'))
    return screens(context, workspace, request, before);
  if (flags.edit !== undefined) await editByFlag(context, workspace, request, flags.edit, flags.with);
  const report = changing ? await verdicts(workspace, request, flags, before) : before;
  context.stop();
  if (flags.json) context.print.json(report);
  else printReview(context.print, report, changing);
  return 0;
}

function refuseLoneFlags(flags: Flags): void {
  const deciding = flags.accept !== undefined || flags.reject !== undefined;
  if (flags.because !== undefined && !deciding) {
    throw new UserError({
      what: '--because explains a verdict, and none was given',
      hint: 'add --accept <entry…> or --reject <entry…>',
    });
  }
  if (flags.with !== undefined && flags.edit === undefined)
    throw new UserError({ what: '--with is the text of an edit', hint: 'add --edit <entry>' });
  if ((flags.keep ?? flags.drop) !== undefined && !flags.rebuild)
    throw new UserError({ what: '--keep and --drop settle what a rebuild found', hint: 'add --rebuild' });
  const ways = [deciding || flags.edit !== undefined, flags.show !== undefined, flags.rebuild === true];
  if (ways.filter(Boolean).length > 1)
    throw new UserError({ what: 'verdicts, --show and --rebuild do not go together', hint: 'one command for each' });
}

async function verdicts(
  workspace: Workspace,
  request: ReviewRequest,
  flags: Flags,
  before: ReviewReport,
): Promise<ReviewReport> {
  return decide({
    ...request,
    accept: expandAll(flags.accept ?? [], before),
    reject: expandAll(flags.reject ?? [], before),
    ...(flags.because !== undefined && { because: flags.because }),
    who: await reviewer(workspace),
    now: workspace.world.now,
  });
}

function expandAll(ids: string[], report: ReviewReport): string[] {
  if (!ids.includes('all')) return ids;
  return report.entries.filter((e) => e.verdict === 'pending').map((e) => e.entry);
}

async function editByFlag(
  { interactive }: CommandContext,
  workspace: Workspace,
  { repo, prefix, memoryCommit: memory, branch }: ReviewRequest,
  id: string,
  file: string | undefined,
): Promise<void> {
  if (file === undefined && !interactive)
    throw new UserError({
      what: '--edit needs a text, and there is no terminal for an editor',
      hint: 'add --with <file>',
    });
  const state = await readReviewBranch(repo, prefix, memory, branch);
  const { entry, section = '' } = entryNamed(state, id);
  const { world } = workspace;
  const text =
    file === undefined ? editText(await editorOf(repo, world), `${entry}.md`, section, world) : readText(file);
  await edit({ repo, prefix, state, entry, text, who: await reviewer(workspace), now: world.now });
}

async function show(context: CommandContext, request: ReviewRequest, id: string, json: boolean): Promise<number> {
  const report = await review(request);
  const state = await readReviewBranch(request.repo, request.prefix, request.memoryCommit, request.branch);
  const { entry } = entryNamed(state, id);
  const found = report.entries.find((e) => e.entry === entry);
  const spans = [...(found?.evidence ?? []), ...(found?.counter_examples ?? [])];
  const { print } = context;
  context.stop();
  if (json) print.json(spans);
  else
    for (const span of spans) {
      showPassage(print, span);
      print.line();
    }
  if (spans.length === 0 && !json) print.line('no passage is kept for this lesson');
  print.next(`next: agent review --accept ${entry} | --reject ${entry} --because "…"`);
  return 0;
}

async function screens(
  context: CommandContext,
  workspace: Workspace,
  request: ReviewRequest,
  first: ReviewReport,
): Promise<number> {
  const { repo, prefix, world } = workspace;
  const who = await reviewer(workspace);
  const editor = await editorOf(repo, world);
  const actions: ReviewActions = {
    decide: (entry, verdict, because) =>
      decide({
        ...request,
        accept: verdict === 'accept' ? [entry] : [],
        reject: verdict === 'reject' ? [entry] : [],
        ...(because !== undefined && { because }),
        who,
        now: world.now,
      }),
    compose: (entry, text) => editText(editor, `${entry}.md`, text, world),
    edit: async (entry, text) => {
      const state = await readReviewBranch(repo, prefix, request.memoryCommit, request.branch);
      await edit({ repo, prefix, state, entry, text, who, now: world.now });
      return review(request);
    },
  };
  context.stop();
  const keys = openKeys(process.stdin, context.signal);
  try {
    printReview(context.print, await reviewScreens(context.print, keys, context.signal, first, actions), true);
  } finally {
    keys.close();
  }
  return 0;
}
