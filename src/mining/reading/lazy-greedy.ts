// Takes the best again and again from very many items whose worth only falls as others are taken; looks anew only at those that may still be best.

interface Entry<T> {
  item: T;
  worth: number;
  /** Decides between equals. */
  order: string;
}

/**
 * Each call gives the item that is worth most now and was not given before; undefined once none is worth anything (Minoux 1978).
 * @param worthNow never above what it said of the item before
 */
export function lazyGreedy<T>(
  items: readonly { item: T; order: string }[],
  worthNow: (item: T) => number,
): () => T | undefined {
  const heap = new Heap<T>();
  for (const { item, order } of items) {
    const worth = worthNow(item);
    if (worth > 0) heap.push({ item, order, worth });
  }
  return () => {
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const now = { ...top, worth: worthNow(top.item) };
      const next = heap.peek();
      if (now.worth > 0 && (next === undefined || isBefore(now, next))) return now.item;
      if (now.worth > 0) heap.push(now);
    }
    return undefined;
  };
}

// A binary heap, the best at index 0.
class Heap<T> {
  readonly #entries: Entry<T>[] = [];

  peek(): Entry<T> | undefined {
    return this.#entries[0];
  }

  push(entry: Entry<T>): void {
    const all = this.#entries;
    let at = all.push(entry) - 1;
    for (let up = (at - 1) >> 1; at > 0 && this.#swapIfBefore(at, up); up = (at - 1) >> 1) at = up;
  }

  pop(): Entry<T> | undefined {
    const all = this.#entries;
    const [top] = all;
    const last = all.pop();
    if (last === undefined || all.length === 0) return top;
    all[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [all[2 * at + 1], all[2 * at + 2]];
      if (left === undefined) return top;
      const child = right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      if (!this.#swapIfBefore(child, at)) return top;
      at = child;
    }
  }

  #swapIfBefore(below: number, above: number): boolean {
    const [low, high] = [this.#entries[below], this.#entries[above]];
    if (low === undefined || high === undefined || !isBefore(low, high)) return false;
    this.#entries[below] = high;
    this.#entries[above] = low;
    return true;
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.worth > b.worth || (a.worth === b.worth && a.order < b.order);
}
