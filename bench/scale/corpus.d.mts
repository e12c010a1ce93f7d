// The types of corpus.mjs, for tests.

/** Writes sessions `from` to `to` below `folder`; returns their bytes. */
export function writeCorpus(
  folder: string,
  options: { seed: string; from: number; to: number; format: 'stored' | 'claude' },
): number;
