// Which sessions a claim about outcomes is found in and which it has to hold in; looks at no outcome.
import { byCodeUnit } from '../../base/collections.ts';
import { sha256 } from '../../base/hash.ts';
import type { Extract } from '../extract-types.ts';

/**
 * 1 for the newest `share` of the dated sessions, in which findings are confirmed, 0 for those in which they are searched. Sessions
 * without a date fall on either side by a hash of the seed and their content. Does not depend on the order of the sessions.
 */
export function newestOf(sessions: readonly Extract[], share: number, seed: string): Uint8Array {
  const newest = new Uint8Array(sessions.length);
  const dated: { place: number; ms: number; content: string }[] = [];
  for (const [place, { at, content }] of sessions.entries()) {
    const ms = at === undefined ? Number.NaN : Date.parse(at);
    if (Number.isFinite(ms)) dated.push({ place, ms, content });
    else newest[place] = drawn(seed, content) < share ? 1 : 0;
  }
  dated.sort((a, b) => a.ms - b.ms || byCodeUnit(a.content, b.content));
  for (const { place } of dated.slice(Math.floor(dated.length * (1 - share) + 1e-9))) newest[place] = 1;
  return newest;
}

/** A seed that depends on what the sessions hold and on nothing else. */
export function seedOf(sessions: readonly Extract[]): string {
  return sha256(
    sessions
      .map((s) => s.content)
      .sort(byCodeUnit)
      .join('\n'),
  );
}

function drawn(seed: string, content: string): number {
  return Number.parseInt(sha256(`${seed} ${content}`).slice(0, 8), 16) / 2 ** 32;
}
