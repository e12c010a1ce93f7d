// Numbers that look random and follow from words alone: the same words give the same numbers on every machine; keeps no state of its own.

/** A generator of numbers 0 ≤ x < 1. */
export function chance(...words) {
  let state = hashOf(words.join('/'));
  return () => {
    // mulberry32, public domain (Tommy Ettinger)
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One draw from the normal distribution of mean 0 and deviation 1 (Box and Muller). */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// FNV-1a, 32 bits, with a final mix.
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
