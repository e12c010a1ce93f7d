// Finds work of a session that was done and then put back: an edit and its inverse, or A, B and A again in one place; never counts a failed call.
import { groupBy, inGroup } from '../../base/collections.ts';
import { difference, isInverse, isPassage, likeness, namesFileWithEnding, textsOf, valueAt } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { UndoneFact } from '../fact-types.ts';
import { lanesOf } from '../lanes.ts';

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
    const first = calls[earlier];
    const near = calls.slice(Math.max(earlier + 1, i - REACH), i);
    const rewrites = near.filter((middle) => isRewrite(middle, last) && !isQuestion(first, middle, last));
    return rewrites.length > 0 && areCommands(near, last) ? [] : rewrites;
  });
}

function isRewrite(middle: Action, last: Action): boolean {
  const pointer = soleDifference(middle, last);
  if (pointer === undefined) return false;
  const contents = [valueAt(middle.input, pointer), valueAt(last.input, pointer)];
  return contents.every((c) => typeof c === 'string') && isContent(contents, last);
}

function soleDifference(a: Action, b: Action): string | undefined {
  const [pointer, ...more] = difference(a.input, b.input);
  return pointer === undefined || pointer === '' || more.length > 0 ? undefined : pointer;
}

// Asking A, B and A again is no rewriting, so the argument must hold content and another one must say where it goes; a folder says where a
// command runs.
function isContent(contents: readonly string[], call: Action): boolean {
  const elsewhere = textsOf(call.input).filter((text) => !contents.includes(text));
  return (
    (contents.every((text) => text.includes('\n')) && elsewhere.length > 0) ||
    (contents.some(isPassage) && elsewhere.some(namesFileWithEnding))
  );
}

// The same question, answered in the same words: nothing had been changed in between.
function isQuestion(first: Action | undefined, middle: Action, last: Action): boolean {
  return (
    last.resultHash !== undefined && first?.resultHash === last.resultHash && middle.resultHash !== last.resultHash
  );
}

// Versions of one thing have words in common; commands that are run in one place mostly have not.
function areCommands(calls: readonly Action[], last: Action): boolean {
  const likenesses = new Map<string, number>();
  for (const call of calls) {
    const pointer = soleDifference(call, last);
    const [one, other] = [valueAt(call.input, pointer ?? ''), valueAt(last.input, pointer ?? '')];
    if (pointer !== undefined && typeof one === 'string' && typeof other === 'string')
      likenesses.set(call.inputHash, likeness(one, other));
  }
  const unlike = [...likenesses.values()].filter((alike) => alike < ALIKE).length;
  return unlike >= SEVERAL && unlike * 2 > likenesses.size;
}

const ALIKE = 0.3;
const SEVERAL = 3; // other texts in one place; two may be another version and a slip
