// Grouping, parting and ordering that give the same answer on every machine; knows no noun of ours.

/** Items by key, keys in order of first appearance. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The value under `key`, made and kept by `make` where there is none. */
export function inGroup<K, V>(groups: Map<K, V>, key: K, make: () => V): V {
  const found = groups.get(key);
  if (found !== undefined) return found;
  const made = make();
  groups.set(key, made);
  return made;
}

/** Orders texts by code unit: unlike localeCompare it depends on no locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The items in pieces of so many, in their order; the last one may be smaller. */
export function inPieces<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
