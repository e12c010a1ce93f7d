// Visits every pattern that a session shows, in order; counts nothing and keeps nothing.
import type { Runs } from './runs.ts';

/**
 * A pattern is a path from the root, a token a step: `kind * TOKENS + place in TIMES` for what follows at once, or
 * `kind * TOKENS + LATER` for what follows within the window. A token stands for a run of at least its length, so that whether a
 * pattern was shown by some step never depends on what came after it.
 */
export const TOKENS = 4;
export const LATER = 3;

export const ROOT = 1;

export interface Walker {
  /** The node of `parent` followed by `token`, or 0 where nothing that begins so is of interest. */
  child(parent: number, token: number): number;
  /** That the session shows a pattern, completed by this step; more than once where it does so more than once, in any order. */
  seen(node: number, step: number): void;
}

export interface Shape {
  /** Longest pattern of steps that follow each other at once. */
  longest: number;
  /** How many runs after the first the second of a pair may come. */
  window: number;
}

/** Singles, sequences up to `longest`, and pairs within `window`, which look at tools and endings and not at repeats. */
export function walkSession(runs: Runs, session: number, { longest, window }: Shape, walker: Walker): void {
  const end = runs.starts[session + 1] ?? 0;
  let lane = 0;
  // By length, the nodes of the sequences that end at the run before.
  let before: number[][] = [[ROOT]];
  for (let i = runs.starts[session] ?? 0; i < end; i++) {
    if (runs.opens[i] === 1) {
      lane = i;
      before = [[ROOT]];
    }
    before = endingAt(runs, i, before, longest, walker);
    const kind = runs.kind[i] ?? 0;
    for (let first = Math.max(lane, i - window); first < i; first++) {
      const single = walker.child(ROOT, (runs.kind[first] ?? 0) * TOKENS);
      const pair = single === 0 ? 0 : walker.child(single, kind * TOKENS + LATER);
      if (pair !== 0) walker.seen(pair, runs.steps[3 * i] ?? 0);
    }
  }
}

function endingAt(runs: Runs, i: number, before: readonly number[][], longest: number, walker: Walker): number[][] {
  const token = (runs.kind[i] ?? 0) * TOKENS;
  const size = runs.size[i] ?? 0;
  const now: number[][] = [[ROOT]];
  for (let length = 1; length <= longest; length++) {
    const ending: number[] = [];
    for (const parent of before[length - 1] ?? []) {
      for (let times = 0; times <= size; times++) {
        const node = walker.child(parent, token + times);
        if (node === 0) break;
        walker.seen(node, runs.steps[3 * i + times] ?? 0);
        ending.push(node);
      }
    }
    if (ending.length === 0) break;
    now.push(ending);
  }
  return now;
}
