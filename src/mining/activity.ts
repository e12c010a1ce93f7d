// What went on in a set of sessions: which tools were called when, which entries were loaded; draws no conclusion.
import { byCodeUnit } from '../base/collections.ts';
import type { Activity } from '../domain/activity.ts';
import { countersOf } from './counters.ts';
import type { Extract } from './extract-types.ts';

/** A pure function of the set of extracts; copies count like any other session, since only days matter. */
export function activityOf(extracts: readonly Extract[]): Activity {
  const tools = new Map<string, string[]>();
  const loaded = new Map<string, string>();
  let oldest: string | undefined;
  let newest: string | undefined;
  for (const extract of extracts) {
    const day = dayOf(extract.last ?? extract.at);
    if (day === undefined) continue;
    const first = dayOf(extract.at) ?? day;
    if (oldest === undefined || first < oldest) oldest = first;
    if (newest === undefined || day > newest) newest = day;
    for (const tool of new Set(extract.actions.map((a) => a.tool))) {
      const days = tools.get(tool);
      if (days === undefined) tools.set(tool, [day]);
      else days.push(day);
    }
    for (const entry of extract.loaded ?? []) if (day > (loaded.get(entry) ?? '')) loaded.set(entry, day);
  }
  for (const days of tools.values()) days.sort(byCodeUnit);
  const hurts = hurtsIn(extracts);
  return {
    ...(oldest !== undefined && { oldest }),
    ...(newest !== undefined && { newest }),
    tools,
    loaded,
    ...(hurts.size > 0 && { hurts }),
  };
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

function dayOf(at: string | undefined): string | undefined {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : undefined;
}
