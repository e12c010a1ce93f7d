// Groups masked error lines into templates (Drain, He et al. 2017), without ever merging lines that mean opposite things.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import { bareWord, isTelling } from './error-words.ts';

export const WILDCARD = '<*>';

export interface DrainOptions {
  /** Layers of the tree, root, length and leaf included: `depth - 2` leading tokens choose the leaf. */
  depth: number;
  /** Share of equal tokens from which a line joins a cluster. */
  similarity: number;
  maxChildren: number;
  maxClustersPerLeaf: number;
  maxClusters: number;
}

export const drainDefaults: DrainOptions = {
  depth: 4,
  similarity: 0.5,
  maxChildren: 100,
  maxClustersPerLeaf: 64,
  maxClusters: 8192,
};

export interface Cluster {
  tokens: readonly string[];
  /** Sum of the weights of its lines. */
  weight: number;
}

export interface Drain {
  /** Adds a line. Undefined when the line fits nowhere and the caps allow no new cluster. */
  add(tokens: readonly string[], weight?: number): Cluster | undefined;
  /** Second pass, to be called once after the last `add`: joins clusters that differ in one place by at least three plain words. */
  settle(): void;
  /** The cluster that a cluster returned by `add` has become part of. */
  current(cluster: Cluster): Cluster;
  /** The cluster whose template such a line fills exactly, or undefined. */
  match(tokens: readonly string[]): Cluster | undefined;
  /** In the order in which they began. */
  clusters(): Cluster[];
}

interface Leaf {
  children: Map<string, Leaf>;
  clusters: Cluster[];
}

/**
 * An empty set of clusters. Differs from the paper in what may vary: a wildcard replaces values (marks, words with digits or
 * inner punctuation or capitals) as the paper has it, but plain words only in the second pass, where three of them stand
 * in one place of otherwise equal lines; error codes, exception names, negations and opposites are never replaced.
 * The result depends on the order of `add`: hand in distinct lines sorted by code unit.
 */
export function createDrain(options: Partial<DrainOptions> = {}): Drain {
  const limits = { ...drainDefaults, ...options };
  const root: Leaf = { children: new Map(), clusters: [] };
  const all: Cluster[] = [];
  const mergedInto = new Map<Cluster, Cluster>();
  const current = (cluster: Cluster): Cluster => {
    let at = cluster;
    for (let next = mergedInto.get(at); next !== undefined; next = mergedInto.get(at)) at = next;
    return at;
  };
  const alive = () => all.filter((cluster) => !mergedInto.has(cluster));
  // A line fills only what is as long.
  const ofLength = () => groupBy(alive(), ({ tokens }) => tokens.length);
  let settled: ReturnType<typeof ofLength> | undefined;
  const names = remembered(isValue);

  return {
    add(tokens, weight = 1) {
      const leaf = leafOf(root, tokens, limits, names);
      const found = bestOf(leaf.clusters, tokens, limits.similarity, names);
      if (found !== undefined) {
        found.tokens = generalise(found.tokens, tokens);
        found.weight += weight;
        return found;
      }
      if (leaf.clusters.length >= limits.maxClustersPerLeaf || all.length >= limits.maxClusters) return undefined;
      const cluster = { tokens: [...tokens], weight };
      leaf.clusters.push(cluster);
      all.push(cluster);
      return cluster;
    },
    settle() {
      for (const group of wordGroups(alive())) {
        const [first, ...others] = group;
        for (const other of others) {
          if (first === undefined) break;
          first.tokens = generalise(first.tokens, other.tokens);
          first.weight += other.weight;
          mergedInto.set(other, first);
        }
      }
      settled = ofLength();
    },
    current,
    match: (tokens) =>
      mostExact(((settled ?? ofLength()).get(tokens.length) ?? []).filter((cluster) => fills(cluster.tokens, tokens))),
    clusters: alive,
  };
}

type Test = (token: string) => boolean;

// Most tokens come again and again.
function remembered(test: Test): Test {
  const known = new Map<string, boolean>();
  return (token) => {
    const found = known.get(token) ?? test(token);
    known.set(token, found);
    return found;
  };
}

function leafOf(root: Leaf, tokens: readonly string[], limits: DrainOptions, names: Test): Leaf {
  let at = childOf(root, String(tokens.length), Number.POSITIVE_INFINITY);
  for (const token of tokens.slice(0, Math.max(0, limits.depth - 2))) {
    at = childOf(at, names(token) ? WILDCARD : token, limits.maxChildren);
  }
  return at;
}

