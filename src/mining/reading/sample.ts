// Which sessions a model reads: a bounded number, the most informative in code, the same ones for the same sessions; asks no model and reads no file.
import { byCodeUnit, groupBy } from '../../base/collections.ts';
import { shortHash } from '../../base/hash.ts';
import type { Extract } from '../extract-types.ts';
import type { Ground } from '../mine.ts';
import { lazyGreedy } from './lazy-greedy.ts';

/** `pair`: failed, or passed after a failure, at one task. `told`: people spoke again, or a verdict turned. `score`: shows what findings are about. */
export type Because = 'pair' | 'told' | 'score';

export interface Chosen {
  session: string;
  because: Because;
}

/** What is known of a session before it is read. */
interface Weighed {
  extract: Extract;
  task: string;
  time: string;
  /** 1 for the newest, half of it 90 days before. */
  fresh: number;
  findings: readonly Finding[];
  /** What its findings are worth, as far as it is fresh. */
  score: number;
  /** Decides between equals, so that no end of the corpus is preferred. */
  order: string;
}

/** Compared by identity: two findings may be worth the same. */
interface Finding {
  score: number;
}

const HALF_LIFE_DAYS = 90;
const DAY = 86_400_000;
const MOST_TURNS = 5; // a session in which somebody spoke fifty times is not ten times as telling
const MOST_OF_TASK = 200; // the newest of a task; pairs are sought among these

/**
 * At most `most` sessions, copies left out. Three queues take turns: pairs of one task of which the earlier failed and the later
 * passed; sessions in which a person spoke again after work had begun, or a criterion was met after it had not been; and sessions that
 * show what is worth most by the miner's own score and was shown least by those already chosen. All weigh half as much 90
 * days before the newest session; one of each task before a second of any.
 */
export function chooseSample(ground: Pick<Ground, 'context' | 'mined' | 'seen'>, most: number): Chosen[] {
  const sessions = weighed(ground);
  const table = new Table(most);
  const pairs = spread(pairsOf(sessions), ([failed]) => failed.task).values();
  const told = spread(toldOf(sessions), ({ task }) => task).values();
  const best = greedy(sessions, table);
  for (let before = -1; !table.isFull() && table.chosen.length > before; ) {
    before = table.chosen.length;
    const pair = table.hasRoom(2) ? firstOf(pairs, (two) => two.some((one) => !table.has(one))) : undefined;
    for (const one of pair ?? []) table.take(one, 'pair');
    for (let n = 0; n < 2; n++) {
      table.take(
        firstOf(told, (one) => !table.has(one)),
        'told',
      );
      table.take(best(), 'score');
    }
  }
  return table.chosen.map(({ one, because }) => ({ session: one.extract.session, because }));
}

class Table {
  readonly chosen: { one: Weighed; because: Because }[] = [];
  readonly #taken = new Set<Weighed>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  isFull(): boolean {
    return !this.hasRoom(1);
  }

  hasRoom(n: number): boolean {
    return this.chosen.length + n <= this.#most;
  }

  has(one: Weighed): boolean {
    return this.#taken.has(one);
  }

  take(one: Weighed | undefined, because: Because): void {
    if (one === undefined || this.isFull() || this.has(one)) return;
    this.#taken.add(one);
    this.chosen.push({ one, because });
  }
}

// What nobody did anything in has nothing to read.
function weighed({
  context: { sessions, taskOf },
  mined: { newest },
  seen,
}: Pick<Ground, 'context' | 'mined' | 'seen'>): Weighed[] {
  const shown = new Map<string, Finding[]>();
  for (const finding of seen) {
    for (const session of finding.sessions) {
      const list = shown.get(session);
      if (list === undefined) shown.set(session, [finding]);
      else list.push(finding);
    }
  }
  const now = newest === undefined ? Number.NaN : Date.parse(newest);
  return sessions
    .filter(({ actions }) => actions.length > 0)
    .map((extract) => {
      const time = extract.last ?? extract.at ?? '';
      const age = (now - Date.parse(time)) / DAY;
      const fresh = Number.isFinite(age) ? 2 ** (-Math.max(0, age) / HALF_LIFE_DAYS) : 1;
      const findings = shown.get(extract.session) ?? [];
      const score = sum(findings.map((finding) => finding.score)) * fresh;
      const order = shortHash(`sample ${extract.session}`, 16);
      return { extract, task: taskOf(extract.session), time, fresh, findings, score, order };
    });
}

