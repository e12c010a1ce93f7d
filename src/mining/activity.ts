// What went on in a set of sessions: which tools were called when, which entries were loaded; draws no conclusion.
import { byCodeUnit, inGroup } from '../base/collections.ts';
import type { Activity } from '../domain/activity.ts';
import { countersOf } from './counters.ts';
import type { Extract } from './extract-types.ts';
import { doingsOf } from './stored-extract.ts';

/**
 * A pure function of the set of extracts; copies count like any other session, since only days matter. What is asked for alone is found
 * out, since most dreams ask for little of it.
 */
export function activityOf(extracts: readonly Extract[]): Activity {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { at, last = at } of extracts) {
    const ms = timeOf(last);
    if (Number.isNaN(ms)) continue;
    const first = timeOf(at);
    oldest = Math.min(oldest, Number.isNaN(first) ? ms : first);
    newest = Math.max(newest, ms);
  }
  const tools = once(() => toolsIn(extracts));
  const loaded = once(() => loadedIn(extracts));
  const hurts = once(() => hurtsIn(extracts));
  return {
    ...(newest !== Number.NEGATIVE_INFINITY && { oldest: dayAt(oldest), newest: dayAt(newest) }),
    get tools() {
      return tools();
    },
    get loaded() {
      return loaded();
    },
    get hurts() {
      return hurts();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function toolsIn(extracts: readonly Extract[]): Map<string, string[]> {
  const tools = new Map<string, string[]>();
  for (const extract of extracts) {
    const day = lastDayOf(extract);
    if (day === undefined) continue;
    for (const { tool } of doingsOf(extract).tools) inGroup(tools, tool, (): string[] => []).push(day);
  }
  for (const days of tools.values()) days.sort(byCodeUnit);
  return tools;
}

function loadedIn(extracts: readonly Extract[]): Map<string, string> {
  const loaded = new Map<string, string>();
  for (const extract of extracts) {
    const day = lastDayOf(extract);
    if (day === undefined) continue;
    for (const entry of extract.loaded ?? []) if (day > (loaded.get(entry) ?? '')) loaded.set(entry, day);
  }
  return loaded;
}

// Counting takes time, and without a hold-out it has nothing to say.
function hurtsIn(extracts: readonly Extract[]): NonNullable<Activity['hurts']> {
  if (!extracts.some((e) => e.heldOut !== undefined)) return new Map();
  return new Map(
    countersOf(extracts).flatMap(({ entry, holdout }) =>
      holdout?.effect === 'hurts' ? [[entry, holdout] as const] : [],
    ),
  );
}

function lastDayOf({ at, last = at }: Extract): string | undefined {
  const ms = timeOf(last);
  return Number.isNaN(ms) ? undefined : dayAt(ms);
}

function timeOf(at: string | undefined): number {
  return at === undefined ? Number.NaN : Date.parse(at);
}

function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
