// Tells whether the same sessions were ever parted in the same way, without keeping how; knows no question.
import { hashWith } from '../../base/hash.ts';

/** Questions that were kept, by how they part the sessions. */
export interface Seen<Q> {
  /** Where the sides of the one at hand are to be written, and room for others. */
  sides: Int8Array;
  spare: Int8Array;
  /** The question kept that parts the sessions as `sides` does; `sidesOf` writes how a question does. */
  find(sidesOf: (question: Q, into: Int8Array) => Int8Array): Q | undefined;
  /** Keeps a question that parts the sessions as `sides` does. */
  keep(question: Q): void;
}

/** Hashes find who might be equal, and the sides themselves decide: written out for all they would take a byte a session each. */
export function newSeen<Q>(sessions: number): Seen<Q> {
  const byHash = new Map<number, Q[]>();
  const sides = wordsOf(sessions);
  const spare = wordsOf(sessions);
  return {
    sides: new Int8Array(sides.buffer, 0, sessions),
    spare: new Int8Array(spare.buffer, 0, sessions),
    find(sidesOf) {
      return byHash.get(hashOf(sides))?.find((question) => {
        sidesOf(question, this.spare);
        return sides.every((word, i) => word === spare[i]);
      });
    },
    keep(question) {
      const hash = hashOf(sides);
      byHash.set(hash, [...(byHash.get(hash) ?? []), question]);
    },
  };
}

// Four sessions a word; those past the last one stay 0.
function wordsOf(sessions: number): Int32Array {
  return new Int32Array(Math.ceil(sessions / 4));
}

function hashOf(words: Int32Array): number {
  let hash = words.length;
  for (let i = 0; i < words.length; i++) hash = hashWith(hash, words[i] ?? 0);
  return hash;
}
