// Puts the events of a session into the order in which they happened and tells abandoned branches apart; a pure function.
import type { SessionEvent } from '../domain/events.ts';

/** An item in its place: `lane` is the thread (`main` for the main one), or `<thread>~<n>` on its n-th abandoned branch. */
export interface Placed<T> {
  item: T;
  lane: string;
}

interface Entry<T> {
  item: T;
  event: SessionEvent;
  thread: string;
  time: number;
  index: number;
  parent: Entry<T> | undefined;
  live: boolean;
  lane: string;
}

/**
 * Stored events in canonical order: by time, then main thread first, then as in the file, so that importing the parts of
 * a session in another order gives the same conversation. An event without a time stays behind the one before it in its thread.
 *
 * A thread is a tree: an event follows the one before it, or the one that its `rewound_to` names. What does not lead to
 * the thread's last event was abandoned; an unknown `rewound_to` is passed over.
 */
export function conversation<T extends { event: SessionEvent }>(items: Iterable<T>): Placed<T>[] {
  const entries = inOrder(items);
  const lastOf = linkParents(entries);
  for (const last of lastOf.values()) {
    for (let e: Entry<T> | undefined = last; e !== undefined && !e.live; e = e.parent) e.live = true;
  }
  nameLanes(entries);
  return entries.map(({ item, lane }) => ({ item, lane }));
}

function inOrder<T extends { event: SessionEvent }>(items: Iterable<T>): Entry<T>[] {
  const entries: Entry<T>[] = [];
  const timeOfThread = new Map<string, number>();
  let latest = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const { event } = item;
    const thread = event.thread ?? 'main';
    const own = event.at === undefined ? Number.NaN : Date.parse(event.at);
    const time = Number.isNaN(own) ? (timeOfThread.get(thread) ?? latest) : own;
    timeOfThread.set(thread, time);
    latest = time;
    entries.push({ item, event, thread, time, index: entries.length, parent: undefined, live: false, lane: thread });
  }
  return entries.sort(compare);
}

// Without any time there is only the file's order, threads interleaved as they are.
function compare<T>(a: Entry<T>, b: Entry<T>): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.thread !== b.thread && a.time !== Number.NEGATIVE_INFINITY) {
    if (a.thread === 'main' || b.thread === 'main') return a.thread === 'main' ? -1 : 1;
    return a.thread < b.thread ? -1 : 1;
  }
  return a.index - b.index;
}

function linkParents<T>(entries: Entry<T>[]): Map<string, Entry<T>> {
  const byId = new Map<string, Entry<T>>();
  const lastOf = new Map<string, Entry<T>>();
  for (const entry of entries) {
    const target = entry.event.rewound_to === undefined ? undefined : byId.get(entry.event.rewound_to);
    entry.parent = target?.thread === entry.thread ? target : lastOf.get(entry.thread);
    lastOf.set(entry.thread, entry);
    byId.set(entry.event.id, entry);
  }
  return lastOf;
}

// A branch goes on with the first child of its end; a second rewind inside an abandoned stretch starts a branch of its own.
function nameLanes<T>(entries: Entry<T>[]): void {
  const branches = new Map<string, number>();
  const continued = new Set<Entry<T>>();
  for (const entry of entries) {
    if (entry.live) continue;
    const { parent, thread } = entry;
    if (parent !== undefined && !parent.live && !continued.has(parent)) {
      continued.add(parent);
      entry.lane = parent.lane;
      continue;
    }
    const n = (branches.get(thread) ?? 0) + 1;
    branches.set(thread, n);
    entry.lane = `${thread}~${n}`;
  }
}
