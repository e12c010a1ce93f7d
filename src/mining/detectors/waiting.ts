// Tells errors that heal by themselves from those that something cured; knows no tool that waits and none that mends.
import type { Change } from '../../domain/card.ts';
import type { AgainFact } from '../fact-types.ts';

const LEAST = 3;
const SHARE = 0.2;

/** What came of making the very same call again later. */
export interface Waiting {
  waited: NonNullable<Change['waited']>;
  /** True where waiting is the remedy; otherwise `doubt` says why it is not known to be. */
  heals: boolean;
  doubt?: string;
}

/**
 * Undefined where the same call worked later in fewer than three sessions, or in no more than half of those that made it again.
 * It heals by waiting where no tool had newly run in between in more than half of them: else that tool may be what helped
 * (an edit between two runs of the same tests), unless a fifth, and three, did without all such tools.
 */
export function waitingOf(again: readonly AgainFact[]): Waiting | undefined {
  const healed = again.filter((a) => a.worked);
  if (healed.length < LEAST || healed.length * 2 <= again.length) return undefined;
  const waited = waitedOf(again.length, healed);
  const usual = commonTools(healed);
  const without = healed.filter((a) => !a.helpers.some((tool) => usual.has(tool))).length;
  if (usual.size === 0 || (without >= LEAST && without >= healed.length * SHARE)) return { waited, heals: true };
  return {
    waited,
    heals: false,
    doubt:
      'the same call worked later, but other calls had run in between in most sessions, and any may be what helped',
  };
}

function waitedOf(sessions: number, healed: readonly AgainFact[]): Waiting['waited'] {
  const seconds = healed.flatMap((a) => a.seconds ?? []);
  return {
    sessions,
    worked: healed.length,
    steps: median(healed.map((a) => a.steps)),
    ...(seconds.length === healed.length && { seconds: median(seconds) }),
  };
}

function commonTools(healed: readonly AgainFact[]): Set<string> {
  const tally = new Map<string, number>();
  for (const { helpers } of healed) for (const tool of helpers) tally.set(tool, (tally.get(tool) ?? 0) + 1);
  return new Set([...tally].flatMap(([tool, n]) => (n * 2 > healed.length ? [tool] : [])));
}

// The upper of two middles: a wait is better told too long than too short.
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
