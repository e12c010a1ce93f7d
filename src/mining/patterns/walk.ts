// Visits every pattern that a session shows, in order; counts nothing and keeps nothing.
import type { Contexts } from './contexts.ts';
import type { Runs } from './runs.ts';

/**
 * A pattern is a path from the root, a token a step: `kind * TOKENS + place in TIMES` for what follows at once, or
 * `kind * TOKENS + LATER` for what follows within the window. A token stands for a run of at least its length, so that whether a
 * pattern was shown by some step never depends on what came after it.
 */
export const TOKENS = 4;
export const LATER = 3;

export const ROOT = 1;

/** The node of `parent` followed by `token`, always the same; 0 where nothing that begins so is of interest. Nodes are below 2³². */
export type Child = (parent: number, token: number) => number;

export interface Walker {
  child: Child;
  /** That a session shows a pattern, completed by this step; more than once where it does so more than once, in any order. */
  seen(node: number, step: number, session: number): void;
}

/**
 * Singles, sequences as long as contexts are, and pairs within `window` runs, which look at tools and endings and not at repeats; one
 * session after the other. Nodes are asked for in the order in which the runs first show them.
 */
export function walkSessions(runs: Runs, contexts: Contexts, window: number, { child, seen }: Walker): void {
  const { starts, opens, steps } = runs;
  const sequences = sequencesIn(runs, contexts, child);
  const pairs = pairsIn(runs, window, child);
  const lastLane = new Uint32Array(contexts.first.length);
  for (let session = 0; session + 1 < starts.length; session++) {
    const end = starts[session + 1] ?? 0;
    let lane = 0;
    for (let i = starts[session] ?? 0; i < end; i++) {
      if (opens[i] === 1) lane = i;
      const context = contexts.of[i] ?? 0;
      // What a lane shows again it has shown by an earlier step.
      if (lastLane[context] !== lane + 1) {
        lastLane[context] = lane + 1;
        const { nodes, times, from, to } = sequences(context);
        for (let k = from; k < to; k++) seen(nodes[k] ?? 0, steps[3 * i + (times[k] ?? 0)] ?? 0, session);
      }
      pairs(i, lane, session, seen);
    }
  }
}

/** The pairs alone. */
export function walkPairs(runs: Runs, window: number, { child, seen }: Walker): void {
  const pairs = pairsIn(runs, window, child);
  for (let session = 0; session + 1 < runs.starts.length; session++) {
    const end = runs.starts[session + 1] ?? 0;
    let lane = 0;
    for (let i = runs.starts[session] ?? 0; i < end; i++) {
      if (runs.opens[i] === 1) lane = i;
      pairs(i, lane, session, seen);
    }
  }
}

const MOST_KINDS = 1024; // with more, a table of all pairs would be too large

/** A function that visits the pairs that a run of a lane completes. */
function pairsIn(runs: Runs, window: number, child: Child) {
  const kinds = runs.kinds.length;
  const room = kinds <= MOST_KINDS ? kinds * kinds : 0;
  const nodes = new Uint32Array(room);
  const known = new Uint8Array(room);
  const { kind, steps } = runs;
  return (i: number, lane: number, session: number, seen: Walker['seen']) => {
    const second = kind[i] ?? 0;
    for (let at = Math.max(lane, i - window); at < i; at++) {
      const pair = (kind[at] ?? 0) * kinds + second;
      let node = nodes[pair] ?? 0;
      if (known[pair] !== 1) {
        node = nodeOf(kind[at] ?? 0, second);
        if (pair < room) {
          nodes[pair] = node;
          known[pair] = 1;
        }
      }
      if (node !== 0) seen(node, steps[3 * i] ?? 0, session);
    }
  };

  function nodeOf(first: number, second: number): number {
    const single = child(ROOT, first * TOKENS);
    return single === 0 ? 0 : child(single, second * TOKENS + LATER);
  }
}

/** The sequences that end with a run of a context: their nodes from one place up to another, and for each the place in TIMES of its last part. */
interface Sequences {
  nodes: Uint32Array;
  times: Uint8Array;
  from: number;
  to: number;
}

/** A function that lists them; contexts have to be asked about in their order. What it gives is written over by the next. */
export function sequencesIn(runs: Runs, contexts: Contexts, child: Child): (context: number) => Sequences {
  const { longest, first, of } = contexts;
  const sheet: Sequences = { nodes: new Uint32Array(1024), times: new Uint8Array(1024), from: 0, to: 0 };
  // Those of context c that are l + 1 runs long end before `ends[c * longest + l]`.
  const ends = new Uint32Array(first.length * longest);
  let known = 0;
  let next = 0;
  const endOf = (context: number, length: number) => ends[context * longest + length - 1] ?? 0;
  return (context) => {
    while (known <= context) list(known++);
    sheet.from = context === 0 ? 0 : endOf(context - 1, longest);
    sheet.to = endOf(context, longest);
    return sheet;
  };

  // The shorter ones that end one run earlier, each followed by as much of this run as there is.
  function list(context: number): void {
    const run = first[context] ?? 0;
    const token = (runs.kind[run] ?? 0) * TOKENS;
    const size = runs.size[run] ?? 0;
    const before = runs.opens[run] === 1 ? -1 : (of[run - 1] ?? 0);
    for (let length = 1; length <= longest; length++) {
      const start = next;
      if (length === 1) follow(ROOT, token, size);
      else if (before >= 0) {
        const from = length > 2 ? endOf(before, length - 2) : before === 0 ? 0 : endOf(before - 1, longest);
        const to = endOf(before, length - 1);
        for (let k = from; k < to; k++) follow(sheet.nodes[k] ?? 0, token, size);
      }
      // Longer ones would go on from these.
      ends.fill(next, context * longest + length - 1, (context + 1) * longest);
      if (next === start) return;
    }
  }

  function follow(parent: number, token: number, size: number): void {
    for (let times = 0; times <= size; times++) {
      const node = child(parent, token + times);
      if (node === 0) return;
      if (next === sheet.nodes.length) grow();
      sheet.nodes[next] = node;
      sheet.times[next++] = times;
    }
  }

  function grow(): void {
    const [nodes, times] = [new Uint32Array(2 * next), new Uint8Array(2 * next)];
    nodes.set(sheet.nodes);
    times.set(sheet.times);
    Object.assign(sheet, { nodes, times });
  }
}
