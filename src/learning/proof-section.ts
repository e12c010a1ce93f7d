// The proof of a dream as a section of its report: the verdict first, then tables, losses included; writes no file and reads no clock.
import { count, dollars } from '../base/text.ts';
import type { ArmSummary, Comparison, EntryEffect, Prediction, Proof } from '../domain/proof.ts';
import { codeSpan, prose } from './escape.ts';

const HEADING = '## Proof';
const MOST_LOSSES = 30;

/** The report with its section about the proof replaced, or added at its end. Everything else stays byte for byte. */
export function withProofSection(report: string, section: string): string {
  const lines = report.split('\n');
  const start = lines.indexOf(HEADING);
  if (start < 0) return `${report.trimEnd()}\n\n${section}`;
  const after = lines.findIndex((line, i) => i > start && line.startsWith('## '));
  const rest = after < 0 ? '' : `\n${lines.slice(after).join('\n')}`;
  return `${lines.slice(0, start).join('\n')}${start === 0 ? '' : '\n'}${section}${rest}`;
}

/** The section; `titles` are the lessons' headings by entry, as markdown. Ends in a newline. */
export function proofSection(proof: Proof, titles: ReadonlyMap<string, string>): string {
  const parts = [
    HEADING,
    headline(proof),
    proof.reasons.map((reason) => `- ${sentence(reason)}`).join('\n'),
    warning(proof),
    `![Each held-out task before and after](${proof.dream}.proof.svg)`,
    comparisons(proof),
    armTable(proof),
    entryTable(proof, titles),
    losses(proof),
    colophon(proof),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headline({ verdict, exploratory, again, whole, suite, trials, tasks }: Proof): string {
  const status = exploratory !== undefined && again !== true ? `${verdict} (exploratory)` : verdict;
  return `**${status[0]?.toUpperCase()}${status.slice(1)}**: ${signed(whole.difference)} points${rangeOf(whole)} on ${count(tasks.length, 'held-out task')} of ${codeSpan(suite)}, ${count(trials, 'trial')} each.`;
}

function warning({ exploratory, again }: Proof): string {
  if (exploratory === undefined) return '';
  const used = `${count(exploratory.tasks, 'held-out task')} decided before: ${prose(exploratory.by.join('; '))}.`;
  const meaning =
    again === true
      ? 'Whoever ran this wanted it to count all the same.'
      : 'So this verdict is for looking at, and proves nothing: a set that is asked until it says yes always does.';
  return `${used} ${meaning}`;
}

function comparisons({ whole, placebo, criteria, evasion }: Proof): string {
  const rows = [
    comparisonRow('passed, against the memory in force', whole),
    comparisonRow('passed, against neutral text of the same length', placebo),
    ...criteria.map((c) => comparisonRow(`${cell(codeSpan(c.id))}${c.required ? ', required' : ''}`, c)),
    comparisonRow('handed off or gave up (less is better)', evasion),
  ];
  return [
    '| compared | before | after | points | 95 % | p of a rise | p of a fall | tasks up / down / same |',
    '|---|---:|---:|---:|---|---:|---:|---|',
    ...rows,
    '',
    'Sign-flip tests on the differences of tasks, one-sided; the intervals draw whole tasks anew.',
  ].join('\n');
}

function comparisonRow(name: string, of: Comparison): string {
  const range = of.interval === null ? '' : `${signed(of.interval[0])} to ${signed(of.interval[1])}`;
  const once = of.mid_p === undefined ? '' : ` (mid-p ${number(of.mid_p)})`;
  const cells = [
    ...[name, percent(of.before), percent(of.after), signed(of.difference), range],
    ...[number(of.better), number(of.worse), `${of.wins} / ${of.losses} / ${of.ties}${once}`],
  ];
  return `| ${cells.join(' | ')} |`;
}

const ARM_NAMES = { A: 'A memory in force', B: 'B this dream', P: 'P neutral text', E: 'E single entries' };

function armTable({ arms, cost }: Proof): string {
  const rows = (['A', 'B', 'P', 'E'] as const).flatMap((arm) => {
    const found = arms[arm];
    return found === undefined ? [] : [armRow(ARM_NAMES[arm], found)];
  });
  const change = cost.before === 0 && cost.after === 0 ? 'nothing in either' : `${signed(cost.ratio - 1)} %`;
  return [
    '| arm | trials | passed | no verdict | pass^k | cost | tokens | steps | minutes | handed off | gave up |',
    '|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    `Cost of B against A, in ${cost.unit === 'usd' ? 'dollars' : cost.unit}: ${change}.`,
  ].join('\n');
}

function armRow(name: string, arm: ArmSummary): string {
  const told = arm.passed + arm.failed;
  const hats = Object.entries(arm.pass_hat).map(([k, share]) => `${k}: ${percent(share)}`);
  const cells = [
    ...[name, String(arm.trials), told === 0 ? '' : percent(arm.passed / told), String(arm.missing)],
    ...[
      hats.join(', '),
      arm.usd === null ? 'not known' : dollars(arm.usd),
      Math.round(arm.tokens).toLocaleString('en-US'),
    ],
    ...[arm.steps.toFixed(1), arm.minutes.toFixed(2), percent(arm.handed_off), percent(arm.gave_up)],
  ];
  return `| ${cells.join(' | ')} |`;
}

function entryTable({ entries, effects, predictions, proven, dropped }: Proof, titles: ReadonlyMap<string, string>) {
  if (entries.length === 0) return '';
  const rows = entries.map(({ entry }) => {
    const effect = effects.find((e) => e.entry === entry);
    const state = dropped.includes(entry) ? 'turned down' : proven.includes(entry) ? '**A**' : '';
    const cells = [
      ...[`\`${entry}\``, cell(titles.get(entry) ?? ''), effectWords(effect)],
      ...[cell(predictionWords(predictions.find((p) => p.entry === entry))), state],
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '### Entry by entry',
    '',
    '| entry | lesson | by itself | what it says will fall | |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function effectWords(effect: EntryEffect | undefined): string {
  if (effect === undefined) return 'not measured';
  const { with: inside, without, difference, holm, loaded } = effect;
  return `${effect.effect}: ${signed(difference)} points (${percent(inside.rate)} of ${inside.trials} with it, ${percent(without.rate)} of ${without.trials} without; p ${number(holm)} over all entries; loaded in ${loaded})`;
}

function predictionWords(prediction: Prediction | undefined): string {
  if (prediction === undefined) return '';
  const { metric, before, after, fell, reason } = prediction;
  if (before === undefined || after === undefined || fell === undefined)
    return prose(metric === undefined ? `not counted: ${reason ?? ''}` : `${metric}: ${reason ?? ''}`);
  return prose(`${metric ?? ''}: ${rate(before)} a trial before, ${rate(after)} after (p of a fall ${number(fell)})`);
}

function losses({ tasks }: Proof): string {
  const lost = tasks.filter(({ a, b }) => a.of > 0 && b.of > 0 && b.passed / b.of < a.passed / a.of);
  if (lost.length === 0) return '### Losses\n\nNo task did worse.';
  const lines = lost.slice(0, MOST_LOSSES).map(({ task, a, b, collapsed, explained }) => {
    const grave = collapsed ? ' **from all to nearly none**' : '';
    const why = explained === undefined ? '' : `: ${prose(explained)}`;
    return `- ${codeSpan(task)}: ${a.passed} of ${a.of} before, ${b.passed} of ${b.of} after${grave}${why}`;
  });
  const more = lost.length > MOST_LOSSES ? [`- and ${lost.length - MOST_LOSSES} more`] : [];
  return ['### Losses', '', ...lines, ...more].join('\n');
}

function colophon({ run, at, base, head, method, evidence, models }: Proof): string {
  const how =
    method === 'fixed'
      ? 'a fixed number of trials, decided beforehand'
      : `stopped by bets (better ${number(evidence?.better ?? 1)}, than neutral text ${number(evidence?.than_placebo ?? 1)}, worse ${number(evidence?.worse ?? 1)}; 20 decides)`;
  const by = models.length === 0 ? '' : ` Model: ${models.map(codeSpan).join(', ')}.`;
  return `Run ${codeSpan(run)} of ${at.slice(0, 10)}: ${codeSpan(head.slice(0, 12))} against ${codeSpan(base.slice(0, 12))}, ${how}.${by} Every number is in \`*.proof.json\` beside this report.`;
}

// Our own sentences, with ids of criteria and tasks in them.
function sentence(reason: string): string {
  return reason
    .split('`')
    .map((part, i) => (i % 2 === 1 ? codeSpan(part) : prose(part)))
    .join('');
}

function signed(share: number): string {
  const value = Math.round(share * 1000) / 10;
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value)}`;
}

function rangeOf({ interval }: Comparison): string {
  return interval === null ? '' : ` (95 %: ${signed(interval[0])} to ${signed(interval[1])})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function number(value: number): string {
  if (value > 0 && value < 0.0001) return '< 0.0001';
  return String(Number(value.toPrecision(value >= 1000 ? 4 : 2)));
}

function rate(value: number): string {
  return String(Number(value.toFixed(2)));
}

function cell(markdown: string): string {
  return markdown.replace(/(?<!\\)\|/g, '\\|');
}
