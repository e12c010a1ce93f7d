// What a finding says beside others together, by who shows those and by when: its score when they have told what they can; keeps none and drops none.
import {
  adjustedScore,
  besideOne,
  type Direction,
  directionOf,
  type Ground,
  groundOf,
  type Pull,
  pullOf,
  unexplained,
} from '../../statistics/adjusted-scores.ts';
import type { Scoring, Weights } from '../../statistics/stratified-scores.ts';
import { type Board, type Exposure, weigherOn } from './board.ts';
import type { Sign } from './describe.ts';

export interface Candidate {
  sign: Sign;
  exposure: Exposure;
  score: number;
  /** By session of the board, 0 or 1; the same list for all candidates of one criterion. */
  outcomes: Uint8Array;
}

/** One criterion: what its outcomes can tell, and what the findings that were put beside tell of them. */
interface Field {
  ground: Ground;
  /** Its answer is written over by the next. */
  weigh: (exposure: Exposure) => Weights;
  told: Told[];
}

/** A finding that was put beside, and the directions that it added to those before it. */
interface Told {
  finding: Candidate;
  directions: Direction[];
}

/** A candidate by itself, and beside all that were put there. */
export interface Tried<C> {
  candidate: C;
  field: Field;
  whole: Pull;
  left: Pull;
}

export function triedOf<C extends Candidate>(board: Board, candidates: readonly C[]): Tried<C>[] {
  const fields = new Map<Uint8Array, Field>();
  return candidates.map((candidate) => {
    const { outcomes } = candidate;
    const field = fields.get(outcomes) ?? {
      ground: groundOf(board.blocks, outcomes),
      weigh: weigherOn(board, outcomes),
      told: [],
    };
    fields.set(outcomes, field);
    const whole = pullOf(field.ground, field.weigh(candidate.exposure));
    return { candidate, field, whole, left: whole };
  });
}

/** Puts a finding beside those that are tried. Weights are worked out anew: those of all candidates would not fit in memory. */
export function putBeside<C extends Candidate>(board: Board, finding: Candidate, tried: readonly Tried<C>[]): void {
  const added = new Map<Field, Direction[]>();
  for (const one of tried) {
    const { field, candidate } = one;
    const more = added.get(field) ?? grown(board, finding, field);
    added.set(field, more);
    const weights = field.weigh(candidate.exposure);
    for (const direction of more) one.left = besideOne(field.ground, weights, one.left, direction);
  }
}

/** The strongest beside all that were put there, and the size of its score; of equal ones the first. */
export function strongestOf<C extends Candidate>(
  tried: readonly Tried<C>[],
  scored: Scoring,
): { one: Tried<C>; score: number } | undefined {
  const shares = new Map<Field, number>();
  let best: { one: Tried<C>; score: number } | undefined;
  for (const one of tried) {
    const { ground, told } = one.field;
    const share = shares.get(one.field) ?? unexplained(ground, directionsOf(told));
    shares.set(one.field, share);
    const score = Math.abs(adjustedScore(scored, one.whole, one.left, share));
    if (best === undefined || score > best.score + CRUMB) best = { one, score };
  }
  return best;
}

/** Scores that are equal on paper differ by less: weights are rounded to 2⁻³², and little may be left of them. */
export const CRUMB = 1e-6;

/** The size of its score beside these others and nothing else. */
export function besideAll<C extends Candidate>(
  board: Board,
  { candidate, field, whole }: Tried<C>,
  others: readonly Candidate[],
  scored: Scoring,
): number {
  const { ground, weigh } = field;
  // What the first of them add is known where they were put beside in this order.
  const differs = others.findIndex((other, i) => field.told[i]?.finding !== other);
  const alone: Field = { ground, weigh, told: field.told.slice(0, differs < 0 ? others.length : differs) };
  for (const other of others.slice(alone.told.length)) grown(board, other, alone);
  const directions = directionsOf(alone.told);
  const weights = weigh(candidate.exposure);
  const left = directions.reduce((pull, direction) => besideOne(ground, weights, pull, direction), whole);
  return Math.abs(adjustedScore(scored, whole, left, unexplained(ground, directions)));
}

// Two covariates: what pulls at the finding itself, landmark by landmark, and who ever shows it.
function grown(board: Board, finding: Candidate, { ground, weigh, told }: Field): Direction[] {
  const { exposure } = finding;
  const before = directionsOf(told);
  const directions: Direction[] = [];
  for (const covariate of [spreadOut(weigh(exposure), board.members.length), everShown(board, exposure)]) {
    const direction = directionOf(ground, covariate, [...before, ...directions]);
    if (direction !== undefined) directions.push(direction);
  }
  told.push({ finding, directions });
  return directions;
}

function directionsOf(told: readonly Told[]): Direction[] {
  return told.flatMap(({ directions }) => directions);
}

function spreadOut({ sessions, weights }: Weights, length: number): Float64Array {
  const all = new Float64Array(length);
  for (let k = 0; k < sessions.length; k++) all[sessions[k] ?? 0] = weights[k] ?? 0;
  return all;
}

function everShown(board: Board, { sessions }: Exposure): Uint8Array {
  const shown = new Uint8Array(board.members.length);
  for (const who of sessions) {
    const i = board.place[who] ?? -1;
    if (i >= 0) shown[i] = 1;
  }
  return shown;
}
