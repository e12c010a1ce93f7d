// Which candidates of different readers are one: the same steps, the same deed, or wishes that share a place; asks nobody.
import type { Candidate, Cited } from '../../domain/reading.ts';

/** Each finding once, with the places of all who saw it; in an order that depends on the findings alone. */
export function mergedPlaces(candidates: readonly Candidate[]): Candidate[] {
  const named = new Map<string, Candidate>();
  for (const one of candidates) {
    if (one.kind === 'preference') continue;
    const { cited, ...name } = one;
    const key = JSON.stringify(name, Object.keys(name).sort());
    const known = named.get(key);
    named.set(
      key,
      known === undefined || known.kind === 'preference' ? one : { ...known, cited: together(known.cited, cited) },
    );
  }
  const wishes = candidates.filter((one) => one.kind === 'preference');
  const others = [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return [...mergedWishes(wishes, []), ...others];
}

export type Wish = Extract<Candidate, { kind: 'preference' }>;

/** Wishes that share a place, or that a list of `same` names by their index; those in most sessions first. */
export function mergedWishes(wishes: readonly Wish[], same: readonly (readonly number[])[]): Wish[] {
  const root = wishes.map((_, at) => at);
  const find = (at: number): number => {
    let top = at;
    while (root[top] !== undefined && root[top] !== top) top = root[top] ?? top;
    return top;
  };
  const join = (a: number, b: number) => {
    const [x, y] = [find(a), find(b)];
    root[Math.max(x, y)] = Math.min(x, y);
  };
  const holder = new Map<string, number>();
  wishes.forEach(({ said }, at) => {
    for (const place of said.map(nameOf)) {
      const first = holder.get(place);
      if (first === undefined) holder.set(place, at);
      else join(first, at);
    }
  });
  for (const [first, ...more] of same.map((list) => list.filter((at) => wishes[at] !== undefined)))
    for (const at of more) if (first !== undefined) join(first, at);
  const groups = new Map<number, Wish>();
  wishes.forEach((wish, at) => {
    const known = groups.get(find(at));
    groups.set(find(at), {
      kind: 'preference',
      said: together(known?.said ?? [], wish.said),
      against: together(known?.against ?? [], wish.against),
    });
  });
  // What one reader takes for the wish and another for its opposite is neither.
  return [...groups.values()].map(withoutDisputed).sort(bySessions);
}

/** Sessions that places lie in. */
export function sessionsOf(places: readonly Cited[]): Set<string> {
  return new Set(places.map(({ session }) => session));
}

function withoutDisputed({ kind, said, against }: Wish): Wish {
  const mine = new Set(said.map(nameOf));
  const theirs = new Set(against.map(nameOf));
  return {
    kind,
    said: said.filter((place) => !theirs.has(nameOf(place))),
    against: against.filter((place) => !mine.has(nameOf(place))),
  };
}

// One quote an event; of several the longest, which says most.
function together(a: readonly Cited[], b: readonly Cited[]): Cited[] {
  const places = new Map<string, Cited>();
  for (const place of [...a, ...b]) {
    const known = places.get(nameOf(place));
    if (known === undefined || isBetter(place, known)) places.set(nameOf(place), place);
  }
  return [...places].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, place]) => place);
}

function isBetter(a: Cited, b: Cited): boolean {
  return a.quote.length > b.quote.length || (a.quote.length === b.quote.length && a.quote < b.quote);
}

function bySessions(a: Wish, b: Wish): number {
  const [x, y] = [sessionsOf(a.said).size, sessionsOf(b.said).size];
  return y - x || (keyOf(a) < keyOf(b) ? -1 : 1);
}

function keyOf({ said }: Wish): string {
  return said.map(nameOf).join('\n');
}

function nameOf({ session, event }: Cited): string {
  return `${session} ${event}`;
}
