// What proofs were asked to do, so that a broken-off one can be gone on with: state/proofs/<run>.json; never committed, and no verdict lies here alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type ProofPlan, proofPlanSchema } from '../domain/proof.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';

const RUN = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

/** Every readable plan, oldest first. A damaged file is passed over: then that proof can only be begun anew. */
export function proofPlans(layout: Layout): ProofPlan[] {
  const folder = join(layout.state, 'proofs');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && RUN.test(name.slice(0, -5)));
  // Its name stands in paths, and a clone can carry a state folder: a plan is what its file is called, or nothing.
  const plans = names.flatMap((name) => {
    const plan = readPlan(join(folder, name));
    return plan !== undefined && `${plan.run}.json` === name ? [plan] : [];
  });
  return plans.sort((a, b) => (`${a.at} ${a.run}` < `${b.at} ${b.run}` ? -1 : 1));
}

/** The plan of that run, or of one that begins so, or the newest that has not ended. Throws UserError with what there is. */
export function proofPlan(layout: Layout, run?: string): ProofPlan {
  const plans = proofPlans(layout);
  const wanted =
    run === undefined ? plans.filter((p) => p.finished === undefined).slice(-1) : plans.filter((p) => p.run === run);
  const found = wanted.length > 0 || run === undefined ? wanted : plans.filter((p) => p.run.startsWith(run));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  const newest = plans.slice(-5).map((p) => p.run);
  throw new UserError({
    what:
      run === undefined
        ? 'no proof was broken off on this machine'
        : found.length === 0
          ? `no proof is called ${run} on this machine`
          : `${run} is the beginning of ${found.length} proofs`,
    hint: newest.length === 0 ? 'begin one: agent prove --suite <name>' : `there are: ${newest.join(', ')}`,
  });
}

export function writeProofPlan(layout: Layout, plan: ProofPlan): void {
  if (!RUN.test(plan.run)) throw new Error(`no name for a proof: ${plan.run}`);
  // The schedule is drawn anew from the seed.
  writeAtomic(join(layout.state, 'proofs', `${plan.run}.json`), `${JSON.stringify({ ...plan, schedule: [] })}\n`);
}

function readPlan(path: string): ProofPlan | undefined {
  try {
    const parsed = proofPlanSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // torn or foreign
  }
}
