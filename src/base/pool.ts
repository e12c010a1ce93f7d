// Runs many pieces of work, so many at once; keeps their order and knows nothing of what they are.

/**
 * Calls `work` for every item, at most `size` at once, and resolves with the results in the order of the items. Items that were
 * not begun when `signal` fired stay undefined. Where one rejects, no further item is begun, and the first reason is thrown
 * once those that were running have ended.
 */
export async function inPool<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T, at: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<(R | undefined)[]> {
  const results: (R | undefined)[] = items.map(() => undefined);
  let next = 0;
  let failure: { reason: unknown } | undefined;
  const lane = async () => {
    while (next < items.length && failure === undefined && signal?.aborted !== true) {
      const at = next++;
      const item = items[at] as T; // at < items.length
      try {
        results[at] = await work(item, at);
      } catch (reason) {
        failure ??= { reason };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(size, items.length)) }, lane));
  if (failure !== undefined) throw failure.reason;
  return results;
}

/**
 * The results of `work` in the order of the items; `size` items are begun at most that nobody has taken yet. Where one rejects,
 * that is thrown when its turn comes; what was begun beside it ends unheard.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  size: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    const one = work(item);
    one.catch(() => {}); // heard when its turn comes
    begun.push(one);
    if (begun.length < size) continue;
    yield await (begun.shift() as Promise<R>); // just put there
  }
  for (const one of begun) yield await one;
}
