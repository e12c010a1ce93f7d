// Detects work that was done and then put back: an edit and its inverse, or A, B and A again in one place; never counts a failed call.
import { count } from '../../base/text.ts';
import { difference, isInverse, isPassage, namesFile, textsOf, valueAt } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import { quoteCall } from '../quotes.ts';
import { type Context, type Detector, type Finding, inGroup, lanesOf, type Sighting, timeOf } from './detector.ts';

const REACH = 60; // calls of the same tool that one is compared with; a whole long session would cost its square

export const thrash: Detector = {
  family: 'thrash',
  nothing: 'no edit was taken back by its inverse, and nothing was rewritten to what it had been before',
  detect,
};

function detect(context: Context): Finding[] {
  const groups = new Map<string, Sighting[]>();
  for (const session of context.sessions) {
    const bySession = new Map<string, Action[]>();
    for (const lane of lanesOf(session)) {
      for (const undone of undoneIn(lane)) inGroup(bySession, undone.tool, () => []).push(undone);
    }
    for (const [tool, undone] of bySession) inGroup(groups, tool, () => []).push(sightingOf(session, undone));
  }
  return [...groups].map(([tool, sightings]) => findingOf(tool, sightings));
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

// An edit and its inverse hold the same texts, so only calls of the same texts need comparing.
function inverted(calls: readonly Action[]): Action[] {
  const sameTexts = new Map<string, Action[]>();
  for (const call of calls) {
    const texts = textsOf(call.input);
    if (texts.length >= 2) inGroup(sameTexts, JSON.stringify(texts.sort()), () => []).push(call);
  }
  return [...sameTexts.values()].flatMap((group) =>
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

function sightingOf(session: Extract, undone: readonly Action[]): Sighting {
  const first = undone[0];
  if (first === undefined) throw new Error('a group of calls is never empty');
  return {
    session,
    quote: quoteCall(first),
    events: undone.length,
    wasted: undone.length * 2,
    action: first,
    ...timeOf(session, first),
  };
}

function findingOf(tool: string, sightings: Sighting[]): Finding {
  return {
    kind: 'thrash',
    tool,
    claim: `What ${tool} had done was put back by a later call of ${tool} in ${count(sightings.length, 'session')}.`,
    normalised: 'put back',
    sightings,
    against: [],
    words: 'nobody',
  };
}
