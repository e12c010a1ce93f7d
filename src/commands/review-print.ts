// How lessons under review look: title, difference, checked evidence, verdict; prints, decides nothing.
import { diffLines } from '../base/line-diff.ts';
import { count } from '../base/text.ts';
import type { ReviewReport } from '../stages/review.ts';
import type { CheckedSpan } from '../store/evidence.ts';
import type { Printer } from './print.ts';

export type ReviewedEntry = ReviewReport['entries'][number];

/** All lessons of a branch; `short` leaves out texts and evidence. */
export function printReview(print: Printer, report: ReviewReport, short: boolean): void {
  const behind = report.behind > 0 ? `, ${count(report.behind, 'commit')} behind` : '';
  print.line(`${print.paint.bold(report.branch)} · ${count(report.entries.length, 'lesson')}${behind}`);
  if (report.proof !== undefined)
    print.line(
      `proof on held-out tasks of ${print.outside(report.proof.suite)}: ${print.paint.bold(report.proof.words)}`,
    );
  for (const entry of report.entries) {
    print.line();
    printHead(print, entry);
    if (short) continue;
    for (const line of ruleLines(entry.section)) print.line(`  ${print.outside(line)}`);
    printEvidence(print, entry);
  }
  const open = report.entries.filter((e) => e.verdict === 'pending').length;
  print.line();
  if (report.behind > 0)
    print.next(`the memory branch has moved on: agent review --rebuild puts these lessons on its tip`);
  print.next(
    open > 0
      ? 'next: agent review --accept <entry…> | --reject <entry…> --because "…"   then: agent merge'
      : 'next: agent merge',
  );
}

/** One lesson as a screen of its own: what would change, and what speaks for and against it. */
export function printLesson(print: Printer, entry: ReviewedEntry): void {
  printHead(print, entry);
  print.line();
  const { before = withoutEvidence(entry.before), after = withoutEvidence(entry.section) } = entry.note ?? {};
  for (const { sign, text } of diffLines(before, after)) {
    const paint = sign === '+' ? print.paint.green : sign === '-' ? print.paint.red : print.paint.reset;
    print.line(paint(`${sign} ${print.outside(text)}`));
  }
  print.line();
  printEvidence(print, entry);
}

function printHead(print: Printer, entry: ReviewedEntry): void {
  const verdict = {
    pending: print.paint.yellow('undecided'),
    accepted: print.paint.green('accepted'),
    rejected: print.paint.red('turned down'),
  }[entry.verdict];
  print.line(
    `${print.paint.bold(entry.entry)}  ${entry.change} ${entry.kind}, grade ${entry.grade}, in ${print.outside(entry.playbook)} · ${verdict}`,
  );
  print.line(`  ${print.outside(entry.title)}`);
  if (entry.byHand) print.line('  put on the branch by hand: no dream proposed it, and no evidence is cited');
  if (entry.because !== undefined) print.line(`  because ${print.outside(entry.because)}`);
}

function printEvidence(print: Printer, entry: ReviewedEntry): void {
  for (const span of entry.evidence) print.line(spanLine(print, span));
  for (const span of entry.counter_examples) print.line(spanLine(print, span, 'against '));
  if (entry.counter_examples.length === 0) print.line(print.paint.dim('    no counter-example was found'));
}

// Evidence is shown checked, below, so the section's own folded list would only repeat it.
function ruleLines(section: string | undefined): string[] {
  const rule = withoutEvidence(section)
    .replace(/^## .*\n/, '')
    .replace(/<!--[\s\S]*?-->\n?/g, '');
  return rule.split('\n').filter((line) => line.trim() !== '');
}

function withoutEvidence(section: string | undefined): string {
  return (section ?? '').replace(/<details><summary>Evidence<\/summary>[\s\S]*?(?:<\/details>|$)/g, '').trimEnd();
}

function spanLine(print: Printer, span: CheckedSpan, prefix = ''): string {
  const paint = { here: print.paint.green, mismatch: print.paint.red, 'not on this machine': print.paint.yellow }[
    span.verified
  ];
  const place = span.line === undefined ? '' : `:${span.line}`;
  return `    ${paint(span.verified)} ${prefix}${print.outside(span.session)}${place} “${print.outside(span.quote).replace(/\s+/g, ' ')}”`;
}
