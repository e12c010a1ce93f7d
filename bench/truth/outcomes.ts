// Writes an outcome into a session, as an imported label or as a grade with several criteria; decides none itself.
import type { Dice } from './random.ts';
import { phraseOf, type Stage } from './stage.ts';
import type { Draft, Grade } from './transcript.ts';

/** Passed or failed as a whole. Where the world is graded, some criteria of a failed session are still met. */
export function settle(stage: Stage, draft: Draft, pass: boolean, dice: Dice): void {
  draft.pass = pass;
  if (stage.labelled) return;
  const missed = pass ? [] : dice.sample(stage.criteria, dice.int(1, stage.criteria.length));
  const verdicts = Object.fromEntries(stage.criteria.map((c) => [c, !missed.includes(c)]));
  draft.segments.push([gradeOf(stage, verdicts, 0, true, dice)]);
}

/** Each criterion on its own; passed where all of them are met. */
export function settleEach(stage: Stage, draft: Draft, verdicts: Record<string, boolean>, dice: Dice): void {
  draft.pass = Object.values(verdicts).every(Boolean);
  draft.segments.push([gradeOf(stage, verdicts, 0, true, dice)]);
}

export function gradeOf(
  stage: Stage,
  verdicts: Record<string, boolean>,
  iteration: number,
  last: boolean,
  dice: Dice,
): Grade {
  return {
    is: 'grade',
    rubric: stage.trade.name,
    iteration,
    last,
    verdicts: Object.entries(verdicts).map(([id, met]) => ({
      id,
      met,
      reason: `${met ? 'yes' : 'no'}: ${phraseOf(dice, 4)}`,
    })),
  };
}
