// How a proof looks in a terminal: verdict, reasons, the table of comparisons, entries, losses; prints, decides nothing.
import { count, dollars } from '../../base/text.ts';
import type { Comparison, Proof, ProofVerdict } from '../../domain/proof.ts';
import type { Estimate } from '../../proving/estimate.ts';
import { points, short } from '../../proving/verdict.ts';
import type { Printer } from '../print.ts';

export function printProof(print: Printer, proof: Proof): void {
  const { verdict, exploratory, again, reasons, tasks, trials } = proof;
  const status = exploratory !== undefined && again !== true ? `${verdict} (exploratory)` : verdict;
  print.line(
    `${painted(print, verdict, status)}: ${count(tasks.length, 'held-out task')}, ${count(trials, 'trial')} each`,
  );
  for (const reason of reasons) print.line(`  ${print.outside(reason)}`);
  if (exploratory !== undefined)
    print.line(
      `  ${print.outside(`${count(exploratory.tasks, 'of these tasks', 'of these tasks')} decided before (${exploratory.by.join('; ')})${again === true ? '' : ': for looking at; --again lets them count'}`)}`,
    );
  print.line();
  print.table(
    ['compared', 'before', 'after', 'difference', '95 %', 'p of a rise', 'p of a fall'],
    comparisonRows(proof),
  );
  printEntries(print, proof);
  printLosses(print, proof);
}

/** What is reckoned before anything runs. */
export function printEstimate(print: Printer, estimate: Estimate): void {
  const { trials, from, usd, minutes, baseline, spread, known, power } = estimate;
  const money = usd === undefined ? 'cost not known' : `about ${dollars(usd)}`;
  const time = minutes === undefined ? '' : `, about ${count(Math.max(1, Math.ceil(minutes)), 'minute')}`;
  const source = from === 0 ? 'no earlier trial to reckon from' : `reckoned from ${count(from, 'earlier trial')}`;
  print.line(`${count(trials, 'trial')}: ${money}${time} (${source})`);
  const assumed = known ? 'as earlier trials did' : 'assumed, since too few earlier trials tell';
  print.line(`if ${Math.round(baseline * 100)} % pass today (${assumed}; tasks differ by ${spread.toFixed(1)}):`);
  print.table(
    ['the branch adds', 'seen as validated'],
    power.map((p) => [points(p.gain), `${Math.round(p.validated * 100)} %`]),
  );
}

function painted({ paint }: Printer, verdict: ProofVerdict, text: string): string {
  const colour = {
    validated: paint.green,
    harmful: paint.red,
    'no proven harm': paint.yellow,
    'not proven': paint.yellow,
  }[verdict];
  return colour(paint.bold(text));
}

function comparisonRows({ whole, placebo, criteria, evasion }: Proof): string[][] {
  return [
    row('passed, against the memory in force', whole),
    row('passed, against neutral text', placebo),
    ...criteria.map((c) => row(`${c.id}${c.required ? ' (required)' : ''}`, c)),
    row('handed off or gave up', evasion),
  ];
}

function row(name: string, of: Comparison): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const range = of.interval === null ? '' : `${points(of.interval[0])} to ${points(of.interval[1])}`;
  return [name, percent(of.before), percent(of.after), points(of.difference), range, short(of.better), short(of.worse)];
}

function printEntries(print: Printer, { effects, predictions, proven, dropped }: Proof): void {
  for (const { entry, effect, difference, holm } of effects) {
    const state =
      effect === 'hurts' ? print.paint.red(effect) : effect === 'helps' ? print.paint.green(effect) : effect;
    print.line(
      `${print.paint.bold(entry)} by itself ${state}: ${points(difference)} (p ${short(holm)} over all entries)`,
    );
  }
  for (const { entry, metric, before, after, fell } of predictions) {
    if (metric === undefined || before === undefined || after === undefined || fell === undefined) continue;
    const line = `${metric}: ${before.toFixed(2)} a trial before, ${after.toFixed(2)} after (p of a fall ${short(fell)})`;
    print.line(`${print.paint.bold(entry)} ${print.outside(line)}`);
  }
  if (proven.length > 0) print.line(`grade A: ${proven.join(', ')}`);
  if (dropped.length > 0) print.line(`turned down: ${dropped.join(', ')}`);
}

function printLosses(print: Printer, { tasks }: Proof): void {
  const lost = tasks.filter(({ a, b }) => a.of > 0 && b.of > 0 && b.passed / b.of < a.passed / a.of);
  const shown = lost.slice(0, 10).map(({ task, a, b }) => `${task} ${a.passed}/${a.of} → ${b.passed}/${b.of}`);
  const more = lost.length > 10 ? ` and ${lost.length - 10} more` : '';
  print.line(lost.length === 0 ? 'no task did worse' : print.outside(`did worse: ${shown.join(', ')}${more}`));
}
