// Long work in one thread, in steps between which others can be let in; knows nothing of what the work is.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfInterrupted } from './errors.ts';

/** Work that stops for a moment wherever somebody may be let in. */
export type Steps<Result> = Generator<void, Result, void>;

/** Does it all, and lets nobody in. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does it with a turn of the event loop after each step: signals and the spinner are served only then. Throws Interrupted once the signal has fired. */
export async function inTurns<Result>(steps: Steps<Result>, signal?: AbortSignal): Promise<Result> {
  for (;;) {
    throwIfInterrupted(signal);
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}
