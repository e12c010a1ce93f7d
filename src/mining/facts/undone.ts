// Finds work of a session that was done and then put back: an edit and its inverse, or A, B and A again in one place; never counts a failed call.
import { groupBy } from '../../base/collections.ts';
import { difference, isInverse, isPassage, namesFile, textsOf, valueAt } from '../arguments.ts';
import { inGroup, lanesOf } from '../detectors/detector.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { UndoneFact } from '../fact-types.ts';

const REACH = 60; // calls of the same tool that one is compared with; a whole long session would cost its square

/** One fact a tool. `places`: where each of the session's actions stands. */
export function undoneOf(session: Extract, places: ReadonlyMap<Action, number>): UndoneFact[] {
  const byTool = new Map<string, Action[]>();
  for (const lane of lanesOf(session))
    for (const undone of undoneIn(lane)) inGroup(byTool, undone.tool, () => []).push(undone);
  return [...byTool].flatMap(([tool, [first, ...more]]) =>
    first === undefined
      ? []
      : [
          {
            place: places.get(first) ?? 0,
            ...(first.at !== undefined && { at: first.at }),
            tool,
            calls: 1 + more.length,
          },
        ],
  );
}

// The calls that were taken back later, in order.
function undoneIn(lane: readonly Action[]): Action[] {
  const byTool = new Map<string, Action[]>();
  for (const action of lane) if (action.status === 'ok') inGroup(byTool, action.tool, () => []).push(action);
  return [...byTool.values()].flatMap((calls) => {
    // Before their arguments are read: one call takes nothing back.
    if (calls.length === 1) return [];
    const undone = new Set([...inverted(calls), ...overwritten(calls)]);
    return calls.filter((call) => undone.has(call));
  });
}

// An edit and its inverse hold the same texts, so only calls of the same texts need comparing; and only calls of equally long ones looking at.
function inverted(calls: readonly Action[]): Action[] {
  const texts = new Map(calls.map((call) => [call, textsOf(call.input)]));
  const several = calls.filter((call) => (texts.get(call)?.length ?? 0) >= 2);
  const equallyLong = groupBy(several, (call) => (texts.get(call) ?? []).reduce((sum, text) => sum + text.length, 0));
  const sameTexts = [...equallyLong.values()]
    .filter((group) => group.length > 1)
    .flatMap((group) => [...groupBy(group, (call) => JSON.stringify([...(texts.get(call) ?? [])].sort())).values()]);
  return sameTexts.flatMap((group) =>
    group.filter((call, i) => group.slice(i + 1, i + 1 + REACH).some((later) => isInverse(call.input, later.input))),
  );
}

// Writing A, then B, then A again to the same target: the B in the middle was for nothing.
function overwritten(calls: readonly Action[]): Action[] {
  const seen = new Map<string, number>();
  return calls.flatMap((last, i) => {
    const earlier = seen.get(last.inputHash) ?? i;
    seen.set(last.inputHash, i);
    return calls.slice(Math.max(earlier + 1, i - REACH), i).filter((middle) => isRewrite(middle, last));
  });
}

function isRewrite(middle: Action, last: Action): boolean {
  const [pointer, ...more] = difference(middle.input, last.input);
  if (pointer === undefined || pointer === '' || more.length > 0) return false;
  const contents = [valueAt(middle.input, pointer), valueAt(last.input, pointer)];
  return contents.every((c) => typeof c === 'string') && isContent(contents, last);
}

// Asking A, B and A again is no rewriting, so the argument must hold content and another one must say where it goes.
function isContent(contents: readonly string[], call: Action): boolean {
  const elsewhere = textsOf(call.input).filter((text) => !contents.includes(text));
  return (
    contents.some((text) => text.includes('\n') && elsewhere.length > 0) ||
    (contents.some(isPassage) && elsewhere.some(namesFile))
  );
}
