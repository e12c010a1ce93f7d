// Everything that a search will ask: each split of each feature, alone and under each condition, as far as the budget goes; answers nothing.
import { count } from '../../base/text.ts';
import type { Feature, FeatureGroup } from './features.ts';
import type { Ground } from './ground.ts';
import { newSeen } from './seen.ts';
import { type Question, sidesOf, splitsOf } from './splits.ts';

/** A question; those that compare the same ones are asked once. */
export interface Asked extends Question {
  /** Features whose split parts the same sessions in the same way. */
  twins: Feature[];
}

export interface Questions {
  asked: Asked[];
  tools: number;
  /** Arguments and readings with a value in enough sessions. */
  features: number;
  /** What had been read before the call, by tool called. */
  readings: ReadonlyMap<string, readonly Feature[]>;
  /** Whether chance is found out by permutations, or bounded by an inequality because they would take too long. */
  route: 'permuted' | 'bounded';
  /** Said where the budget made the search coarser or smaller than it should have been. */
  bound?: string;
}

/** How finely features are cut: alone; an argument under a condition; and the condition itself. */
interface Detail {
  alone: number;
  under: number;
  condition: number;
}

const DETAILS: readonly Detail[] = [
  { alone: 32, under: 16, condition: 7 },
  { alone: 32, under: 6, condition: 3 },
  { alone: 16, under: 4, condition: 1 },
  { alone: 8, under: 2, condition: 1 },
  { alone: 8, under: 0, condition: 0 },
  { alone: 3, under: 0, condition: 0 },
];
const COARSE: Detail = { alone: 8, under: 0, condition: 0 };
/** Sessions × questions × criteria: a few seconds each way. */
export interface Budget {
  /** For permutations, where a question costs about as much as 380 sessions beside its own. */
  permuted: number;
  /** For the bound that is used where there are too many for permutations. */
  bounded: number;
}
const BUDGET: Budget = { permuted: 1_500_000, bounded: 120_000_000 };
const FIXED = 380;
/** Strata in which both exposures must occur, on each side of a condition. */
export const LEAST_STRATA = 3;

/** In the order of tools, features and splits; in the finest detail that stays within the budget. */
export function questionsOf(ground: Ground, budget = BUDGET): Questions {
  const { strata, criteria, features: groups } = ground;
  const sessions = strata.length;
  const roomFor = (work: number, each: number) =>
    Math.max(1, Math.floor(work / (Math.max(1, criteria.length) * Math.max(1, each))));
  const readings = new Map(groups.map((g) => [g.tool, g.readings]));
  const features = groups.reduce((sum, g) => sum + g.arguments.length + g.readings.length, 0);
  const known = { tools: groups.length, features, readings };
  const permuted = roomFor(budget.permuted, sessions + FIXED);
  for (const [i, detail] of DETAILS.entries()) {
    const asked = ask(ground, groups, detail, permuted);
    if (asked.length > permuted) continue;
    return { asked, ...known, route: 'permuted', ...(i > 0 && { bound: boundOf(detail) }) };
  }
  const bounded = roomFor(budget.bounded, sessions);
  const asked = ask(ground, groups, COARSE, bounded);
  const cut = asked.length > bounded ? `, and only ${bounded} of these, those of the tools used most` : '';
  return { asked: asked.slice(0, bounded), ...known, route: 'bounded', bound: boundOf(COARSE) + cut };
}

// Stops one past `room`, which is enough to know that there is none.
function ask(ground: Ground, groups: readonly FeatureGroup[], detail: Detail, room: number): Asked[] {
  const seen = newSeen<Asked>(ground.strata.length);
  const asked: Asked[] = [];
  for (const group of groups) {
    for (const question of questionsAbout(ground, group, detail)) {
      const sides = sidesOf(question, seen.sides);
      if (!mayInform(ground, sides) || !mayDiffer(ground, question, seen.spare)) continue;
      const same = seen.find((known, into) => sidesOf(known, into));
      if (same !== undefined) {
        same.twins.push(question.split.feature);
        continue;
      }
      const own = { ...question, twins: [] };
      asked.push(own);
      seen.keep(own);
      if (asked.length > room) return asked;
    }
  }
  return asked;
}

function* questionsAbout(
  { speaking }: Ground,
  group: FeatureGroup,
  { alone, under, condition }: Detail,
): Generator<Question> {
  for (const feature of [...group.arguments, ...group.readings])
    for (const split of splitsOf(feature, speaking, alone)) yield { split };
  if (condition === 0) return;
  const split = group.arguments.map((argument) => splitsOf(argument, speaking, under));
  for (const reading of group.readings) {
    for (const when of splitsOf(reading, speaking, condition)) {
      for (const splits of split) {
        for (const holds of [true, false])
          for (const split of splits) yield { split, condition: { split: when, holds } };
      }
    }
  }
}

function mayInform({ strata, speaking }: Ground, sides: Int8Array): boolean {
  const seen = new Uint8Array(strata.length);
  let both = 0;
  for (let i = 0; i < speaking.length; i++) {
    const place = speaking[i] ?? 0;
    const side = sides[place] ?? -1;
    if (side < 0) continue;
    const stratum = strata[place] ?? 0;
    const before = seen[stratum] ?? 0;
    const now = before | (1 << side);
    if (now === 3 && before !== 3 && ++both >= LEAST_STRATA) return true;
    seen[stratum] = now;
  }
  return false;
}

// A condition is named only beside what happens where it does not hold, so there has to be something to see there.
function mayDiffer(ground: Ground, { split, condition }: Question, spare: Int8Array): boolean {
  if (condition === undefined) return true;
  return mayInform(ground, sidesOf({ split, condition: { ...condition, holds: !condition.holds } }, spare));
}

function boundOf({ alone, condition }: Detail): string {
  const under = condition === 0 ? 'none under a condition' : `each under ${count(condition, 'threshold')} of a reading`;
  return `so many that only ${count(alone, 'threshold')} of each were tried, ${under}`;
}
