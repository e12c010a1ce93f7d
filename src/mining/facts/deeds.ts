// What an agent newly did in stretches of work, one after the other; judges neither, and compares no session with another.
import { inGroup } from '../../base/collections.ts';
import { oneLine } from '../../base/text.ts';
import { difference, printChange, valueAt } from '../arguments.ts';
import type { DeedFact, WorkFact } from '../asked-types.ts';
import type { Action } from '../extract-types.ts';

const MAX_CALLS = 40; // of one tool on each side; a whole long session would cost its square
const MOST_DEEDS = 20_000; // of a session: past that one no more are told, so that facts stay smaller than the session
const MAX_VALUE = 40;

/** Where calls stand in their session, and how many deeds of it may still be told. */
export class DeedRoom {
  readonly placeOf: (action: Action) => number;
  left = MOST_DEEDS;

  constructor(places: ReadonlyMap<Action, number>) {
    this.placeOf = (action) => places.get(action) ?? 0;
  }
}

/** Stretches of work, each to be handed in after those that came before it. */
export class Stretches {
  readonly #room: DeedRoom;
  /** By tool, the last calls that worked. */
  readonly #known = new Map<string, Action[]>();

  constructor(room: DeedRoom) {
    this.#room = room;
  }

  /** Work that is only what later work is compared with. */
  pass(calls: readonly Action[]): void {
    for (const call of calls) {
      if (call.status !== 'ok') continue;
      const known = inGroup(this.#known, call.tool, () => []);
      known.push(call);
      if (known.length > 2 * MAX_CALLS) known.splice(0, known.length - MAX_CALLS);
    }
  }

  /**
   * What was newly done in the next stretch, which has a call in it. A call is compared with the call of its tool before the stretch that
   * is most like it (the latest of equals); one that is made again word for word is no deed. Only calls that worked count.
   */
  next(calls: readonly Action[]): WorkFact {
    const first = calls.find((call) => call.status === 'ok') ?? calls[0];
    if (first === undefined) throw new Error('a stretch of work has a call in it');
    const deeds = this.#deedsOf(calls);
    this.pass(calls);
    return { calls: calls.length, call: this.#room.placeOf(first), deeds };
  }

  #deedsOf(calls: readonly Action[]): DeedFact[] {
    const deeds = new Map<string, { argument?: string; call: Action }>();
    const made = new Map<string, number>();
    for (const call of calls) {
      const { tool } = call;
      const times = (made.get(tool) ?? 0) + 1;
      made.set(tool, times);
      if (call.status !== 'ok' || times > MAX_CALLS) continue;
      const earlier = this.#known.get(tool);
      if (earlier === undefined) deeds.set(deedName({ tool }), { call });
      else
        for (const argument of leastDifference(earlier.slice(-MAX_CALLS), call))
          deeds.set(deedName({ tool, argument }), { argument, call });
    }
    const told = [...deeds.values()].slice(0, this.#room.left);
    this.#room.left -= told.length;
    return told.map(({ argument, call }) => this.#factOf(call, argument));
  }

  #factOf(call: Action, argument: string | undefined): DeedFact {
    const fact: DeedFact = { tool: call.tool, place: this.#room.placeOf(call) };
    if (argument === undefined) return fact;
    const to = shortValue(call, argument);
    return { ...fact, argument, ...(to !== undefined && { to }) };
  }
}

/** The name of a deed, the same in every session. */
export function deedName({ tool, argument }: Pick<DeedFact, 'tool' | 'argument'>): string {
  return JSON.stringify([tool, argument ?? null]);
}

function leastDifference(earlier: readonly Action[], call: Action): string[] {
  // Without looking into either.
  if (earlier.some((one) => one.inputHash === call.inputHash)) return [];
  let least: string[] | undefined;
  for (const one of earlier.toReversed()) {
    const changed = difference(one.input, call.input);
    if (least === undefined || changed.length < least.length) least = changed;
    if (least.length === 0) break;
  }
  return (least ?? []).filter((pointer) => pointer !== '');
}

// A value that an outside tool supplied is no part of a claim.
function shortValue({ input, borrowed = [] }: Action, argument: string): string | undefined {
  if (borrowed.some((pointer) => pointer === argument || pointer.startsWith(`${argument}/`))) return undefined;
  const { to } = printChange(undefined, valueAt(input, argument), 200);
  return to.length <= MAX_VALUE && !to.includes('`') ? oneLine(to) : undefined;
}
