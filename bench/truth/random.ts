// A seeded stream of chance for the made-up worlds: the same seed gives the same world on any machine; never reads a clock or the platform's randomness.

export interface Dice {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer, both ends included. */
  int(low: number, high: number): number;
  chance(p: number): boolean;
  /** Throws where there is nothing to pick from: a world that asks for it is wrong. */
  pick<T>(from: readonly T[]): T;
  /** An index, drawn in proportion to the weights. */
  weighted(weights: readonly number[]): number;
  shuffle<T>(from: readonly T[]): T[];
  /** `count` different ones, all of them where there are fewer. */
  sample<T>(from: readonly T[], count: number): T[];
  normal(): number;
}

/** A stream of its own for every seed text; close texts give unrelated streams. */
export function diceOf(seed: string): Dice {
  const next = sfc32(seed);
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const shuffle = <T>(from: readonly T[]): T[] => {
    const keyed = from.map((value) => ({ value, key: next() }));
    return keyed.sort((a, b) => a.key - b.key).map((k) => k.value);
  };
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: <T>(from: readonly T[]): T => {
      if (from.length === 0) throw new Error('nothing to pick from');
      return from[int(0, from.length - 1)] as T; // the index is in range
    },
    weighted: (weights) => {
      let left = next() * weights.reduce((sum, w) => sum + w, 0);
      const at = weights.findIndex((w) => {
        left -= w;
        return left < 0;
      });
      return at < 0 ? weights.length - 1 : at;
    },
    shuffle,
    sample: (from, count) => shuffle(from).slice(0, count),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Doty-Humphrey's small fast counting generator, seeded by four FNV-1a hashes of the text. */
function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [fnv(`a${seed}`), fnv(`b${seed}`), fnv(`c${seed}`), 1];
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
