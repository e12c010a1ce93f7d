// The table of the seeds, and the page that keeps it; words and numbers only, computes nothing but sums over rows.
import type { Predicate } from '../../src/domain/card.ts';
import type { SeedRow } from './seeds.ts';

type Term = Predicate['then'];

export interface PageFacts {
  date: string;
  command: string;
  trials: number;
  heldOut: number;
}

/** One row a seed, then what the issue asks: rises, the median, permuted predicates, shuffled grades. */
export function renderTable(rows: readonly SeedRow[]): string {
  const head = ['seed', 'before', 'after', 'of what was missing', 'permuted', 'lessons', 'from shuffled grades'];
  const body = rows.map((r) => [
    r.seed,
    percent(r.before),
    percent(r.after),
    percent(r.gain),
    percent(r.permuted),
    String(r.cards.length),
    String(r.fromShuffled),
  ]);
  const median = (of: (row: SeedRow) => number) => middle(rows.map(of));
  const last = [
    'median',
    ...[median((r) => r.before), median((r) => r.after), median((r) => r.gain), median((r) => r.permuted)].map(percent),
    String(median((r) => r.cards.length)),
    String(median((r) => r.fromShuffled)),
  ];
  return [head, head.map(() => '---'), ...body, last].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The sentences under the table; each is computed. */
export function renderSummary(rows: readonly SeedRow[]): string {
  const rose = rows.filter((r) => r.after > r.before).length;
  const least = Math.min(...rows.map((r) => r.gain));
  const better = rows.filter((r) => r.permuted > r.before).length;
  const taught = rows.filter((r) => r.fromShuffled > 0).length;
  return [
    `- The completion rate at held-out sites rose under ${rose} of ${rows.length} seeds, at the median by ${percent(middle(rows.map((r) => r.gain)))} of what was missing, at least by ${percent(least)}.`,
    `- With the predicates permuted it was ${percent(middle(rows.map((r) => r.permuted)))} at the median, and above the rate without lessons under ${better} of ${rows.length} seeds.`,
    `- With the grades shuffled within sites, something about outcomes was learned under ${taught} of ${rows.length} seeds.`,
  ].join('\n');
}

/** What was learned, a line a lesson. */
export function renderLessons({ cards }: SeedRow): string {
  return cards
    .map(({ effect, predicate }) => {
      if (predicate === undefined) return '';
      const when = predicate.when.filter((t) => t.result !== undefined).map(state);
      return `- \`${effect?.criterion}\`: ${state(predicate.then)}${when.length === 0 ? '' : `, where ${when.join(' and ')}`}`;
    })
    .join('\n');
}

export function renderPage(rows: readonly SeedRow[], mars: SeedRow, facts: PageFacts): string {
  const [first] = rows;
  return `# The demo

\`agent demo\` lays out a repository from the template \`lumara\` and tells the whole story in it: missions at six sites, the dream, its branch as a diff, the proof at sixteen held-out sites, the merge, and the same six sites again. It needs no key and no network, and the repository stays behind. \`agent init --template lumara\` lays the same memory out without flying.

- **What is real**: a small physics engine (\`.agentmem/lumara/\`, plain JavaScript, served as command tools), the loop with its three agents, grades that fly each session again from the calls in its transcript, the miner, git, the proof.
- **What is not**: without \`--live\` the crew are stand-ins, code in the place of a model (\`crew.mjs\`). They draw what they do by habit, and where a lesson in their prompt carries a predicate about their tools they keep to it; of two that contradict each other they keep to the one that stands first in the prompt. They know nothing else about the answer, and read no words: neutral text in the place of the lessons is no more than no lessons to them.
- \`--seed\` changes sites, habits and chances, \`--gravity\` the physics, \`--shuffle-grades\` grades each mission by the flight of somebody who was never there, \`--live\` lets a model fly and says first what that may cost.

## Over many seeds

Written by \`${facts.command}\` on ${facts.date}. Each seed makes other sites, habits and chances. Six sites with ${facts.trials} missions each are learned from; 16 other sites with ${facts.heldOut} missions each are flown before and after. These missions are flown in process, with the calls, chances and grades of the demo but without its loop, git and proof.

${renderTable(rows)}

${renderSummary(rows)}

Before, after and permuted are shares of missions that met all three criteria. “Permuted” takes the predicates apart: each lesson keeps its tool and argument and gets the comparison of another one, in up to four rotations.

## What was learned on the moon (${first?.seed ?? ''})

${first === undefined ? '' : renderLessons(first)}

## The same on Mars

One constant of \`lumara/world.json\` is another, \`gravity\` (\`agent demo --gravity 3.71\`). The craft was built for the moon and seldom makes it there (${percent(mars.before)} before, ${percent(mars.after)} after), and the lessons are others:

${renderLessons(mars)}
`;
}

function state({ tool, arg, result, op, value }: Term): string {
  const what = arg === undefined ? `${tool} shows ${(result ?? '').slice(1)}` : `${tool} with ${arg.slice(1)}`;
  return `\`${what} ${op} ${JSON.stringify(value)}\``;
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return (low + high) / 2;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
