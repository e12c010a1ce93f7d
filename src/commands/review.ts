// `agent review`: each lesson with its text and evidence, and the verdicts on them; every step is a flag.

import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { pickBranch } from '../learning/review-branch.ts';
import { decide, type ReviewReport, review } from '../stages/review.ts';
import type { CheckedSpan } from '../store/evidence.ts';
import { openIndex } from '../store/session-index.ts';
import { memoryCommit, reviewer } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';

interface Flags {
  accept?: string[];
  reject?: string[];
  because?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent review                                    every lesson of the newest dream
  $ agent review --accept k7f3 q2m8
  $ agent review --reject p4x9 --because "only true of the old API"

Evidence is checked line by line: "here" means that the stored session still says so, word for word.`;

export const define: Define = (command, bind) => {
  command
    .argument('[branch]', 'a review branch or dream id (default: the newest that waits)')
    .option('--accept <entry...>', 'accept these lessons ("all" for every one that is undecided)')
    .option('--reject <entry...>', 'turn these lessons down: they leave the branch and stay down')
    .option('--because <reason>', 'why, kept in decisions.jsonl')
    .option('--json', 'print the review as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, ref: string | undefined, flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { world, emit, print } = context;
  const memory = await memoryCommit(workspace);
  const branch = await pickBranch(workspace.repo, memory, ref);
  const request = { ...workspace, memoryCommit: memory, branch, index: openIndex(workspace.layout, emit) };
  if (flags.because !== undefined && !flags.accept && !flags.reject) {
    throw new UserError({
      what: '--because explains a verdict, and none was given',
      hint: 'add --accept <entry…> or --reject <entry…>',
    });
  }
  const deciding = flags.accept !== undefined || flags.reject !== undefined;
  const before = await review(request);
  const report = deciding
    ? await decide({
        ...request,
        accept: expandAll(flags.accept ?? [], before),
        reject: expandAll(flags.reject ?? [], before),
        ...(flags.because !== undefined && { because: flags.because }),
        who: await reviewer(workspace),
        now: world.now,
      })
    : before;
  context.stop();
  if (flags.json) print.json(report);
  else printReview(print, report, deciding);
  return 0;
}

function expandAll(ids: string[], report: ReviewReport): string[] {
  if (!ids.includes('all')) return ids;
  return report.entries.filter((e) => e.verdict === 'pending').map((e) => e.entry);
}

function printReview(print: Printer, report: ReviewReport, short: boolean): void {
  const behind = report.behind > 0 ? `, ${count(report.behind, 'commit')} behind` : '';
  print.line(`${print.paint.bold(report.branch)} · ${count(report.entries.length, 'lesson')}${behind}`);
  for (const entry of report.entries) {
    const verdict = {
      pending: print.paint.yellow('undecided'),
      accepted: print.paint.green('accepted'),
      rejected: print.paint.red('turned down'),
    }[entry.verdict];
    print.line();
    print.line(
      `${print.paint.bold(entry.entry)}  ${entry.change} ${entry.kind}, grade ${entry.grade}, in ${print.outside(entry.playbook)} · ${verdict}`,
    );
    print.line(`  ${print.outside(entry.title)}`);
    if (entry.because !== undefined) print.line(`  because ${print.outside(entry.because)}`);
    if (short) continue;
    for (const line of ruleLines(entry.section)) print.line(`  ${print.outside(line)}`);
    for (const span of entry.evidence) print.line(spanLine(print, span));
    for (const span of entry.counter_examples) print.line(spanLine(print, span, 'against '));
    if (entry.counter_examples.length === 0) print.line(print.paint.dim('    no counter-example was found'));
  }
  const open = report.entries.filter((e) => e.verdict === 'pending').length;
  print.line();
  print.next(
    open > 0
      ? 'next: agent review --accept <entry…> | --reject <entry…> --because "…"   then: agent merge'
      : 'next: agent merge',
  );
}

// Evidence is shown checked, below, so the section's own folded list would only repeat it.
function ruleLines(section: string | undefined): string[] {
  const rule = (section ?? '')
    .replace(/^## .*\n/, '')
    .replace(/<!--[\s\S]*?-->\n?/g, '')
    .replace(/<details>[\s\S]*/, '');
  return rule.split('\n').filter((line) => line.trim() !== '');
}

function spanLine(print: Printer, span: CheckedSpan, prefix = ''): string {
  const paint = { here: print.paint.green, mismatch: print.paint.red, 'not on this machine': print.paint.yellow }[
    span.verified
  ];
  const place = span.line === undefined ? '' : `:${span.line}`;
  return `    ${paint(span.verified)} ${prefix}${span.session}${place} “${print.outside(span.quote).replace(/\s+/g, ' ')}”`;
}
