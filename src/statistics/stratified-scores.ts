// How much each session pulls at the comparison of exposed and unexposed within strata; weighs sessions, and looks at no outcome but to scale.

/** Who showed something, as row numbers. Rows are sessions, or sessions at a landmark. */
export interface Column {
  /** Rows that count as exposed, each once. */
  exposed: Uint32Array;
  /** Rows that are not at risk any more and count nowhere, none of them exposed: runs that had shown it by an earlier landmark. */
  left?: Uint32Array;
}

/** Rows that are not simply the sessions: which session each belongs to, and the stratum that it is compared in, 0 and up. */
export interface Rows {
  session: Uint32Array;
  stratum: Int32Array;
}

/** Σa − ΣE of the Cochran-Mantel-Haenszel test is the sum of these weights over the sessions with the outcome. */
export interface Weights {
  /** Those that were at risk beside anyone exposed, in blocks with both outcomes; all others pull nothing. */
  sessions: Uint32Array;
  weights: Float64Array;
  /** Standard deviation of that sum when outcomes are dealt out anew within blocks; 0 where it cannot vary. */
  spread: number;
}

/** What all columns of a search share. */
export interface Board {
  blocks: Int32Array;
  rows: Rows;
  /** Row numbers by stratum, and where each stratum's begin. */
  members: Uint32Array;
  starts: Uint32Array;
}

export function boardOf(blocks: Int32Array, rows: Rows = everySession(blocks)): Board {
  const starts = new Uint32Array(rows.stratum.reduce((most, s) => Math.max(most, s + 1), 0) + 1);
  for (let row = 0; row < rows.stratum.length; row++) count(starts, (rows.stratum[row] ?? 0) + 1);
  for (let s = 1; s < starts.length; s++) starts[s] = (starts[s] ?? 0) + (starts[s - 1] ?? 0);
  const next = starts.slice();
  const members = new Uint32Array(rows.stratum.length);
  for (let row = 0; row < members.length; row++) {
    const s = rows.stratum[row] ?? 0;
    members[next[s] ?? 0] = row;
    count(next, s);
  }
  return { blocks, rows, members, starts };
}

function everySession(blocks: Int32Array): Rows {
  const session = new Uint32Array(blocks.length);
  for (let i = 0; i < session.length; i++) session[i] = i;
  return { session, stratum: blocks };
}

/**
 * A function that weighs columns under these outcomes. An exposed row pulls 1 − n₁/n, one that is not −n₁/n (n₁ of the n rows at
 * risk in its stratum being exposed), and a session's weight is the sum over its rows. Weights add up to 0 in every block, so
 * the sum over the sessions with the outcome has mean 0 and variance Σ m₁m₀/(n(n−1)) · Σw² over blocks when outcomes are permuted
 * (sampling without replacement). With one row a session and blocks for strata that is the V of `cochranMantelHaenszel`.
 */
export function weigher(board: Board, outcomes: Uint8Array): (column: Column) => Weights {
  const { rows, blocks, members, starts } = board;
  const scales = scalesOf(blocks, outcomes);
  const sheet: Sheet = {
    state: new Uint8Array(members.length),
    exposed: new Uint32Array(starts.length),
    weight: new Float64Array(blocks.length),
    seen: new Uint8Array(blocks.length),
    sessions: new Uint32Array(blocks.length),
    count: 0,
  };
  return ({ exposed, left = NONE }) => {
    mark(sheet.state, exposed, EXPOSED);
    mark(sheet.state, left, LEFT);
    for (let i = 0; i < exposed.length; i++) count(sheet.exposed, rows.stratum[exposed[i] ?? 0] ?? 0);
    for (let i = 0; i < exposed.length; i++) {
      const s = rows.stratum[exposed[i] ?? 0] ?? 0;
      const scale = scales[blocks[rows.session[exposed[i] ?? 0] ?? 0] ?? 0] ?? 0;
      if (scale > 0 && (sheet.exposed[s] ?? 0) > 0) addStratum(board, s, sheet);
      sheet.exposed[s] = 0;
    }
    mark(sheet.state, exposed, 0);
    mark(sheet.state, left, 0);
    return collect(sheet, blocks, scales);
  };
}

const EXPOSED = 1;
const LEFT = 2;
const NONE = new Uint32Array(0);
const GRAIN = 2 ** -32;

/** The share of the rows at risk that are exposed, as a whole multiple of 2⁻³²: so sums of weights are exact, and equal ones are equal. */
export function roundedShare(exposed: number, atRisk: number): number {
  if (exposed < FEW && atRisk < FEW) return SHARES[FEW * atRisk + exposed] ?? 0;
  return Math.round(exposed / atRisk / GRAIN) * GRAIN;
}

// Those of small strata, which are asked for millions of times.
const FEW = 32;
const SHARES = Float64Array.from({ length: FEW * FEW }, (_, i) => {
  return Math.round((i % FEW) / Math.floor(i / FEW) / GRAIN) * GRAIN;
});

