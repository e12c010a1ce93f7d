// A calibration as a person reads it: agreement, kappa, false passes and false fails with examples; decides nothing.
import { clip, count, oneLine } from '../../base/text.ts';
import type { AgreementRow, Calibration, Mistake } from '../../grading/calibrate.ts';
import type { Printer } from '../print.ts';

/** Prints a row a criterion, the examples of mistakes, and what could not be compared. */
export function printCalibration(print: Printer, { rows, unmatched }: Calibration): void {
  print.table(
    ['criterion', 'by', 'compared', 'agree', 'kappa', 'false passes', 'false fails', 'rate', 'corrected', ''],
    rows.map((row) => [
      row.criterion ?? '(whole)',
      row.by,
      String(row.compared),
      percent(row.agreement),
      row.kappa === undefined ? '–' : row.kappa.toFixed(2),
      String(row.false_passes),
      String(row.false_fails),
      row.rate.of === 0 ? '–' : percent(row.rate.met / row.rate.of),
      row.corrected === undefined
        ? '–'
        : `${percent(row.corrected.estimate)} (${percent(row.corrected.lower)} to ${percent(row.corrected.upper)})`,
      row.weak ? print.paint.yellow('weak: carries no weight in a dream') : '',
    ]),
  );
  for (const row of rows) {
    for (const mistake of row.examples.false_passes) example(print, row, 'passed, and people say no', mistake);
    for (const mistake of row.examples.false_fails) example(print, row, 'failed, and people say yes', mistake);
  }
  if (unmatched.length > 0)
    print.line(`${count(unmatched.length, 'label')} met no verdict: not graded, or no such criterion`);
}

function example(print: Printer, row: AgreementRow, what: string, { session, reason }: Mistake): void {
  print.line(`  ${row.criterion ?? '(whole)'} ${what}: ${session}  ${print.outside(clip(oneLine(reason), 160))}`);
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(0)} %`;
}
