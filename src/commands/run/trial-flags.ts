// The flags that runs of a suite and proofs share: what --only may name, and what every trial feels of the others; starts nothing.
import { unknownChoices } from '../../agent/suite/plan.ts';
import { UserError } from '../../base/errors.ts';
import type { FoundSuite } from '../../store/suites.ts';
import type { RunFlags } from './flags.ts';

/** Throws UserError with the first word of `--only` that names no task and no tag of the suite. */
export function assertKnown(suite: FoundSuite, only: readonly string[] = []): void {
  const [unknown] = unknownChoices(suite, only);
  if (unknown === undefined) return;
  throw new UserError({
    what: `--only ${unknown.word.slice(0, 80)}: no task and no tag of this suite is called so`,
    where: suite.from,
    hint: unknown.meant === undefined ? `agent suite show ${suite.suite}` : `did you mean ${unknown.meant}?`,
  });
}

/** The flags that every trial feels, as words in one order however they were typed: they are kept and compared. */
export function trialFlagWords({
  model,
  budget,
  allow = [],
  deny = [],
  context,
}: Pick<RunFlags, 'model' | 'budget' | 'allow' | 'deny' | 'context'>): string[] {
  return [
    ...(model === undefined ? [] : ['--model', model]),
    ...(budget === undefined ? [] : ['--budget', budget]),
    ...allow.flatMap((pattern) => ['--allow', pattern]),
    ...deny.flatMap((pattern) => ['--deny', pattern]),
    ...(context === false ? ['--no-context'] : []),
  ];
}
