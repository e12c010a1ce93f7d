// The search for rules about arguments once more, plainly and slowly: nested loops and every arrangement; shares no code with it.
import type { Extract, ObservedValue } from '../../../src/mining/extract-types.ts';

/** By session: 1 exposed, 0 not, −1 left out. */
type Sides = number[];

export interface Decision {
  criterion: string;
  sides: string;
  score: number;
  p: number;
}

/** All questions with a family-wise p of at most `level`, sorted; only for sessions whose arrangements can all be listed. */
export function slowSearch(
  sessions: readonly Extract[],
  level: number,
): { decisions: Decision[]; leastP: number; arrangements: number } {
  const strata = sessions.map((s) => `${s.task} ${s.model ?? ''}`);
  const criteria = criteriaOf(sessions);
  const speaking = sessions.map((_, i) =>
    criteria.some(
      ({ met }) =>
        sessions.some((_, j) => strata[j] === strata[i] && met[j] === true) &&
        sessions.some((_, j) => strata[j] === strata[i] && met[j] === false),
    ),
  );
  const questions = questionsOf(sessions, strata, speaking);
  const orders = arrangementsOf(
    strata,
    criteria.map((c) => c.met),
  );
  const maxima = orders.map((order) => {
    let most = 0;
    for (const { met } of criteria) {
      const dealt = order.map((i) => met[i] ?? false);
      for (const sides of questions) most = Math.max(most, Math.abs(score(strata, dealt, sides)));
    }
    return most;
  });
  const pOf = (z: number) => maxima.filter((m) => m >= Math.abs(z) - 1e-9).length / maxima.length;
  const all = criteria.flatMap(({ name, met }) =>
    questions.map((sides) => {
      const z = score(strata, met, sides);
      return { criterion: name, sides: sides.join(), score: z, p: pOf(z) };
    }),
  );
  const decisions = all
    .filter((d) => d.p <= level)
    .sort((a, b) => (a.criterion + a.sides < b.criterion + b.sides ? -1 : 1));
  const best = all.reduce((most, d) => Math.max(most, Math.abs(d.score)), 0);
  return { decisions, leastP: best === 0 ? 1 : pOf(best), arrangements: orders.length };
}

function criteriaOf(sessions: readonly Extract[]): { name: string; met: boolean[] }[] {
  const names = [...new Set(sessions.flatMap((s) => Object.keys(s.evaluations?.at(-1)?.criteria ?? {})))].sort();
  const found = [
    ...names.map((name) => ({
      name: `casting/${name}`,
      met: sessions.map((s) => s.evaluations?.at(-1)?.criteria[name] === true),
    })),
    { name: 'outcome', met: sessions.map((s) => s.outcome === 'pass') },
  ].filter(({ met }) => met.includes(true) && met.includes(false));
  return found.filter(({ met }, i) => found.findIndex((o) => o.met.join() === met.join()) === i);
}

// Numbers above each of their values but the last, categories one by one; readings and arguments alone, arguments under readings.
function questionsOf(sessions: readonly Extract[], strata: readonly string[], speaking: readonly boolean[]): Sides[] {
  const calls = sessions.map((s) => s.actions.find((a) => a.tool === 'pour'));
  const input = (name: string) => calls.map((c) => (c?.input as Record<string, ObservedValue> | undefined)?.[name]);
  const shown = sessions.map((s, i) =>
    calls[i] === undefined ? undefined : s.actions.find((a) => a.tool === 'gauge')?.values?.['/depth'],
  );
  const args = ['heat', 'mould'].map(input).map((values) => splits(values, speaking));
  const readings = splits(shown, speaking);
  const alone = [...args.flat(), ...readings].filter((sides) => bothIn(strata, speaking, sides) >= 3);
  const under = readings.flatMap((when) =>
    args.flat().flatMap((sides) => {
      const halves = [1, 0].map((held) => sides.map((side, i) => (when[i] === held ? side : -1)));
      return halves.every((half) => bothIn(strata, speaking, half) >= 3) ? halves : [];
    }),
  );
  return [...alone, ...under].filter(
    (sides, i, list) => list.findIndex((other) => other.join() === sides.join()) === i,
  );
}

function splits(values: readonly (ObservedValue | undefined)[], speaking: readonly boolean[]): Sides[] {
  if (values.filter((v) => v !== undefined).length < 6) return [];
  const seen = values.filter((v, i) => v !== undefined && speaking[i]);
  if (values.some((v) => typeof v === 'number')) {
    const numbers = [...new Set(seen.map(Number))].sort((a, b) => a - b);
    return numbers.slice(0, -1).map((low) => values.map((v) => (v === undefined ? -1 : Number(v) > low ? 1 : 0)));
  }
  if (new Set(values.filter((v) => v !== undefined)).size < 2) return [];
  const names = [...new Set(seen)].map(String).sort();
  const count = (name: string) => seen.filter((v) => v === name).length;
  const common = names.filter((name) => count(name) >= 3).sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
  const kept = names.length === 2 ? common.slice(0, 1) : common;
  return kept.map((name) => values.map((v) => (v === undefined ? -1 : v === name ? 1 : 0)));
}

function bothIn(strata: readonly string[], speaking: readonly boolean[], sides: Sides): number {
  return [...new Set(strata)].filter((stratum) =>
    [0, 1].every((side) => strata.some((s, i) => s === stratum && speaking[i] && sides[i] === side)),
  ).length;
}

/** Every way to deal out the joint outcomes within strata, each once, as lists of whose outcomes each session gets. */
function arrangementsOf(strata: readonly string[], outcomes: readonly boolean[][]): number[][] {
  const label = (i: number) => outcomes.map((met) => Number(met[i])).join('');
  let all: number[][] = [strata.map((_, i) => i)];
  for (const stratum of new Set(strata)) {
    const places = strata.flatMap((s, i) => (s === stratum ? [i] : []));
    const ways = distinct(places, label);
    all = all.flatMap((order) =>
      ways.map((way) => order.map((from, i) => (places.includes(i) ? (way[places.indexOf(i)] ?? from) : from))),
    );
  }
  return all;
}

function distinct(items: readonly number[], label: (i: number) => string): number[][] {
  if (items.length === 0) return [[]];
  const firsts = items.filter((item, i) => items.findIndex((other) => label(other) === label(item)) === i);
  return firsts.flatMap((first) =>
    distinct(
      items.filter((item) => item !== first),
      label,
    ).map((rest) => [first, ...rest]),
  );
}

/** (Σa − ΣE ∓ ½) over the spread of Σa when outcomes change places among all sessions of a stratum. */
/** Signed root of the Cochran-Mantel-Haenszel chi-square over the compared sessions. */
function score(strata: readonly string[], met: readonly boolean[], sides: Sides): number {
  let over = 0;
  let variance = 0;
  for (const stratum of new Set(strata)) {
    const count = (side: number, outcome: boolean) =>
      strata.filter((s, i) => s === stratum && sides[i] === side && met[i] === outcome).length;
    const [a, b, c, d] = [count(1, true), count(1, false), count(0, true), count(0, false)];
    const n = a + b + c + d;
    if (a + b === 0 || c + d === 0 || a + c === 0 || b + d === 0) continue;
    over += a - ((a + b) * (a + c)) / n;
    variance += ((a + b) * (c + d) * (a + c) * (b + d)) / (n * n * (n - 1));
  }
  return variance === 0 ? 0 : (Math.sign(over) * Math.max(0, Math.abs(over) - 0.5)) / Math.sqrt(variance);
}
