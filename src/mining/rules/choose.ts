// Reduces the answers of a search to the rules that say something of their own: one a tool and argument; adds no claim.
import { chiSquareTail } from '../../statistics/normal.ts';
import type { Criterion } from '../outcomes.ts';
import { conditionOf } from './condition.ts';
import type { Feature } from './features.ts';
import { excessOf, type Ground, informativeStrata, tablesOf } from './ground.ts';
import { LEAST_STRATA } from './questions.ts';
import { type Fit, refined } from './refine.ts';
import { type Answer, type Searched, searchRules } from './search.ts';
import { type Question, sidesOf } from './splits.ts';

/** A rule: following it goes with meeting the criterion. */
export interface Rule extends Fit {
  criterion: Criterion;
  /** Whether it is the exposed side that met the criterion more often. */
  high: boolean;
  score: number;
  /** Family-wise. */
  p: number;
  /** Features that part the same sessions in the same way, so that nobody can tell which of them it is. */
  twins: Feature[];
  /** Features with an effect that this rule explains. */
  explains: Feature[];
  /** Other criteria for which the same was found. */
  also: Criterion[];
}

const SIGNIFICANT = 0.05;

/** What a search came to: rules, the clearest first, and how much was asked and answered on the way. */
export interface Chosen extends Pick<Searched, 'tools' | 'features' | 'bound' | 'leastP'> {
  rules: Rule[];
  asked: number;
  answers: number;
}

/** Searches, and chooses among the answers: plain values in and out. */
export function searchAndChoose(ground: Ground): Chosen {
  const searched = searchRules(ground);
  const { asked, answers, tools, features, bound, leastP } = searched;
  const counts = { asked: asked.length, answers: answers.length, tools, features, leastP };
  return { rules: chooseRules(searched), ...counts, ...(bound !== undefined && { bound }) };
}

/** The rules, the clearest first. */
export function chooseRules(searched: Searched): Rule[] {
  const rules: Rule[] = [];
  for (const rule of onePerFeature(searched)) addOwn(searched.ground, rules, rule);
  return rules.reduce<Rule[]>(withoutEchoes, []);
}

/** The best rule of every criterion and feature; under a condition only where the effect is another without it. */
function onePerFeature({ ground, answers, readings }: Searched): Rule[] {
  const chosen: Rule[] = [];
  const best = new Map<string, { first: Answer; plain?: Answer }>();
  for (const answer of answers) {
    const { criterion, question } = answer;
    const key = JSON.stringify([criterion.name, nameOf(question.split.feature)]);
    const known = best.get(key) ?? { first: answer };
    best.set(key, known);
    if (question.condition === undefined) known.plain ??= answer;
  }
  for (const { first, plain } of best.values()) {
    const rule = ruleOf(ground, plain ?? first, readings.get(first.question.split.feature.tool) ?? []);
    if (rule !== undefined) chosen.push(rule);
  }
  return chosen;
}

function ruleOf(ground: Ground, answer: Answer, readings: readonly Feature[]): Rule | undefined {
  const { criterion, question, score, p } = answer;
  const sign = Math.sign(score);
  const plain = question.condition === undefined ? refined(ground, criterion, question, sign) : undefined;
  const { split } = plain?.question ?? question;
  const condition =
    split.feature.role === 'argument' ? conditionOf(ground, criterion, split, sign, readings) : undefined;
  const fit = condition === undefined ? plain : refined(ground, criterion, { split, condition }, sign);
  if (fit === undefined) return undefined;
  if (informativeStrata(tablesOf(ground, criterion, sidesOf(fit.question))).size < LEAST_STRATA) return undefined;
  const twins = question.twins.filter((f) => nameOf(f) !== nameOf(question.split.feature));
  return { ...fit, criterion, high: score > 0, score, p, twins: once(twins), explains: [], also: [] };
}

// A rule that an earlier one of the same criterion explains is only mentioned there.
function addOwn(ground: Ground, rules: Rule[], rule: Rule): void {
  const { feature } = rule.question.split;
  const own = rules.filter((r) => r.criterion === rule.criterion);
  const same = own.find((r) => areSame(ground, sidesOf(r.question), sidesOf(rule.question)));
  const other = same ?? own.find((r) => explains(ground, r, rule.question));
  if (other === undefined) rules.push(rule);
  else if (same === undefined) other.explains = once([...other.explains, feature]);
  else other.twins = once([...other.twins, feature]);
}

// Two splits that part the same sessions alike, or the other way round, cannot be told apart.
function areSame({ speaking }: Ground, a: Int8Array, b: Int8Array): boolean {
  let equal = 0;
  let opposite = 0;
  let compared = 0;
  for (const place of speaking) {
    const [x = -1, y = -1] = [a[place], b[place]];
    if (x < 0 && y < 0) continue;
    compared++;
    if (x === y) equal++;
    else if (x >= 0 && y >= 0) opposite++;
  }
  return equal === compared || opposite === compared;
}

/** Whether the question says nothing new among sessions of the same task that are on the same side of the rule. */
function explains(ground: Ground, rule: Rule, question: Question): boolean {
  const by = sidesOf(rule.question);
  const strata = ground.strata.map((stratum, place) => stratum * 3 + (by[place] ?? -1) + 1);
  const { over, variance } = excessOf({ strata }, rule.criterion, sidesOf(question), ground.speaking);
  return variance === 0 || chiSquareTail(over ** 2 / variance) > SIGNIFICANT;
}

// The same of the same feature for several criteria is one lesson: that of the criterion that shows it best.
function withoutEchoes(kept: Rule[], rule: Rule): Rule[] {
  const voice = kept.find((k) => isEcho(k, rule));
  if (voice === undefined) return [...kept, rule];
  voice.also.push(rule.criterion);
  return kept;
}

function isEcho(a: Rule, b: Rule): boolean {
  const [x, y] = [a.question, b.question];
  if (a.high !== b.high || nameOf(x.split.feature) !== nameOf(y.split.feature)) return false;
  if ('code' in x.split || 'code' in y.split)
    return 'code' in x.split && 'code' in y.split && x.split.code === y.split.code;
  const [p, q] = [a.range, b.range];
  return p === undefined || q === undefined || (p[0] <= q[1] && q[0] <= p[1]);
}

function once(features: readonly Feature[]): Feature[] {
  return [...new Map(features.map((f) => [nameOf(f), f])).values()];
}

function nameOf({ tool, role, source, pointer }: Feature): string {
  return JSON.stringify([tool, role, source, pointer]);
}
