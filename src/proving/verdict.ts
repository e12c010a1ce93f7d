// The verdict on a dream out of the numbers of its proof, with the sentences that say why; pure, and harsher on falls than on silence.
import { count } from '../base/text.ts';
import type { Comparison, CriterionProof, ProofVerdict } from '../domain/proof.ts';
import { ACCEPT_AT } from '../statistics/eprocess.ts';
import { holm } from '../statistics/holm.ts';
import type { Analysis } from './analysis.ts';
import type { Bets } from './bets.ts';

/** One-sided level of every test that decides something. */
export const LEVEL = 0.05;
/** A loss of so much, in shares, is no proven harm. */
export const MARGIN = 0.05;
export const MOST_COST = 1.1;
/** With fewer tasks an interval says nothing about what other tasks would do. */
export const FEWEST_TASKS = 8;
export const MOST_MISSING = 0.2;

export type Judged = Pick<Analysis, 'whole' | 'placebo' | 'criteria' | 'evasion' | 'cost' | 'arms' | 'tasks'>;

/**
 * `harmful` where the whole, or a required criterion, falls: Holm over all of them, one-sided 5 % for the family. `validated` where
 * the branch beats the memory in force and the neutral text, each by a one-sided test at 5 %, and nothing else speaks against it.
 * `no proven harm` where the interval ends above −5 points. With `bets` their wealth decides instead of p values.
 */
export function verdictOf(judged: Judged, bets?: Bets): { verdict: ProofVerdict; reasons: string[] } {
  const harm = bets === undefined ? fallsOf(judged) : bets.worse >= ACCEPT_AT ? [fallByBet(bets)] : [];
  if (harm.length > 0) return { verdict: 'harmful', reasons: harm };
  const gain = gainOf(judged, bets);
  const against = againstOf(judged);
  if (gain.shown && against.length === 0) return { verdict: 'validated', reasons: gain.reasons };
  const { whole } = judged;
  const bounded = whole.interval !== null && whole.interval[0] > -MARGIN && whole.tasks >= FEWEST_TASKS;
  const reasons = [...against, ...(gain.shown ? [] : gain.reasons)];
  if (!bounded || missingOf(judged) !== undefined || against.some(isFall)) return { verdict: 'not proven', reasons };
  return { verdict: 'no proven harm', reasons: [...reasons, `The loss, if there is one, is below ${points(MARGIN)}.`] };
}

/** `+12.5 points`. */
export function points(share: number): string {
  const value = Math.round(share * 1000) / 10;
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value)} points`;
}

// The whole and a criterion that went the same way in every task are one question, asked once.
function fallsOf({ whole, criteria }: Judged): string[] {
  const family: { name: string; of: Comparison }[] = [{ name: 'The whole', of: whole }];
  for (const of of criteria.filter((c) => c.required)) {
    if (!isSame(of, whole)) family.push({ name: `The required criterion \`${of.id}\``, of });
  }
  const corrected = holm(family.map(({ of }) => of.worse));
  return family.flatMap(({ name, of }, i) =>
    (corrected[i] ?? 1) <= LEVEL
      ? [
          `${name} fell by ${points(-of.difference).replace('+', '')} (p = ${short(corrected[i] ?? 1)} over ${count(family.length, 'question')}).`,
        ]
      : [],
  );
}

function isSame(a: Comparison, b: Comparison): boolean {
  return (
    a.tasks === b.tasks && a.wins === b.wins && a.losses === b.losses && a.before === b.before && a.after === b.after
  );
}

function fallByBet({ falls, worse }: Bets): string {
  return `${falls === 'the whole' ? 'The whole' : `The required criterion \`${falls}\``} fell: the bet on that stands at ${short(worse)}, and ${ACCEPT_AT} decides.`;
}

function gainOf({ whole, placebo }: Judged, bets: Bets | undefined): { shown: boolean; reasons: string[] } {
  if (bets !== undefined) {
    const shown = bets.better >= ACCEPT_AT && bets.than_placebo >= ACCEPT_AT;
    const state = `The bets stand at ${short(bets.better)} against the memory in force and ${short(bets.than_placebo)} against neutral text; ${ACCEPT_AT} decides.`;
    return { shown, reasons: [state] };
  }
  const overMemory = whole.better <= LEVEL && whole.difference > 0;
  const overPlacebo = placebo.better <= LEVEL && placebo.difference > 0;
  const said = (of: Comparison, than: string, is: boolean) =>
    `${is ? 'Better' : 'Not shown to be better'} than ${than}: ${points(of.difference)} over ${count(of.tasks, 'task')} (one-sided p = ${short(of.better)}).`;
  return {
    shown: overMemory && overPlacebo,
    reasons: [
      said(whole, 'the memory in force', overMemory),
      said(placebo, 'neutral text of the same length', overPlacebo),
    ],
  };
}

// What keeps a gain from counting.
function againstOf(judged: Judged): string[] {
  const { cost, evasion, tasks, criteria } = judged;
  const reasons = criteria.filter((c) => c.required && hasFallen(c)).map(fallen);
  if (cost.ratio > MOST_COST)
    reasons.push(
      `A trial costs ${percent(cost.ratio - 1)} more ${cost.unit === 'usd' ? 'dollars' : cost.unit}; ${percent(MOST_COST - 1)} is the most.`,
    );
  const lost = tasks.filter((t) => t.collapsed && t.explained === undefined).map((t) => t.task);
  if (lost.length > 0)
    reasons.push(
      `${lost.length === 1 ? 'A task' : `${lost.length} tasks`} that always passed now nearly never ${lost.length === 1 ? 'does' : 'do'}, and nobody has explained why: ${lost.join(', ')}.`,
    );
  if (evasion.difference > MARGIN && evasion.better <= LEVEL)
    reasons.push(
      `Trials hand off or give up more often: ${points(evasion.difference)}. Avoiding hard cases is not learning.`,
    );
  const missing = missingOf(judged);
  return missing === undefined ? reasons : [...reasons, missing];
}

function hasFallen({ worse, difference }: CriterionProof): boolean {
  return difference < 0 && (worse <= LEVEL || difference < -MARGIN);
}

function fallen({ id, difference, worse }: CriterionProof): string {
  return `The required criterion \`${id}\` fell by ${points(-difference).replace('+', '')} (one-sided p = ${short(worse)}).`;
}

function isFall(reason: string): boolean {
  return reason.startsWith('The required criterion');
}

function missingOf({ arms }: Judged): string | undefined {
  for (const [arm, summary] of Object.entries(arms)) {
    if (arm === 'E' || summary === undefined || summary.missing <= summary.trials * MOST_MISSING) continue;
    return `${summary.missing} of ${count(summary.trials, 'trial')} of arm ${arm} say neither yes nor no, which is too many.`;
  }
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Three digits that say something; `< 0.0001` below that. */
export function short(value: number): string {
  if (value > 0 && value < 0.0001) return '< 0.0001';
  return String(Number(value.toPrecision(value >= 1000 ? 4 : 3)));
}
