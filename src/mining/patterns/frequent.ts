// The patterns that enough sessions of enough strata show, each with the step of its first occurrence; looks at no outcome.

import { TIMES, type Times } from '../facts/runs.ts';
import { type Contexts, contextsOf } from './contexts.ts';
import { type Listed, newLedger } from './ledger.ts';
import type { Runs } from './runs.ts';
import { hashAfter, newSketch } from './sketch.ts';
import { newTree, type Tree } from './tree.ts';
import { LATER, ROOT, sequencesIn, TOKENS, walkPairs, walkSessions } from './walk.ts';

/** One element of a pattern: a kind of step, and how often in a row. */
export interface Part {
  kind: number;
  times: Times;
}

/** Where a pattern was shown: sessions by number, and the step of each by which they had first shown it. */
export interface Shown extends Listed {
  parts: Part[];
  /** True for a pair whose second part may come up to `window` runs after the first, however often each is repeated. */
  gapped: boolean;
}

export interface Support {
  /** Longest pattern of steps that follow each other at once. */
  longest: number;
  /** How many runs after the first the second of a pair may come. */
  window: number;
  sessions: number;
  strata: number;
  /** Most patterns that are kept; those shown by most sessions. */
  patterns: number;
}

export interface Frequent {
  shown: Shown[];
  /** Patterns with enough support that were left out because there were too many. */
  left: number;
}

/**
 * Two passes: a sketch of fixed size bounds the support of everything from above, then what it lets through is counted exactly.
 * @param strata the stratum of each session; equal ones stand next to each other
 */
export function frequentPatterns(runs: Runs, strata: Int32Array, support: Support): Frequent {
  const contexts = contextsOf(runs, support.longest);
  const tree = newTree(worthLooking(runs, contexts, support));
  const sums = countExactly(runs, contexts, strata, support, tree);
  const enough: number[] = [];
  for (let node = ROOT + 1; node < tree.size(); node++) {
    if ((sums.sessions[node] ?? 0) >= support.sessions && (sums.strata[node] ?? 0) >= support.strata) enough.push(node);
  }
  // Nodes are numbered in the order in which they are met, and the sessions are sorted.
  const kept = enough
    .sort((a, b) => (sums.sessions[b] ?? 0) - (sums.sessions[a] ?? 0) || a - b)
    .slice(0, support.patterns);
  const paths = kept.map((node) => ({ path: tree.pathOf(node), sessions: sums.sessions[node] ?? 0 }));
  return { shown: occurrences(runs, contexts, support, paths), left: enough.length - kept.length };
}

const SHOWN_PER_RUN = 16;

// A session counts once for each context that ends with a sequence, at least once.
function worthLooking(runs: Runs, contexts: Contexts, support: Support): (hash: number) => boolean {
  const sketch = newSketch(SHOWN_PER_RUN * runs.kind.length);
  const sequences = sequencesIn(runs, contexts, hashAfter);
  for (let context = 0; context < contexts.first.length; context++) {
    const { nodes, from, to } = sequences(context);
    for (let k = from; k < to; k++) sketch.addMany(nodes[k] ?? 0, contexts.sessions[context] ?? 0);
  }
  walkPairs(runs, support.window, { child: hashAfter, seen: (hash, _, session) => sketch.add(hash, session) });
  return (hash) => sketch.atMost(hash) >= support.sessions;
}

interface Sums {
  sessions: Uint32Array;
  strata: Uint32Array;
}

// Grows the tree on the way.
function countExactly(runs: Runs, contexts: Contexts, strata: Int32Array, { window }: Support, tree: Tree): Sums {
  const sums = { sessions: new Uint32Array(1024), strata: new Uint32Array(1024) };
  let lastSession = new Int32Array(1024).fill(-1);
  let lastStratum = new Int32Array(1024).fill(-1);
  walkSessions(runs, contexts, window, {
    child: tree.child,
    seen(node, _, session) {
      if (node >= lastSession.length) makeRoom();
      if (lastSession[node] === session) return;
      lastSession[node] = session;
      sums.sessions[node] = (sums.sessions[node] ?? 0) + 1;
      const stratum = strata[session] ?? 0;
      if (lastStratum[node] === stratum) return;
      lastStratum[node] = stratum;
      sums.strata[node] = (sums.strata[node] ?? 0) + 1;
    },
  });
  return sums;

  function makeRoom(): void {
    const size = 2 * Math.max(tree.size(), lastSession.length);
    const grown = <T extends Uint32Array | Int32Array>(copy: T, list: T) => {
      copy.set(list);
      return copy;
    };
    sums.sessions = grown(new Uint32Array(size), sums.sessions);
    sums.strata = grown(new Uint32Array(size), sums.strata);
    lastSession = grown(new Int32Array(size).fill(-1), lastSession);
    lastStratum = grown(new Int32Array(size).fill(-1), lastStratum);
  }
}

// With a tree of their own, which is small enough to be near at hand, and ends every walk that leads to nothing.
function occurrences(
  runs: Runs,
  contexts: Contexts,
  { window }: Support,
  paths: readonly { path: number[]; sessions: number }[],
): Shown[] {
  const tree = newTree(() => true);
  const nodes = paths.map(({ path }) => path.reduce((node, token) => tree.child(node, token), ROOT));
  const place = new Int32Array(tree.size()).fill(-1);
  for (const [k, node] of nodes.entries()) place[node] = k;
  const longest = runs.lengths.reduce((most, length) => Math.max(most, length), 0);
  const ledger = newLedger(
    paths.map(({ sessions }) => sessions),
    runs.lengths.length,
    longest,
  );
  walkSessions(runs, contexts, window, {
    child: tree.known,
    seen(node, step, session) {
      const k = place[node] ?? -1;
      if (k >= 0) ledger.add(k, session, step);
    },
  });
  return paths.map(({ path }, k) => Object.assign(ledger.entry(k), patternOf(path)));
}

function patternOf(path: readonly number[]): Pick<Shown, 'parts' | 'gapped'> {
  const gapped = (path.at(-1) ?? 0) % TOKENS === LATER;
  const parts = path.map((token) => ({
    kind: Math.floor(token / TOKENS),
    times: TIMES[token % TOKENS] ?? 1,
  }));
  return { parts, gapped };
}
