// What a dream reads: the memory at one commit, an extract of every session, what waits and what policy.md says; thinks nothing.
import { canonicalJson, shortHash } from '../../base/hash.ts';
import { commitDate } from '../../git/history.ts';
import { dreamId, newestDay } from '../../learning/dream-id.ts';
import { type MemoryAt, memoryAt } from '../../learning/memory-at.ts';
import { type Policy, readPolicy } from '../../learning/policy.ts';
import type { Extract } from '../../mining/extract-types.ts';
import { loadExtracts } from '../../mining/load.ts';
import { weakCriteria } from '../../store/calibration.ts';
import type { DreamRequest } from './contract.ts';

/** Everything that the thinking starts from. */
export interface Material {
  /** The name of the dream, which is made of all that its result depends on. */
  id: string;
  /** YYYY-MM-DD of the newest session, else of the base. */
  date: string;
  /** The commit that it grows from. */
  base: string;
  memory: MemoryAt;
  policy: Policy;
  extracts: Extract[];
  fromCache: number;
}

/** Throws Interrupted between two sessions once the signal has fired. */
export async function readMaterial(request: DreamRequest, base: string): Promise<Material> {
  const { layout, repo, settings, prefix, sessions, emit, signal } = request;
  const memory = await memoryAt(repo, base, prefix);
  for (const { name, reason } of memory.broken)
    emit({ type: 'warning', stage: 'dream', text: `playbook left alone: ${reason}`, where: name });
  const { extracts, fromCache } = await loadExtracts({
    weak: weakCriteria(layout),
    layout,
    sessions,
    emit,
    stage: 'dream',
    ...(signal && { signal }),
  });
  const policy = readPolicy(memory.files.get('policy.md') ?? '');
  const date = newestDay(extracts) ?? (await commitDate(repo, base)).slice(0, 10);
  return {
    id: dreamId(date, base, extracts, settings, nameOfAsking(request)),
    date,
    base,
    memory,
    policy,
    extracts,
    fromCache,
  };
}

// Two dreams over the same sessions differ where other models are asked, or other orders given.
function nameOfAsking({ words, orders }: DreamRequest): string | undefined {
  if (orders === undefined) return words?.name;
  const given = [...orders.orders.map(({ text }) => text), orders.unread];
  return `${words?.name ?? ''} ${shortHash(canonicalJson(given), 8)}`;
}
