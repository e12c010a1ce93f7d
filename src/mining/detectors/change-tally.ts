// How an argument changed in the repairs of one error, counted part by part; which values stand out is found when it is asked for.
import { inGroup } from '../../base/collections.ts';
import type { KeptValue } from '../../store/kept.ts';
import type { ChangeFact } from '../fact-types.ts';
import { bytesOfTexts, columnOf, Table, textIn } from '../folds/table.ts';

/** Counts that add up. */
export interface ChangeSums {
  /** Repairs in which it changed. */
  sessions: number;
  /** Those whose error quotes its failing value, and those whose error does or names it. */
  quoted: number;
  named: number;
  /** Those in which tries in vain had changed it too. */
  inVain: number;
  /** Those that tried the same job again. */
  adjusted: number;
  /** Those in which a number rose, and in which it sank. */
  up: number;
  down: number;
  /** Sum of likenesses of its old and new values, in millionths. */
  alike: number;
  /** Repairs in which no outside tool supplied the new value. */
  local: number;
}

/** An argument that changed in repairs. */
export interface ChangeTally extends ChangeSums {
  /** The new value of most repairs, by its hash; of equally frequent ones any. */
  mostFrequent(): { hash: number; count: number };
  /** The clearest pair of old and new value that may be shown, as they are printed. */
  clearest(): { from: string; to: string } | undefined;
}

function newSums(): ChangeSums {
  return { sessions: 0, quoted: 0, named: 0, inVain: 0, adjusted: 0, up: 0, down: 0, alike: 0, local: 0 };
}

const SUMS = ['sessions', 'quoted', 'named', 'inVain', 'adjusted', 'up', 'down', 'alike', 'local'] as const;

/** Of a change in a part: its counts, and where its values and pairs lie, up to before the second place. */
export interface KeptChange extends ChangeSums {
  values: [from: number, to: number];
  pairs: [from: number, to: number];
}

interface Counted {
  sums: ChangeSums;
  values: Map<number, number>;
  pairs: Map<string, { change: ChangeFact; times: number }>;
}

/** The changes of one error in one part. */
export class ChangeCounts {
  readonly #changes = new Map<string, Counted>();

  count(change: ChangeFact): void {
    const { sums, values, pairs } = inGroup(this.#changes, change.pointer, (): Counted => {
      return { sums: newSums(), values: new Map(), pairs: new Map() };
    });
    const { source } = change;
    sums.sessions++;
    if (change.quoted) sums.quoted++;
    if (change.named) sums.named++;
    if (change.inVain) sums.inVain++;
    if (change.adjusted) sums.adjusted++;
    if (change.way > 0) sums.up++;
    if (change.way < 0) sums.down++;
    if (source !== 'outside') sums.local++;
    sums.alike += Math.round(change.alike * 1e6);
    values.set(change.value, (values.get(change.value) ?? 0) + 1);
    // A value that a tool's answer showed first is whoever's wrote that answer, and is no example.
    if (source !== 'shown') inGroup(pairs, `${source} ${change.pair}`, () => ({ change, times: 0 })).times++;
  }

  /** By pointer. */
  kept(rows: ChangeRows): [pointer: string, KeptChange][] {
    return [...this.#changes].map(([pointer, { sums, values, pairs }]) => {
      return [pointer, { ...sums, values: rows.addValues(values), pairs: rows.addPairs(pairs.values()) }];
    });
  }
}

/** Values and pairs of all changes of a part, one change after the other. */
export class ChangeRows {
  readonly #values = new Table('value', 'times');
  readonly #pairs = new Table('pair', 'pairTimes', 'pairAlike', 'pairOutside');
  readonly #texts: string[] = [];

