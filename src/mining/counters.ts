// Exposures and outcomes of entries: what sessions that loaded one came to, and, where a draw kept it out of others of the same task, what it does; acts on nothing.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type { EntryCounter, HoldoutEffect, Tally } from '../domain/counters.ts';
import { forEachArrangement } from '../statistics/arrangements.ts';
import { holm } from '../statistics/holm.ts';
import { seeded } from '../statistics/random.ts';
import type { Extract } from './extract-types.ts';
import { believed } from './outcomes.ts';
import { assignTasks, stratumOf } from './strata.ts';

export const HALF_LIFE_DAYS = 90;
const DAY = 86_400_000;
const LEVEL = 0.05;
const DRAWS = 20_000;

/**
 * One counter for each entry that some session loaded or was drawn to go without, by name. Ages count from the newest session;
 * undated sessions count as if they were the newest. Pure: the same set gives the same counters in whatever order it comes.
 */
export function countersOf(extracts: readonly Extract[]): EntryCounter[] {
  const sorted = [...extracts].sort((a, b) => byCodeUnit(a.session, b.session));
  const newest = sorted.reduce((latest, s) => Math.max(latest, timeOf(s) ?? 0), 0);
  const tasks = assignTasks(sorted);
  const { sessions } = believed(sorted, (session) => tasks.get(session) ?? session);
  const ids = new Set(sessions.flatMap((s) => [...(s.loaded ?? []), ...(s.heldOut ?? [])]));
  const counters = [...ids].sort(byCodeUnit).map((entry): EntryCounter => {
    const loaded = sessions.filter((s) => s.loaded?.includes(entry));
    const last = loaded
      .flatMap((s) => dayOf(s) ?? [])
      .sort()
      .at(-1);
    const holdout = comparison(entry, sessions, (s) => stratumOf(s, tasks));
    return {
      entry,
      with: tallyOf(loaded, newest),
      ...(last !== undefined && { last }),
      ...(holdout !== undefined && { holdout }),
    };
  });
  return judged(counters);
}

function judged(counters: readonly EntryCounter[]): EntryCounter[] {
  const compared = counters.flatMap((c) => (c.holdout === undefined ? [] : [c.holdout]));
  const corrected = new Map(holm(compared.map((c) => c.p)).map((p, i) => [compared[i], p]));
  return counters.map((counter) => {
    const { holdout } = counter;
    if (holdout === undefined) return counter;
    const adjusted = corrected.get(holdout) ?? 1;
    const sure = adjusted <= LEVEL && holdout.difference !== 0;
    return {
      ...counter,
      holdout: {
        ...holdout,
        holm: adjusted,
        effect: sure ? (holdout.difference > 0 ? 'helps' : 'hurts') : 'undecided',
      },
    };
  });
}

function tallyOf(sessions: readonly Extract[], newest: number): Tally {
  const weight = (s: Extract) => 2 ** (-(newest - (timeOf(s) ?? newest)) / (HALF_LIFE_DAYS * DAY));
  const sum = (outcome: 'pass' | 'fail') =>
    sessions.reduce((total, s) => total + (s.outcome === outcome ? weight(s) : 0), 0);
  return { sessions: sessions.length, passed: sum('pass'), failed: sum('fail') };
}

// Sessions that chance decided about: those that had it, and those that were to have it and were drawn to go without. All
// others differ in more than the entry. Old sessions are as good a trial as new ones, so nothing decays here.
function comparison(
  entry: string,
  sessions: readonly Extract[],
  blockOf: (session: Extract) => string,
): HoldoutEffect | undefined {
  const drawn = sessions.filter(
    (s) => s.outcome !== null && (s.loaded?.includes(entry) === true || s.heldOut?.includes(entry) === true),
  );
  if (!drawn.some((s) => s.heldOut?.includes(entry))) return undefined;
  const label = (s: Extract) => Number(s.heldOut?.includes(entry) !== true);
  const strata = [...groupBy(drawn, blockOf).values()].filter((list) => new Set(list.map(label)).size === 2);
  const rows = strata.flatMap((list, block) => list.map((session) => ({ block, session })));
  const labels = rows.map(({ session }) => label(session));
  const blocks = rows.map(({ block }) => block);
  const weights = weightsOf(strata.map((list) => list.map(label)));
  const statistic = (arranged: ArrayLike<number>) =>
    rows.reduce((sum, { block, session }, i) => {
      const [out, inside] = weights[block] ?? [0, 0];
      return sum + (session.outcome === 'pass' ? (arranged[i] === 1 ? inside : -out) : 0);
    }, 0);
  const difference = statistic(labels);
  return {
    tasks: strata.length,
    with: labels.filter((l) => l === 1).length,
    without: labels.filter((l) => l === 0).length,
    difference,
    p: permuted(blocks, labels, statistic, entry, difference),
    holm: 1,
    effect: 'undecided',
  };
}

// Mantel-Haenszel weights n₁n₀/n, by block for [without, with]; dealing labels anew within a block keeps them.
function weightsOf(blocks: readonly (readonly number[])[]): [number, number][] {
  const sizes = blocks.map((labels) => {
    const inside = labels.reduce((sum, l) => sum + l, 0);
    return { inside, out: labels.length - inside, weight: (inside * (labels.length - inside)) / labels.length };
  });
  const total = sizes.reduce((sum, s) => sum + s.weight, 0);
  return sizes.map(({ inside, out, weight }) => [weight / (total * out), weight / (total * inside)]);
}

function permuted(
  blocks: readonly number[],
  labels: readonly number[],
  statistic: (labels: ArrayLike<number>) => number,
  entry: string,
  observed: number,
): number {
  let beyond = 0;
  const random = seeded(`holdout/${entry}`);
  const { exact, visited } = forEachArrangement(blocks, labels, { draws: DRAWS, random }, (arranged) => {
    if (Math.abs(statistic(arranged)) >= Math.abs(observed) - 1e-9) beyond++;
  });
  return exact ? beyond / visited : (beyond + 1) / (visited + 1);
}

function timeOf({ last, at }: Extract): number | undefined {
  const ms = Date.parse(last ?? at ?? '');
  return Number.isFinite(ms) ? ms : undefined;
}

function dayOf(extract: Extract): string | undefined {
  const ms = timeOf(extract);
  return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 10);
}
