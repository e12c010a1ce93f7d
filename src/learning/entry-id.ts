// Names of entries: the beginning of a hash of the card's fingerprint, longer where that is taken; never reused.
import { shortHash } from '../base/hash.ts';

const SHORTEST = 4;
const LONGEST = 16;

/** The shortest name of 4 to 16 base32 digits that nothing in force, waiting or ever decided about carries. */
export function entryId(fingerprint: string, taken: ReadonlySet<string>): string {
  const whole = shortHash(fingerprint, LONGEST);
  for (let length = SHORTEST; length < LONGEST; length++) {
    const id = whole.slice(0, length);
    if (!taken.has(id)) return id;
  }
  return whole;
}

/** True if `id` can be the name of the finding with this fingerprint. */
export function isNameOf(id: string, fingerprint: string): boolean {
  return namedBy(fingerprint)(id);
}

/** The same question for many names of one finding, hashing it once. */
export function namedBy(fingerprint: string): (id: string) => boolean {
  const whole = shortHash(fingerprint, LONGEST);
  return (id) => id.length >= SHORTEST && whole.startsWith(id);
}
