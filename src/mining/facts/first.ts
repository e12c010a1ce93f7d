// The call that speaks for a session, of each tool: its arguments, and what the agent had read before; judges none of it.
import { byCodeUnit } from '../../base/collections.ts';
import { isRecord, pointerOf } from '../arguments.ts';
import type { Action, ObservedValue } from '../extract-types.ts';
import type { Facts, FirstFact, ShownFact } from '../fact-types.ts';

const MAX_LEAVES = 40;
const MAX_DEPTH = 4;
const MAX_WORD = 40;
const MAX_NAME = 60;

/**
 * The first successful call of each tool: what came later depends on how long the session went on, and failing sessions go on longer
 * whatever they do. `shown` holds what some of them had read last.
 */
export function firstCallsIn(actions: readonly Action[]): Pick<Facts, 'first' | 'shown'> {
  const readings = readingsIn(actions);
  const numbers = new Map<Seen, number>();
  const shown: ShownFact[] = [];
  const first = [...firstOf(actions)].map(([tool, place]): FirstFact => {
    const call = actions[place];
    const read = lastBefore(readings, call?.step ?? 0).map((seen) => {
      const number = numbers.get(seen) ?? shown.push(seen.fact) - 1;
      numbers.set(seen, number);
      return number;
    });
    return { tool, place, given: leavesOf(call?.input), read };
  });
  return { first, shown };
}

// By tool, in the order in which the session first called them with success.
function firstOf(actions: readonly Action[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const [place, { status, tool, step }] of actions.entries()) {
    if (status !== 'ok') continue;
    const known = actions[first.get(tool) ?? -1];
    if (known === undefined || step < known.step) first.set(tool, place);
  }
  return first;
}

/** A value that was shown, and when. */
interface Seen {
  at: number;
  fact: ShownFact;
}

/** By tool and pointer, in the order of the calls. */
function readingsIn(actions: readonly Action[]): Seen[][] {
  const readings = new Map<string, Map<string, Seen[]>>();
  for (const { tool, values, answered } of actions) {
    if (values === undefined || answered === undefined) continue;
    const known = readings.get(tool) ?? new Map<string, Seen[]>();
    readings.set(tool, known);
    for (const [pointer, value] of Object.entries(values)) {
      const seen = known.get(pointer) ?? [];
      known.set(pointer, seen);
      seen.push({ at: answered, fact: [tool, pointer, value] });
    }
  }
  return [...readings.values()].flatMap((known) => [...known.values()]);
}

// Of those seen at the same time the last one told.
function lastBefore(readings: readonly Seen[][], step: number): Seen[] {
  return readings.flatMap((seen) => {
    let last: Seen | undefined;
    for (const one of seen) if (one.at < step && one.at >= (last?.at ?? 0)) last = one;
    return last ?? [];
  });
}

// Lists are not entered: the place of an item in a list means nothing across sessions.
function leavesOf(input: unknown): [string, ObservedValue][] {
  const leaves: [string, ObservedValue][] = [];
  const collect = (value: unknown, pointer: string, depth: number) => {
    if (leaves.length >= MAX_LEAVES) return;
    const single = singleOf(value);
    if (single !== undefined) leaves.push([pointer, single]);
    else if (isRecord(value) && depth < MAX_DEPTH) {
      for (const [key, item] of Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)))
        if (key.length <= MAX_NAME) collect(item, pointer + pointerOf(key), depth + 1);
    }
  };
  if (isRecord(input)) collect(input, '', 0);
  return leaves;
}

function singleOf(value: unknown): ObservedValue | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && value.length <= MAX_WORD && /^[\p{L}\p{N}_.,:/@+ -]+$/u.test(value)
    ? value
    : undefined;
}
