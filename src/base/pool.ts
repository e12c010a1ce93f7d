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
