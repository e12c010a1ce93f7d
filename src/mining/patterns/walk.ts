// Visits every pattern that a session shows, in order; counts nothing and keeps nothing.
import { TIMES } from '../facts/runs.ts';
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
  /** That a session shows a pattern, completed by this step; more than once where it does so more than once, in any order. */
  seen(node: number, step: number, session: number): void;
}

export interface Shape {
  /** Longest pattern of steps that follow each other at once. */
  longest: number;
  /** How many runs after the first the second of a pair may come. */
  window: number;
}

/** Singles, sequences up to `longest`, and pairs within `window`, which look at tools and endings and not at repeats; one session after the other. */
export function walkSessions(runs: Runs, { longest, window }: Shape, walker: Walker): void {
  let ends = newEnds(longest);
  let next = newEnds(longest);
  for (let session = 0; session + 1 < runs.starts.length; session++) {
    const end = runs.starts[session + 1] ?? 0;
    let lane = 0;
    for (let i = runs.starts[session] ?? 0; i < end; i++) {
      if (runs.opens[i] === 1) {
        lane = i;
        ends.counts.fill(0);
      }
      goOn(runs, i, ends, next, walker, session);
      [ends, next] = [next, ends];
      const kind = runs.kind[i] ?? 0;
      for (let first = Math.max(lane, i - window); first < i; first++) {
        const single = walker.child(ROOT, (runs.kind[first] ?? 0) * TOKENS);
        const pair = single === 0 ? 0 : walker.child(single, kind * TOKENS + LATER);
        if (pair !== 0) walker.seen(pair, runs.steps[3 * i] ?? 0, session);
      }
    }
  }
}

/** The nodes of the sequences that end at a run: `counts[l]` of l + 1 runs, which begin at place l · `room`. */
interface Ends {
  room: number;
  counts: Uint32Array;
  /** Floats, since hashes do not fit in a signed word. */
  nodes: Float64Array;
}

function newEnds(longest: number): Ends {
  // Each of the runs counts in as many ways as TIMES has at most.
  const room = TIMES.length ** longest;
  return { room, counts: new Uint32Array(longest), nodes: new Float64Array(longest * room) };
}

function goOn(runs: Runs, i: number, before: Ends, now: Ends, walker: Walker, session: number): void {
  const token = (runs.kind[i] ?? 0) * TOKENS;
  const size = runs.size[i] ?? 0;
  const { room, counts } = now;
  counts.fill(0);
  for (let length = 0; length < counts.length; length++) {
    const parents = length === 0 ? 1 : (before.counts[length - 1] ?? 0);
    let ending = 0;
    for (let p = 0; p < parents; p++) {
      const parent = length === 0 ? ROOT : (before.nodes[(length - 1) * room + p] ?? 0);
      for (let times = 0; times <= size; times++) {
        const node = walker.child(parent, token + times);
        if (node === 0) break;
        walker.seen(node, runs.steps[3 * i + times] ?? 0, session);
        now.nodes[length * room + ending++] = node;
      }
    }
    if (ending === 0) return;
    counts[length] = ending;
  }
}
