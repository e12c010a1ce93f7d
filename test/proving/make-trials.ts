// Trials made by hand for the tests of proofs: outcomes as strings of + and -, one a trial, with everything else alike.
import type { ProofArm } from '../../src/domain/proof.ts';
import type { Trial } from '../../src/proving/trial.ts';

/** One trial; `parts` replaces what a test is about. */
export function makeTrial(
  task: string,
  arm: ProofArm,
  trial: number,
  passed: boolean | null,
  parts: Partial<Trial> = {},
): Trial {
  return {
    ...{ task, arm, trial, passed, without: [], criteria: new Map(), loaded: [] },
    ...{ session: `${task}.${arm}.${trial}`, model: 'made-up' },
    ...{ usd: 0.01, tokens: 1000, steps: 5, minutes: 1, handed_off: false, gave_up: false },
    ...parts,
  };
}

/** `outcomes` by task and arm: `+` passed, `-` failed, `?` says neither. */
export function makeTrials(
  outcomes: Record<string, Partial<Record<ProofArm, string>>>,
  parts: Partial<Trial> = {},
): Trial[] {
  return Object.entries(outcomes).flatMap(([task, arms]) =>
    (Object.entries(arms) as [ProofArm, string][]).flatMap(([arm, signs]) =>
      [...signs].map((sign, i) => makeTrial(task, arm, i + 1, sign === '?' ? null : sign === '+', parts)),
    ),
  );
}

/** `count` tasks with the same outcomes. */
export function sameTasks(count: number, arms: Partial<Record<ProofArm, string>>): Record<string, typeof arms> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`task-${String(i).padStart(2, '0')}`, arms]));
}