/** Scratch paper for one column after the other. */
interface Sheet {
  /** By row: EXPOSED, LEFT or 0. */
  state: Uint8Array;
  /** Exposed rows by stratum; 0 again once the stratum is done. */
  exposed: Uint32Array;
  /** By session. */
  weight: Float64Array;
  seen: Uint8Array;
  /** The first `count` are the sessions seen. */
  sessions: Uint32Array;
  count: number;
}

/** m₁m₀ / (n(n−1)) of each block: the variance of one outcome in it when outcomes are dealt out anew, with n for n − 1. */
export function scalesOf(blocks: Int32Array, outcomes: Uint8Array): Float64Array {
  const size = new Uint32Array(blocks.reduce((most, b) => Math.max(most, b + 1), 0));
  const having = new Uint32Array(size.length);
  for (let i = 0; i < blocks.length; i++) {
    count(size, blocks[i] ?? 0);
    if (outcomes[i] === 1) count(having, blocks[i] ?? 0);
  }
  return Float64Array.from(size, (n, b) => (n < 2 ? 0 : ((having[b] ?? 0) * (n - (having[b] ?? 0))) / (n * (n - 1))));
}

function count(counts: Uint32Array, place: number): void {
  counts[place] = (counts[place] ?? 0) + 1;
}

function mark(state: Uint8Array, rows: Uint32Array, as: number): void {
  for (let i = 0; i < rows.length; i++) state[rows[i] ?? 0] = as;
}

function addStratum({ rows, members, starts }: Board, s: number, sheet: Sheet): void {
  const { state, weight, seen, sessions } = sheet;
  const end = starts[s + 1] ?? 0;
  let atRisk = 0;
  for (let k = starts[s] ?? 0; k < end; k++) if (state[members[k] ?? 0] !== LEFT) atRisk++;
  const share = roundedShare(sheet.exposed[s] ?? 0, atRisk);
  if (share === 1) return;
  for (let k = starts[s] ?? 0; k < end; k++) {
    const row = members[k] ?? 0;
    if (state[row] === LEFT) continue;
    const who = rows.session[row] ?? 0;
    if (seen[who] === 0) sessions[sheet.count++] = who;
    seen[who] = 1;
    weight[who] = (weight[who] ?? 0) + (state[row] === EXPOSED ? 1 - share : -share);
  }
}

// Leaves the sheet blank for the next column.
function collect(sheet: Sheet, blocks: Int32Array, scales: Float64Array): Weights {
  const sessions = sheet.sessions.slice(0, sheet.count);
  const weights = new Float64Array(sheet.count);
  for (let k = 0; k < sessions.length; k++) {
    const who = sessions[k] ?? 0;
    weights[k] = sheet.weight[who] ?? 0;
    sheet.weight[who] = 0;
    sheet.seen[who] = 0;
  }
  sheet.count = 0;
  return { sessions, weights, spread: spreadOf(sessions, weights, blocks, scales) };
}

/** Standard deviation of the sum of weights over the sessions with the outcome, when outcomes are dealt out anew within blocks. */
export function spreadOf(
  sessions: Uint32Array,
  weights: Float64Array,
  blocks: Int32Array,
  scales: Float64Array,
): number {
  let variance = 0;
  for (let k = 0; k < sessions.length; k++) {
    const w = weights[k] ?? 0;
    variance += (scales[blocks[sessions[k] ?? 0] ?? 0] ?? 0) * w * w;
  }
  return Math.sqrt(variance);
}

/** The sum of the weights of sessions with the outcome. */
export function sumWith({ sessions, weights }: Weights, outcomes: Uint8Array): number {
  let sum = 0;
  for (let k = 0; k < sessions.length; k++) sum += (weights[k] ?? 0) * (outcomes[sessions[k] ?? 0] ?? 0);
  return sum;
}

/** The sum, from its mean of 0, in standard deviations; ½ is the continuity correction, which never goes past zero. */
export function scoreOf(sum: number, spread: number): number {
  return spread === 0 ? 0 : (Math.sign(sum) * Math.max(0, Math.abs(sum) - 0.5)) / spread;
}

/** A score out of a sum, from its mean of 0, and its standard deviation. */
export type Scoring = (sum: number, spread: number) => number;

/**
 * The sum is nearly normal with mean θV and variance V where θ is the common log odds ratio (Peto), so odds of eᶿ are likelier than
 * none by θ·sum − θ²V/2. Of the odds given, and their reciprocals, the likeliest count: the signed root of twice that is `scoreOf`
 * itself where the estimate sum/V lies among them, and less elsewhere. What is rare has to be extreme to stand out, and what
 * is frequent stands out with next to no effect: neither raises the bar for what could be true and worth saying (the test of
 * Neyman & Pearson against those odds).
 * @param odds least and most, above 1
 */
export function ratioScoreOf([least, most]: readonly [number, number]): Scoring {
  const [low, high] = [Math.log(least), Math.log(most)];
  return (sum, spread) => {
    const score = scoreOf(sum, spread);
    const z = Math.abs(score);
    const theta = spread === 0 ? 0 : Math.min(high, Math.max(low, z / spread)) * spread;
    return Math.sign(score) * Math.sqrt(Math.max(0, 2 * theta * z - theta * theta));
  };
}
