// Splits items into groups that hang together by shared keys (union-find); knows nothing of what the keys mean.

/** Items that share a key, directly or over others, in one group; groups and items keep the order in which they came. */
export function components<T>(items: readonly T[], keysOf: (item: T, index: number) => readonly string[]): T[][] {
  const parent = items.map((_, i) => i);
  const firstWith = new Map<string, number>();
  items.forEach((item, i) => {
    for (const key of keysOf(item, i)) {
      const other = firstWith.get(key);
      if (other === undefined) firstWith.set(key, i);
      else join(parent, other, i);
    }
  });
  const groups = new Map<number, T[]>();
  items.forEach((item, i) => {
    const root = find(parent, i);
    const group = groups.get(root);
    if (group) group.push(item);
    else groups.set(root, [item]);
  });
  return [...groups.values()];
}

// The smaller index becomes the root, so that groups come out in the order of their first items.
function join(parent: number[], a: number, b: number): void {
  const [rootA, rootB] = [find(parent, a), find(parent, b)];
  parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}

function find(parent: number[], start: number): number {
  let root = start;
  while (parent[root] !== undefined && parent[root] !== root) root = parent[root] ?? root;
  for (let i = start; i !== root; ) {
    const next = parent[i] ?? root;
    parent[i] = root;
    i = next;
  }
  return root;
}
