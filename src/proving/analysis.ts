// The numbers of a proof: what each arm came to, and every comparison between them; pure, the same trials give the same numbers.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type {
  ArmSummary,
  Comparison,
  CriterionProof,
  Prediction,
  Proof,
  ProofArm,
  TaskProof,
} from '../domain/proof.ts';
import { proofArms } from '../domain/proof.ts';
import { meanPassHat } from '../statistics/pass-k.ts';
import { compare, type Effort, mean, type Pair, pairsOf, passed } from './compare.ts';
import { entryEffects } from './entry-effects.ts';
import type { Trial } from './trial.ts';

export interface AnalysisRequest extends Effort {
  trials: readonly Trial[];
  /** Held-out tasks with the hash of prompt and seed. */
  tasks: readonly { id: string; key: string }[];
  /** Ids of criteria that must be met for a pass. */
  required: ReadonlySet<string>;
  /** Entries of arm E. */
  perEntry: readonly string[];
  /** Arm E is without all of them, always: they are measured as one, against arm B. */
  together?: boolean | undefined;
  /** What a person found out about tasks that collapsed, by task. */
  explained?: ReadonlyMap<string, string>;
  predicted?: readonly Countable[];
}

/** What an entry says will happen less often: how often it did, by session; or why that cannot be counted. */
export type Countable =
  | { entry: string; metric: string; count: (session: string) => number }
  | { entry: string; reason: string };

export type Analysis = Pick<
  Proof,
  'whole' | 'placebo' | 'criteria' | 'evasion' | 'cost' | 'arms' | 'tasks' | 'effects' | 'predictions' | 'models'
>;

/** Everything but the verdict. */
export function analyse(request: AnalysisRequest): Analysis {
  const { trials, perEntry, seed } = request;
  return {
    models: [...new Set(trials.map((t) => t.model))].sort(byCodeUnit),
    whole: between(request, 'A', 'B', 'whole', passed),
    placebo: between(request, 'P', 'B', 'placebo', passed),
    criteria: criteriaOf(request),
    evasion: between(request, 'A', 'B', 'evasion', (t) => Number(t.handed_off || t.gave_up)),
    cost: costOf(trials),
    arms: Object.fromEntries(
      proofArms.flatMap((arm) =>
        summary(
          trials.filter((t) => t.arm === arm),
          arm,
        ),
      ),
    ),
    tasks: tasksOf(request),
    effects: entryEffects(trials, perEntry, seed, request.together === true),
    predictions: (request.predicted ?? []).map((countable) => predictionOf(request, countable)),
  };
}

function between(
  request: AnalysisRequest,
  first: ProofArm,
  second: ProofArm,
  name: string,
  measure: (trial: Trial) => number | null,
): Comparison {
  return compare(pairsOf(request.trials, first, second, measure), { ...request, seed: `${request.seed}/${name}` });
}

function criteriaOf(request: AnalysisRequest): CriterionProof[] {
  const ids = new Set(request.trials.flatMap((t) => [...t.criteria.keys()]));
  return [...ids].sort(byCodeUnit).map((id) => ({
    ...between(request, 'A', 'B', `criterion/${id}`, (t) => {
      const verdict = t.criteria.get(id);
      return verdict === undefined || verdict === null ? null : Number(verdict);
    }),
    id,
    required: request.required.has(id),
  }));
}

// In dollars where every request of both arms had a price, else in tokens, else in tool calls.
function costOf(trials: readonly Trial[]): Proof['cost'] {
  const both = trials.filter((t) => t.arm === 'A' || t.arm === 'B');
  const unit = both.every((t) => t.usd !== null) ? 'usd' : both.some((t) => t.tokens > 0) ? 'tokens' : 'steps';
  const pairs: Pair[] = pairsOf(both, 'A', 'B', (t) => t[unit]);
  const before = mean(pairs.map((p) => p.before));
  const after = mean(pairs.map((p) => p.after));
  return { unit, before, after, ratio: before > 0 ? after / before : after > 0 ? Number.MAX_SAFE_INTEGER : 1 };
}

function summary(trials: readonly Trial[], arm: ProofArm): [ProofArm, ArmSummary][] {
  if (trials.length === 0) return [];
  const told = trials.filter((t) => t.passed !== null);
  const tries = [...groupBy(told, (t) => t.task).values()].map((list) => ({
    successes: list.filter((t) => t.passed === true).length,
    trials: list.length,
  }));
  const most = tries.reduce((k, t) => Math.max(k, t.trials), 0);
  const hats = Array.from({ length: most }, (_, i) => i + 1).flatMap((k) => {
    const hat = meanPassHat(tries, k);
    return hat === undefined ? [] : [[String(k), hat.mean] as const];
  });
  const passes = told.filter((t) => t.passed === true).length;
  const priced = trials.map((t) => t.usd);
  const found: ArmSummary = {
    trials: trials.length,
    passed: passes,
    failed: told.length - passes,
    missing: trials.length - told.length,
    pass_hat: Object.fromEntries(hats),
    usd: priced.every((usd) => usd !== null) ? mean(priced) : null,
    tokens: mean(trials.map((t) => t.tokens)),
    steps: mean(trials.map((t) => t.steps)),
    minutes: mean(trials.map((t) => t.minutes)),
    handed_off: mean(trials.map((t) => Number(t.handed_off))),
    gave_up: mean(trials.map((t) => Number(t.gave_up))),
  };
  return [[arm, found]];
}

function tasksOf({ trials, tasks, explained }: AnalysisRequest): TaskProof[] {
  return tasks.map(({ id, key }) => {
    const counts = (arm: ProofArm) => {
      const told = trials.filter((t) => t.task === id && t.arm === arm && t.passed !== null);
      return { passed: told.filter((t) => t.passed === true).length, of: told.length };
    };
    const [a, b, p] = [counts('A'), counts('B'), counts('P')];
    const why = explained?.get(id);
    return { task: id, key, a, b, p, collapsed: collapsed(a, b), ...(why !== undefined && { explained: why }) };
  });
}

interface Counted {
  passed: number;
  of: number;
}

// Three trials at least: with fewer, chance alone takes some task of a suite from all to none.
function collapsed(a: Counted, b: Counted): boolean {
  return a.of >= 3 && b.of >= 3 && a.passed === a.of && b.passed * 4 <= b.of;
}

function predictionOf(request: AnalysisRequest, countable: Countable): Prediction {
  const { entry } = countable;
  if ('reason' in countable) return { entry, reason: countable.reason };
  const { metric, count } = countable;
  const counted = between({ ...request, resamples: 0 }, 'A', 'B', `predicted/${entry}`, (t) => count(t.session));
  if (counted.before === 0 && counted.after === 0)
    return { entry, metric, before: 0, after: 0, reason: 'it happened in no trial of either arm' };
  return { entry, metric, before: counted.before, after: counted.after, fell: counted.worse };
}
