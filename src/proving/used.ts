// Held-out tasks that an earlier proof decided by: a set may be used once; compares names of tasks, reads nothing.
import { byCodeUnit } from '../base/collections.ts';
import { sha256 } from '../base/hash.ts';
import type { Proof } from '../domain/proof.ts';

/** Names a task by what is asked: the same prompt and seed under another id is the same task. */
export function taskKey(prompt: string, seed: unknown): string {
  return sha256(JSON.stringify([prompt, seed ?? null])).slice(0, 16);
}

export type EarlierProof = Pick<Proof, 'run' | 'dream' | 'at'> & { tasks: readonly { key: string }[] };

/** How many of the tasks earlier proofs used, and which those were; undefined where none did. The proof itself does not count. */
export function usedBefore(
  keys: readonly string[],
  earlier: readonly EarlierProof[],
  run: string,
): { tasks: number; by: string[] } | undefined {
  const wanted = new Set(keys);
  const used = new Set<string>();
  const by = new Set<string>();
  for (const proof of earlier) {
    if (proof.run === run) continue;
    const shared = proof.tasks.filter((t) => wanted.has(t.key));
    for (const { key } of shared) used.add(key);
    if (shared.length > 0) by.add(`${proof.dream} on ${proof.at.slice(0, 10)}`);
  }
  return used.size === 0 ? undefined : { tasks: used.size, by: [...by].sort(byCodeUnit) };
}
