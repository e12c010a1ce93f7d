// The chart of a proof as SVG text: each task's rate before and after, and the whole with its interval; the same proof gives the same bytes, and no script is in it.
import type { Proof, TaskProof } from '../domain/proof.ts';
import { points } from './verdict.ts';

const WIDTH = 720;
const LEFT = 190;
const RIGHT = 40;
const ROW = 18;
const TOP = 64;
const MOST_TASKS = 60;

const COLOURS = { better: '#1a7f37', worse: '#cf222e', same: '#6e7781', text: '#1f2328', line: '#d0d7de' };

/** One row a task, the greatest loss first; of more than 60 tasks, those with the largest differences. */
export function proofChart(proof: Pick<Proof, 'verdict' | 'suite' | 'tasks' | 'whole'>): string {
  const rows = shownTasks(proof.tasks);
  const height = TOP + rows.length * ROW + 46;
  const left = proof.tasks.length - rows.length;
  const body = [
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(16, 26, `Held-out tasks of ${proof.suite}: ${proof.verdict}`, 'font-size="16" font-weight="600"'),
    text(16, 46, caption(proof, left), 'font-size="12"'),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => grid(share, height)),
    ...rows.map((task, i) => row(task, TOP + i * ROW + ROW / 2)),
    whole(proof, TOP + rows.length * ROW + 14),
    ...[0, 0.5, 1].map((share) =>
      text(x(share), height - 8, `${share * 100} %`, 'font-size="10" text-anchor="middle"'),
    ),
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="ui-sans-serif, system-ui, sans-serif" fill="${COLOURS.text}">`;
  return `${[head, `<title>${escaped(`Proof: ${proof.verdict}`)}</title>`, ...body, '</svg>'].join('\n')}\n`;
}

function shownTasks(tasks: readonly TaskProof[]): TaskProof[] {
  const told = tasks.filter(({ a, b }) => a.of > 0 && b.of > 0);
  const largest = [...told].sort((p, q) => Math.abs(change(q)) - Math.abs(change(p)) || byName(p, q));
  return largest.slice(0, MOST_TASKS).sort((p, q) => change(p) - change(q) || byName(p, q));
}

function byName(a: TaskProof, b: TaskProof): number {
  return a.task < b.task ? -1 : a.task > b.task ? 1 : 0;
}

function caption({ whole: { difference, interval, wins, losses, ties } }: Pick<Proof, 'whole'>, left: number): string {
  const range = interval === null ? '' : ` (95 %: ${points(interval[0])} to ${points(interval[1])})`;
  const more = left > 0 ? `; ${left} with smaller differences left out` : '';
  return `${points(difference)}${range}; ${wins} better, ${losses} worse, ${ties} the same${more}. ○ before, ● after`;
}

function row(task: TaskProof, y: number): string {
  const [before, after] = [rate(task.a), rate(task.b)];
  const colour = after > before ? COLOURS.better : after < before ? COLOURS.worse : COLOURS.same;
  return [
    text(LEFT - 12, y + 4, clipped(task.task), 'font-size="11" text-anchor="end"'),
    `<line x1="${x(before)}" y1="${y}" x2="${x(after)}" y2="${y}" stroke="${colour}" stroke-width="3"/>`,
    `<circle cx="${x(before)}" cy="${y}" r="4" fill="#ffffff" stroke="${colour}" stroke-width="1.5"/>`,
    `<circle cx="${x(after)}" cy="${y}" r="4" fill="${colour}"/>`,
  ].join('\n');
}

// The mean after, and where the interval of the difference puts it.
function whole({ whole: { before, after, interval } }: Pick<Proof, 'whole'>, y: number): string {
  const [low, high] = interval === null ? [after, after] : [before + interval[0], before + interval[1]];
  return [
    text(LEFT - 12, y + 4, 'all tasks', 'font-size="11" font-weight="600" text-anchor="end"'),
    `<line x1="${x(low)}" y1="${y}" x2="${x(high)}" y2="${y}" stroke="${COLOURS.text}" stroke-width="1.5"/>`,
    `<circle cx="${x(before)}" cy="${y}" r="5" fill="#ffffff" stroke="${COLOURS.text}" stroke-width="1.5"/>`,
    `<circle cx="${x(after)}" cy="${y}" r="5" fill="${COLOURS.text}"/>`,
  ].join('\n');
}

function grid(share: number, height: number): string {
  return `<line x1="${x(share)}" y1="${TOP - 8}" x2="${x(share)}" y2="${height - 22}" stroke="${COLOURS.line}" stroke-width="1"/>`;
}

function rate({ passed, of }: { passed: number; of: number }): number {
  return of === 0 ? 0 : passed / of;
}

function change({ a, b }: TaskProof): number {
  return rate(b) - rate(a);
}

function x(share: number): number {
  const inside = Math.min(1, Math.max(0, share));
  return Math.round((LEFT + inside * (WIDTH - LEFT - RIGHT)) * 10) / 10;
}

function text(at: number, y: number, words: string, attributes: string): string {
  return `<text x="${at}" y="${y}" ${attributes}>${escaped(words)}</text>`;
}

function clipped(name: string): string {
  return name.length <= 26 ? name : `${name.slice(0, 25)}…`;
}

// Names of tasks come out of a file that anybody may have written; what no XML may hold becomes a blank.
function escaped(words: string): string {
  return words
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
