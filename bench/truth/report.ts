// The table of `npm run bench:truth` as text, losses included; decides nothing.
import { wilson } from '../../src/statistics/wilson.ts';
import type { Row } from './judge.ts';

interface Share {
  of: number;
  hits: number;
}

/** Markdown: one table for each part that was run. */
export function renderTables(rows: readonly Row[]): string {
  const part = (name: Row['cell']['part']) => rows.filter((r) => r.cell.part === name);
  return [
    nullTable(part('null')),
    plantTable('Planted mistakes, wishes and ways of working', part('mechanical')),
    ruleTable(part('rule')),
    patternTable(part('pattern')),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** The whole of docs/truth.md. */
export function renderPage(rows: readonly Row[], about: { date: string; seed: string; command: string }): string {
  return `# What the miner finds, and what it invents

Written by \`${about.command}\` on ${about.date}, seed \`${about.seed}\`. Worlds are made up by \`bench/truth/\`, which shares no code,
vocabulary or template with the miner. Brackets are 95 % Wilson intervals. Only cards above grade D count,
except that an error which heals by waiting may be told as an anecdote. The naive recipe is
Fisher's exact test over all sessions pooled, for every run of one to three calls, with Benjamini-Hochberg at 0.05.

${renderTables(rows)}

${losses(rows)}
`;
}

/** Every cell that missed something or claimed what is not true, with an example. */
function losses(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ cell, tally: { recall, precision, near, condition, wrong } }) => {
    const parts = [
      ...(recall.hits < recall.of ? [`${recall.of - recall.hits} of ${recall.of} planted findings missed`] : []),
      ...(near.hits < near.of ? [`${near.of - near.hits} of ${near.of} found thresholds off by more than 10 %`] : []),
      ...(condition.hits < condition.of
        ? [`${condition.of - condition.hits} of ${condition.of} conditions wrong`]
        : []),
      ...(precision.hits < precision.of ? [`${precision.of - precision.hits} of ${precision.of} claims untrue`] : []),
    ];
    const example = wrong[0] === undefined ? '' : `, for example: ${wrong[0]}`;
    return parts.length === 0 ? [] : [`- ${cell.name}: ${parts.join('; ')}${example}`];
  });
  return ['## What it loses', '', ...(lines.length === 0 ? ['Nothing in these worlds.'] : lines)].join('\n');
}

function nullTable(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const claiming = (hits: number, of: number) => share({ hits, of });
  const worlds = total(rows, (tally) => tally.worlds);
  return table(
    'Worlds without an effect: share in which an effect on outcomes is claimed',
    ['world', 'worlds', 'sessions', 'agentmem', 'naive recipe'],
    [
      ...rows.map(({ cell, tally }) => [
        cell.name,
        tally.worlds,
        tally.sessions,
        claiming(tally.claiming, tally.worlds),
        claiming(tally.naive.claiming, tally.worlds),
      ]),
      [
        '**all**',
        worlds,
        total(rows, (tally) => tally.sessions),
        claiming(
          total(rows, (tally) => tally.claiming),
          worlds,
        ),
        claiming(
          total(rows, (tally) => tally.naive.claiming),
          worlds,
        ),
      ],
    ],
  );
}

function plantTable(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  return table(
    title,
    ['planted', 'worlds', 'sessions', 'recall', 'precision'],
    [
      ...rows.map(({ cell, tally }) => [
        cell.name,
        tally.worlds,
        tally.sessions,
        share(tally.recall),
        share(tally.precision),
      ]),
      [
        '**all**',
        total(rows, (tally) => tally.worlds),
        total(rows, (tally) => tally.sessions),
        share(together(rows, (tally) => tally.recall)),
        share(together(rows, (tally) => tally.precision)),
      ],
    ],
  );
}

function total(rows: readonly Row[], pick: (tally: Row['tally']) => number): number {
  return rows.reduce((sum, { tally }) => sum + pick(tally), 0);
}

function together(rows: readonly Row[], pick: (tally: Row['tally']) => Share): Share {
  return { hits: total(rows, (tally) => pick(tally).hits), of: total(rows, (tally) => pick(tally).of) };
}

function ruleTable(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  return table(
    'One argument decides (odds of 10 and more); the last two columns are of the rules that were found',
    ['planted', 'worlds', 'recall', 'precision', 'value within 10 %', 'condition right'],
    rows.map(({ cell, tally }) => [
      cell.name,
      tally.worlds,
      share(tally.recall),
      share(tally.precision),
      share(tally.near),
      share(tally.condition),
    ]),
  );
}

function patternTable(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const subs = [...new Set(rows.flatMap((r) => Object.keys(r.tally.subs)))];
  const overall = table(
    'Patterns that shift the odds within a task, beside confounded ones',
    ['worlds of', 'worlds', 'recall', 'precision', 'naive recall', 'naive precision', 'seconds a world'],
    [...rows.map((row) => patternRow(row.cell.name, [row])), ...bySize(rows)],
  );
  const bySub = table(
    'Recall by share of the sessions × odds',
    ['worlds of', ...subs],
    rows.map(({ cell, tally }) => [
      cell.name,
      ...subs.map((s) => {
        const { hits, of } = tally.subs[s] ?? { hits: 0, of: 0 };
        return of === 0 ? '–' : `${hits}/${of}`;
      }),
    ]),
  );
  return `${overall}\n\n${bySub}`;
}

// Both numbers of runs a task together.
function bySize(rows: readonly Row[]): (string | number)[][] {
  const sizeOf = ({ cell }: Row) => cell.name.split(', ').slice(0, 2).join(', ');
  const sizes = [...new Set(rows.map(sizeOf))];
  return sizes.map((size) =>
    patternRow(
      `**${size}**`,
      rows.filter((row) => sizeOf(row) === size),
    ),
  );
}

function patternRow(name: string, rows: readonly Row[]): (string | number)[] {
  const worlds = total(rows, (tally) => tally.worlds);
  return [
    name,
    worlds,
    share(together(rows, (tally) => tally.recall)),
    share(together(rows, (tally) => tally.precision)),
    share(together(rows, (tally) => tally.naive.recall)),
    share(together(rows, (tally) => tally.naive.precision)),
    (total(rows, (tally) => tally.seconds) / worlds).toFixed(1),
  ];
}

function table(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (fields: readonly (string | number)[]) => `| ${fields.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [`## ${title}`, '', line(head), line(rule), ...rows.map(line)].join('\n');
}

/** `0.83 [0.66, 0.93] (25/30)`; a dash where there was nothing to count. */
function share({ hits, of }: Share): string {
  if (of === 0) return '–';
  const { lower, upper } = wilson(hits, of);
  return `${(hits / of).toFixed(2)} [${lower.toFixed(2)}, ${upper.toFixed(2)}] (${hits}/${of})`;
}