  addValues(values: ReadonlyMap<number, number>): [from: number, to: number] {
    const from = this.#values.length;
    for (const [value, times] of values) this.#values.add(value, times);
    return [from, this.#values.length];
  }

  addPairs(pairs: Iterable<{ change: ChangeFact; times: number }>): [from: number, to: number] {
    const start = this.#pairs.length;
    for (const { change, times } of pairs) {
      const { from, to, pair, alike, looksAlike = alike, source } = change;
      this.#pairs.add(pair, times, looksAlike, source === 'outside' ? 1 : 0);
      this.#texts.push(JSON.stringify([from, to]));
    }
    return [start, this.#pairs.length];
  }

  columns(): KeptValue['columns'] {
    const { bytes, ends } = bytesOfTexts(this.#texts);
    return { ...this.#values.columns(), ...this.#pairs.columns(), pairText: bytes, pairEnd: ends };
  }
}

/** What one part says of a change, and the columns of that part. */
export interface ChangeInPart {
  change: KeptChange;
  kept: Pick<KeptValue, 'columns'>;
}

/** What all parts say of one. */
export function changeTally(parts: readonly ChangeInPart[]): ChangeTally {
  const sums = newSums();
  for (const { change } of parts) for (const name of SUMS) sums[name] += change[name];
  return { ...sums, mostFrequent: () => mostFrequentIn(parts), clearest: () => clearestIn(parts, sums.local > 0) };
}

function mostFrequentIn(parts: readonly ChangeInPart[]): { hash: number; count: number } {
  const counts = new Map<number, number>();
  const best = { hash: Number.NaN, count: 0 };
  for (const { change, kept } of parts) {
    const [values, times] = [columnOf(kept, 'value'), columnOf(kept, 'times')];
    for (let row = change.values[0]; row < change.values[1]; row++) {
      const hash = values[row] ?? 0;
      const count = (counts.get(hash) ?? 0) + (times[row] ?? 0);
      counts.set(hash, count);
      if (count > best.count) Object.assign(best, { hash, count });
    }
  }
  return best;
}

/** A pair, and where its words are. */
interface Pair {
  times: number;
  alike: number;
  text(): string;
}

// What came from outside alone is told for the gate's sake, and shown by nobody.
function clearestIn(parts: readonly ChangeInPart[], isLocal: boolean): ReturnType<ChangeTally['clearest']> {
  const pairs = new Map<number, Pair>();
  for (const { change, kept } of parts) {
    const [ids, times] = [columnOf(kept, 'pair'), columnOf(kept, 'pairTimes')];
    const [alike, outside] = [columnOf(kept, 'pairAlike'), columnOf(kept, 'pairOutside')];
    for (let row = change.pairs[0]; row < change.pairs[1]; row++) {
      if (isLocal && outside[row] === 1) continue;
      const id = ids[row] ?? 0;
      const known = pairs.get(id);
      if (known !== undefined) known.times += times[row] ?? 0;
      else {
        const text = () => textIn(columnOf(kept, 'pairText'), columnOf(kept, 'pairEnd'), row);
        pairs.set(id, { times: times[row] ?? 0, alike: alike[row] ?? 0, text });
      }
    }
  }
  const text = clearestText([...pairs.values()]);
  if (text === undefined) return undefined;
  const [from, to] = JSON.parse(text) as [string, string]; // of our own printing
  return { from, to };
}

// The pair seen in most sessions; among those the one most alike, then the shortest, then the first by code units.
function clearestText(pairs: readonly Pair[]): string | undefined {
  let best: Pair | undefined;
  let bestText: string | undefined;
  for (const pair of pairs) {
    const order = best === undefined ? 1 : pair.times - best.times || pair.alike - best.alike;
    if (order < 0) continue;
    if (order > 0) {
      best = pair;
      bestText = undefined;
      continue;
    }
    bestText ??= best?.text() ?? '';
    const text = pair.text();
    if (text.length < bestText.length || (text.length === bestText.length && text < bestText)) {
      best = pair;
      bestText = text;
    }
  }
  return bestText ?? best?.text();
}
