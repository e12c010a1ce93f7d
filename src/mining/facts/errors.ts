// The errors of a session and what followed each of them; compares no session with another.
import { isRecord, textsOf } from '../arguments.ts';
import { readingOf } from '../error-reading.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { ErrorFact, RepairFact } from '../fact-types.ts';
import { lanesOf } from '../lanes.ts';
import { bringsOutsideText } from '../outside.ts';
import { againOf, firstRunsIn, type InLane } from './again.ts';
import { changesBetween } from './changes.ts';
import { type Aftermath, aftermathOf } from './repair.ts';

const MOST_CHANGES = 20_000; // of a session: past that one a repair is told, so that facts stay smaller than the session
const SHORTEST = 3; // characters; shorter texts, such as flags, are shared by chance

/**
 * In the order of the session. Of errors in the same words only the first that was got past tells how: it speaks for the session.
 * @param places where each of the session's actions stands
 */
export function errorsIn(session: Extract, places: ReadonlyMap<Action, number>): ErrorFact[] {
  const told = new Set<string>();
  let room = MOST_CHANGES;
  return placesOfErrors(session).map(({ action, index, lane, firstRun }) => {
    const aftermath = aftermathOf(lane, index);
    const reading = readingOf(action.error ?? '');
    const line = JSON.stringify([action.tool, reading?.kind, reading?.prefix, reading?.plain]);
    const repair = told.has(line) ? undefined : repairOf(action, aftermath, places, Math.max(1, room));
    if (repair !== undefined) told.add(line);
    room -= repair?.changed.length ?? 0;
    const again = againOf(session, { lane, index, firstRun });
    return {
      place: places.get(action) ?? 0,
      ...(action.at !== undefined && { at: action.at }),
      tool: action.tool,
      ...(reading && { reading }),
      tries: aftermath.tries.length,
      ...(repair && { repair }),
      ...(again && { again }),
      cost: aftermath.cost,
      ...spentOn([action, ...aftermath.tries]),
      words: wordsOf(action),
    };
  });
}

function placesOfErrors(session: Extract): (InLane & { action: Action })[] {
  return lanesOf(session)
    .flatMap((lane) => {
      const errors = lane.flatMap((action, index) => (action.status === 'error' ? [{ action, lane, index }] : []));
      if (errors.length === 0) return [];
      const firstRun = firstRunsIn(lane);
      return errors.map((error) => ({ ...error, firstRun }));
    })
    .sort((a, b) => a.action.step - b.action.step);
}

function repairOf(
  error: Action,
  { fix, tries, between, before }: Aftermath,
  places: ReadonlyMap<Action, number>,
  room: number,
): RepairFact | undefined {
  if (fix === undefined) return undefined;
  const vain = tries.filter((t) => t !== fix);
  const shares = sharingWith(error);
  return {
    place: places.get(fix) ?? 0,
    changed: changesBetween(error, fix, vain, room),
    between: between.length,
    tools: [...new Set(between.map((a) => a.tool))],
    sharing: newTools(between.filter(shares), before.filter(shares)),
    fresh: newTools(between, before),
    ...(isSole(fix.input) && { sole: true as const }),
  };
}

function newTools(between: readonly Action[], before: readonly Action[]): string[] {
  const usual = new Set(before.map((a) => a.tool));
  return [...new Set(between.map((a) => a.tool))].filter((tool) => !usual.has(tool));
}

function sharingWith(error: Action): (action: Action) => boolean {
  const named = new Set(textsOf(error.input).filter((text) => text.length >= SHORTEST));
  return (action) => textsOf(action.input).some((text) => named.has(text));
}

function isSole(input: unknown): boolean {
  return !isRecord(input) || Object.keys(input).length <= 1;
}

// Dollars and tokens only where every call of theirs is known: a sum with holes would be too small.
function spentOn(calls: readonly Action[]): Pick<ErrorFact, 'tokens' | 'usd'> {
  const tokens = calls.flatMap((c) => c.spent?.tokens ?? []);
  const usd = calls.flatMap((c) => c.spent?.usd ?? []);
  const sum = (numbers: readonly number[]) => numbers.reduce((s, n) => s + n, 0);
  return {
    ...(tokens.length === calls.length && { tokens: sum(tokens) }),
    ...(usd.length === calls.length && { usd: sum(usd) }),
  };
}

function wordsOf(action: Action): ErrorFact['words'] {
  if (bringsOutsideText(action)) return 'outside';
  return (action.borrowed ?? []).length > 0 ? 'unsure' : 'local';
}
