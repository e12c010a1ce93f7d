// Review at a terminal: one lesson a screen, one key a decision; never starts without a terminal, and keeps each verdict as it is given.
import { Interrupted, UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import type { ReviewReport } from '../stages/review.ts';
import type { Printer } from './print.ts';
import { printLesson, type ReviewedEntry } from './review-print.ts';
import { showPassage } from './show-passage.ts';
import { CTRL_C, CTRL_D, type Keys, readLine } from './terminal-keys.ts';

/** What the screens can do; each verdict and edit is a commit on the branch when it returns. */
export interface ReviewActions {
  decide: (entry: string, verdict: 'accept' | 'reject', because?: string) => Promise<ReviewReport>;
  /** Opens the text in an editor and returns what was saved. */
  compose: (entry: string, text: string) => string;
  edit: (entry: string, text: string) => Promise<ReviewReport>;
}

const HELP = 'a accept · r turn down · e edit · s skip · w show where it comes from · q stop';

/** Goes through the undecided lessons. Resolves to the last state of the branch; throws Interrupted on Ctrl-C. */
export async function reviewScreens(
  print: Printer,
  keys: Keys,
  signal: AbortSignal,
  first: ReviewReport,
  actions: ReviewActions,
): Promise<ReviewReport> {
  let report = first;
  const order = first.entries.filter((e) => e.verdict === 'pending').map((e) => e.entry);
  for (const [i, id] of order.entries()) {
    print.fresh();
    const heading = `${report.branch} · lesson ${i + 1} of ${order.length}`;
    print.line(print.paint.bold(report.behind > 0 ? `${heading} · ${count(report.behind, 'commit')} behind` : heading));
    print.line();
    const answer = await oneLesson({ print, keys, signal, actions }, report, id);
    report = answer.report;
    if (answer.stop) break;
  }
  return report;
}

interface Table {
  print: Printer;
  keys: Keys;
  signal: AbortSignal;
  actions: ReviewActions;
}

interface Answer {
  report: ReviewReport;
  stop: boolean;
}

async function oneLesson(table: Table, report: ReviewReport, id: string): Promise<Answer> {
  const { print, keys, actions } = table;
  let now = report;
  let draft: string | undefined;
  let shown = 0;
  const entry = () => entryIn(now, id);
  printLesson(print, entry());
  for (;;) {
    print.line();
    print.part(print.paint.dim(`${HELP} `));
    const key = await pressed(table);
    print.line();
    if (key === null || key === 'q') return { report: now, stop: true };
    if (key === 's') return { report: now, stop: false };
    if (key === 'a') return { report: await actions.decide(id, 'accept'), stop: false };
    if (key === 'r') {
      const because = await askWhy(table);
      if (because !== null) return { report: await actions.decide(id, 'reject', because), stop: false };
    }
    if (key === 'w') shown = showNext(print, entry(), shown);
    if (key !== 'e') continue;
    const result = await editLesson(keys, actions, entry(), draft);
    draft = result.draft;
    if (result.report === undefined)
      print.line(print.paint.red(print.outside(result.problem ?? 'nothing was changed')));
    else {
      now = result.report;
      printLesson(print, entry());
    }
  }
}

function entryIn(report: ReviewReport, id: string): ReviewedEntry {
  const found = report.entries.find((e) => e.entry === id);
  if (found !== undefined) return found;
  throw new UserError({ what: `${id} is gone from ${report.branch}; somebody changed the branch meanwhile` });
}

async function pressed({ keys, signal }: Table): Promise<string | null> {
  const key = await keys.next();
  if (key === CTRL_C || signal.aborted) throw new Interrupted();
  return key === CTRL_D ? null : key;
}

// Escape goes back to the lesson; a verdict without a reason helps nobody who meets the lesson again.
async function askWhy({ print, keys, signal }: Table): Promise<string | null> {
  print.part('why? (Escape to go back) ');
  const because = await readLine(keys, print.part);
  print.line();
  if (signal.aborted) throw new Interrupted();
  if (because !== '') return because;
  print.line('a reason is kept for whoever meets this lesson again; nothing was decided');
  return null;
}

// One passage at a time, the next one each time the key is pressed.
function showNext(print: Printer, { evidence, counter_examples }: ReviewedEntry, shown: number): number {
  const spans = [...evidence, ...counter_examples];
  const span = spans[shown % Math.max(1, spans.length)];
  if (span === undefined) print.line('no passage is kept for this lesson');
  else showPassage(print, span);
  return shown + 1;
}

// What was refused is not lost: the next edit goes on from it.
async function editLesson(
  keys: Keys,
  actions: ReviewActions,
  { entry, section }: ReviewedEntry,
  draft: string | undefined,
): Promise<{ report?: ReviewReport; problem?: string; draft?: string }> {
  if (section === undefined) return { problem: 'this lesson takes another out of force; there is no text to edit' };
  let text = draft;
  try {
    text = keys.away(() => actions.compose(entry, draft ?? section));
    if (text === section) return { problem: 'nothing was changed' };
    return { report: await actions.edit(entry, text) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, hint } = error.problem;
    return { problem: hint === undefined ? what : `${what} (${hint})`, ...(text !== undefined && { draft: text }) };
  }
}
