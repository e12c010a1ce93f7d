// What an agent did between being told that its work falls short and the next verdict; judges neither.
import { inGroup } from '../../base/collections.ts';
import { difference } from '../arguments.ts';
import type { Action } from '../extract-types.ts';

const MAX_CALLS = 40; // of one tool on each side; a whole long session would cost its square

/** One thing that was done: a tool newly called, or an argument of a tool changed. */
export interface Deed {
  tool: string;
  /** JSON pointer; absent where the tool itself is new. */
  argument?: string;
  /** The call that did it, the last where several did. */
  call: Action;
}

/**
 * The deeds of `between`, by a name that is the same in every session. A call is compared with the call of its tool before that is
 * most like it (the latest of equals); one that is made again word for word is no deed. Only calls that worked count.
 * @param only the tools that are asked about; all of them where it is left out
 */
export function deedsOf(
  before: readonly Action[],
  between: readonly Action[],
  only?: ReadonlySet<string>,
): Map<string, Deed> {
  const known = new Map<string, Action[]>();
  for (const action of before) if (action.status === 'ok') inGroup(known, action.tool, () => []).push(action);
  const deeds = new Map<string, Deed>();
  const note = (deed: Deed) => deeds.set(deedName(deed), deed);
  const calls = new Map<string, number>();
  for (const call of between) {
    const { tool } = call;
    if (only !== undefined && !only.has(tool)) continue;
    const made = (calls.get(tool) ?? 0) + 1;
    calls.set(tool, made);
    if (call.status !== 'ok' || made > MAX_CALLS) continue;
    const earlier = known.get(tool);
    if (earlier === undefined) note({ tool, call });
    else for (const argument of leastDifference(earlier.slice(-MAX_CALLS), call)) note({ tool, argument, call });
  }
  return deeds;
}

/** The name of a deed, the same in every session. */
export function deedName({ tool, argument }: Pick<Deed, 'tool' | 'argument'>): string {
  return JSON.stringify([tool, argument ?? null]);
}

function leastDifference(earlier: readonly Action[], call: Action): string[] {
  // Without reading either.
  if (earlier.some((one) => one.inputHash === call.inputHash)) return [];
  let least: string[] | undefined;
  for (const one of earlier.toReversed()) {
    const changed = difference(one.input, call.input);
    if (least === undefined || changed.length < least.length) least = changed;
    if (least.length === 0) break;
  }
  return (least ?? []).filter((pointer) => pointer !== '');
}