/** A failure, and the first pass of the same task after it; undated ones have no order, and pair as they come. */
function pairsOf(sessions: readonly Weighed[]): [Weighed, Weighed][] {
  const judged = sessions.filter(({ extract }) => extract.outcome !== null);
  const pairs: [Weighed, Weighed][] = [];
  for (const members of groupBy(judged, ({ task }) => task).values()) {
    const ordered = [...members]
      .sort((a, b) => byCodeUnit(a.time, b.time) || byCodeUnit(a.order, b.order))
      .slice(-MOST_OF_TASK);
    const passes = ordered.filter(({ extract }) => extract.outcome === 'pass');
    for (const failed of ordered.filter(({ extract }) => extract.outcome === 'fail').reverse()) {
      const at = passes.findIndex(({ time }) => time > failed.time || time === '' || failed.time === '');
      const [passed] = at < 0 ? [] : passes.splice(at, 1);
      if (passed !== undefined) pairs.push([failed, passed]);
    }
  }
  const worth = ([a, b]: [Weighed, Weighed]) => a.score + b.score;
  return pairs.sort((a, b) => worth(b) - worth(a) || byCodeUnit(a[0].order, b[0].order));
}

function toldOf(sessions: readonly Weighed[]): Weighed[] {
  const told = sessions.flatMap((one) => {
    const turns = one.extract.turns.filter((t) => t.afterActions > 0 && t.borrowed !== true).length;
    const telling = Math.min(MOST_TURNS, turns) + (hasTurned(one.extract) ? 1 : 0);
    return telling === 0 ? [] : [{ one, telling: telling * one.fresh }];
  });
  return told
    .sort((a, b) => b.telling - a.telling || b.one.score - a.one.score || byCodeUnit(a.one.order, b.one.order))
    .map(({ one }) => one);
}

function hasTurned({ evaluations = [] }: Extract): boolean {
  const missed = new Set<string>();
  for (const { rubric, criteria } of evaluations) {
    for (const [id, met] of Object.entries(criteria)) {
      if (met && missed.has(`${rubric}/${id}`)) return true;
      if (!met) missed.add(`${rubric}/${id}`);
    }
  }
  return false;
}

/** What is shown once more says less: each session of a finding adds half of what the one before it added. */
function greedy(sessions: readonly Weighed[], table: Table): () => Weighed | undefined {
  const shown = new Map<Finding, number>();
  let counted = 0;
  const next = lazyGreedy(
    sessions.map((item) => ({ item, order: item.order })),
    (one) => {
      if (table.has(one)) return 0;
      return sum(one.findings.map((finding) => finding.score * 2 ** -(shown.get(finding) ?? 0))) * one.fresh;
    },
  );
  return () => {
    for (const { one } of table.chosen.slice(counted))
      for (const finding of one.findings) shown.set(finding, (shown.get(finding) ?? 0) + 1);
    counted = table.chosen.length;
    return next();
  };
}

/** One of each group before a second of any, otherwise in the order given. */
function spread<T>(items: readonly T[], groupOf: (item: T) => string): T[] {
  const seen = new Map<string, number>();
  return items
    .map((item) => {
      const group = groupOf(item);
      const turn = seen.get(group) ?? 0;
      seen.set(group, turn + 1);
      return { item, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ item }) => item);
}

// The next of the queue that is wanted; those before it are never wanted again.
function firstOf<T>(queue: Iterator<T>, isWanted: (item: T) => boolean): T | undefined {
  for (let next = queue.next(); next.done !== true; next = queue.next()) if (isWanted(next.value)) return next.value;
  return undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