function childOf(leaf: Leaf, token: string, maxChildren: number): Leaf {
  const key = leaf.children.has(token) || leaf.children.size < maxChildren ? token : WILDCARD;
  const found = leaf.children.get(key);
  if (found !== undefined) return found;
  const made: Leaf = { children: new Map(), clusters: [] };
  leaf.children.set(key, made);
  return made;
}

// The most similar cluster that may take the line; among equals the one with fewer wildcards, then the older one.
function bestOf(
  clusters: readonly Cluster[],
  tokens: readonly string[],
  similarity: number,
  names: Test,
): Cluster | undefined {
  let best: Cluster | undefined;
  let bestScore = -1;
  for (const cluster of clusters) {
    const equal = equalTokens(cluster.tokens, tokens, names);
    // Wildcards only take from the score, and counting them is dear.
    if (equal === undefined || equal <= bestScore || equal < similarity * tokens.length) continue;
    const score = equal - cluster.tokens.filter(hasWildcard).length / (tokens.length + 1);
    if (score > bestScore) {
      best = cluster;
      bestScore = score;
    }
  }
  return best;
}

// How many tokens are equal, or undefined where two differ that may not be merged.
function equalTokens(a: readonly string[], b: readonly string[], names: Test): number | undefined {
  if (a.length !== b.length) return undefined;
  let equal = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? '';
    const y = b[i] ?? '';
    if (x === y) equal++;
    else if (!names(x) || !names(y)) return undefined;
  }
  return equal;
}

function hasWildcard(token: string): boolean {
  return token.includes(WILDCARD);
}

/** True for a token that names something rather than says something: it may become a wildcard. */
export function isValue(token: string): boolean {
  if (hasWildcard(token)) return true;
  const bare = bareWord(token);
  if (!/[\p{L}\p{N}]/u.test(bare) || isTelling(bare)) return false;
  return /\d|[^\p{L}\p{M}'’-]|\p{Ll}\p{Lu}|^\p{Lu}{2,}$/u.test(bare);
}

function generalise(a: readonly string[], b: readonly string[]): string[] {
  return a.map((token, i) => (token === b[i] ? token : WILDCARD + commonEnd(token, b[i] ?? '')));
}

function commonEnd(a: string, b: string): string {
  const last = a.at(-1) ?? '';
  return last === b.at(-1) && ',;:.)]'.includes(last) ? last : '';
}

// Clusters that are equal but for one place with at least three different plain words in it; each cluster in one group only.
function wordGroups(clusters: readonly Cluster[]): Cluster[][] {
  const places = clusters.flatMap((cluster) =>
    cluster.tokens.flatMap((token, i) => {
      if (isTelling(token) || !isPlaceOfValue(cluster.tokens, i)) return [];
      return [{ cluster, rest: cluster.tokens.with(i, `\u0000${commonEnd(token, token)}`).join(' ') }];
    }),
  );
  const groups = [...groupBy(places, (place) => place.rest)].filter(([, members]) => members.length >= 3);
  const taken = new Set<Cluster>();
  const result: Cluster[][] = [];
  for (const [, members] of groups.sort(([a, x], [b, y]) => y.length - x.length || byCodeUnit(a, b))) {
    const free = members.map((place) => place.cluster).filter((cluster) => !taken.has(cluster));
    if (free.length < 3) continue;
    for (const cluster of free) taken.add(cluster);
    result.push(free);
  }
  return result;
}

// Three plain words must stay to say what the template is about, or two where a label such as `name:` announces a value.
function isPlaceOfValue(tokens: readonly string[], i: number): boolean {
  const words = tokens.filter((token, j) => j !== i && !isValue(token) && bareWord(token) !== '').length;
  return words >= (/[:=]$/.test(tokens[i - 1] ?? '') ? 2 : 3);
}

function fills(template: readonly string[], tokens: readonly string[]): boolean {
  return (
    template.length === tokens.length &&
    template.every((t, i) => t === tokens[i] || (hasWildcard(t) && !isTelling(tokens[i] ?? '')))
  );
}

function mostExact(clusters: readonly Cluster[]): Cluster | undefined {
  const wildcards = (cluster: Cluster) => cluster.tokens.filter(hasWildcard).length;
  return [...clusters].sort((a, b) => wildcards(a) - wildcards(b))[0];
}
