// The errors of a session and what followed each of them; compares no session with another.
import { isRecord, textsOf } from '../arguments.ts';
import { lanesOf } from '../detectors/detector.ts';
import { readingOf } from '../error-reading.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { ErrorFact, RepairFact } from '../fact-types.ts';
import { bringsOutsideText } from '../outside.ts';
import { againOf } from './again.ts';
import { changesBetween } from './changes.ts';
import { type Aftermath, aftermathOf } from './repair.ts';

const SHORTEST = 3; // characters; shorter texts, such as flags, are shared by chance

/** In the order of the session. `places`: where each of its actions stands. */
export function errorsIn(session: Extract, places: ReadonlyMap<Action, number>): ErrorFact[] {
  return lanesOf(session)
    .flatMap((lane) => lane.flatMap((action, index) => (action.status === 'error' ? [{ action, lane, index }] : [])))
    .sort((a, b) => a.action.step - b.action.step)
    .map(({ action, lane, index }) => {
      const aftermath = aftermathOf(lane, index);
      const { tries, cost } = aftermath;
      const reading = readingOf(action.error ?? '');
      const repair = repairOf(action, aftermath, places);
      const again = againOf(session, lane, index);
      return {
        place: places.get(action) ?? 0,
        ...(action.at !== undefined && { at: action.at }),
        tool: action.tool,
        ...(reading && { reading }),
        tries: tries.length,
        ...(repair && { repair }),
        ...(again && { again }),
        cost,
        ...spentOn([action, ...tries]),
        words: wordsOf(action),
      };
    });
}

function repairOf(
  error: Action,
  { fix, tries, between, before }: Aftermath,
  places: ReadonlyMap<Action, number>,
): RepairFact | undefined {
  if (fix === undefined) return undefined;
  const vain = tries.filter((t) => t !== fix);
  const shares = sharingWith(error);
  return {
    place: places.get(fix) ?? 0,
    changed: changesBetween(error, fix, vain),
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
