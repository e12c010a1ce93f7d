// The tables of docs/proof.md out of what the simulated proofs came to; writes no file.
import { wilson } from '../../src/statistics/wilson.ts';
import { BARS, type CellResult } from './cells.ts';

/** Marks between which `npm run bench:prove -- --write` puts the tables. */
export const BEGIN = '<!-- tables of npm run bench:prove -->';
export const END = '<!-- end of tables -->';

export interface Found {
  nulls: CellResult[];
  gains: CellResult[];
  harms: CellResult[];
}

/** The tables as markdown. */
export function renderTables({ nulls, gains, harms }: Found): string {
  return [
    '### False accepts',
    '',
    'Share of proofs that say `validated` although nothing got better, or no better than with neutral text.',
    '',
    '| world | fixed | with `--sequential` |',
    '|---|---:|---:|',
    ...rows(nulls, (r) => percent(r.counts.validated, r.simulations)),
    `| **at most** | **${BARS.fixed * 100} %** | **${BARS.sequential * 100} %** |`,
    '',
    '### Power',
    '',
    'Share of proofs that say `validated`; with `--sequential`, also the tasks that it took in the mean.',
    '',
    '| what the branch adds | fixed | with `--sequential` |',
    '|---|---:|---:|',
    ...rows(gains, (r) =>
      r.sequential
        ? `${percent(r.counts.validated, r.simulations)} (${r.tasks.toFixed(0)} tasks)`
        : percent(r.counts.validated, r.simulations),
    ),
    '',
    '### Harm',
    '',
    'Fixed, 25 tasks × 4 trials: share of proofs with each verdict.',
    '',
    '| what the branch does | harmful | not proven | no proven harm | validated |',
    '|---|---:|---:|---:|---:|',
    ...harms.map((r) => {
      const cells = (['harmful', 'not proven', 'no proven harm', 'validated'] as const).map((verdict) =>
        percent(r.counts[verdict], r.simulations),
      );
      return `| ${r.cell.name} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

/** Null cells whose error rate lies above its bar for certain: its Wilson interval does. */
export function tooMany(nulls: readonly CellResult[]): CellResult[] {
  return nulls.filter((r) => {
    const bar = r.sequential ? BARS.sequential : BARS.fixed;
    return wilson(r.counts.validated, r.simulations).lower > bar;
  });
}

/** The page with its tables replaced. */
export function withTables(page: string, tables: string, line: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('docs/proof.md has no place for the tables');
  return `${page.slice(0, begin + BEGIN.length)}\n\n${line}\n\n${tables}\n\n${page.slice(end)}`;
}

function rows(results: readonly CellResult[], show: (result: CellResult) => string): string[] {
  const names = [...new Set(results.map((r) => r.cell.name))];
  return names.map((name) => {
    const of = (sequential: boolean) => results.find((r) => r.cell.name === name && r.sequential === sequential);
    const cells = [of(false), of(true)].map((r) => (r === undefined ? '' : show(r)));
    return `| ${name} | ${cells.join(' | ')} |`;
  });
}

function percent(part: number, of: number): string {
  return `${((100 * part) / of).toFixed(1)} %`;
}
