// Finds which of many short strings occur in a text in one pass over it; never looks at anything else.

const BITS = 5; // the low bits of a character: both cases of an ASCII letter share them
const LOW = (1 << BITS) - 1;
const WINDOW = (1 << (3 * BITS)) - 1;

interface Literal {
  lower: string;
  set: number;
}

/**
 * Makes a function that tells which sets have at least one of their literals in a text, in any case of ASCII letters.
 * A window of three characters slides over the text and is looked up in a table of the literals' beginnings; only there, at
 * about one place in five hundred, are literals compared. A search per literal would cost forty passes over clean text.
 * @param sets literals of at least three ASCII characters; the answer names sets by their index, in ascending order
 */
export function literalFinder(sets: readonly (readonly string[])[]): (text: string) => number[] {
  const { begins, byBegin } = tableOf(sets);
  return (text) => {
    let at = nextBegin(begins, text, 0);
    if (at < 0) return [];
    const hits = new Set<number>();
    for (; at >= 0; at = nextBegin(begins, text, at + 1)) {
      for (const { lower, set } of byBegin.get(windowAt(text, at)) ?? []) {
        if (!hits.has(set) && text.slice(at - 2, at - 2 + lower.length).toLowerCase() === lower) hits.add(set);
      }
    }
    return [...hits].sort((a, b) => a - b);
  };
}

// The place of the last character of the next window that a literal begins with, or -1. Small, so that V8 makes it fast.
function nextBegin(begins: Uint8Array, text: string, from: number): number {
  let window = from === 0 ? 0 : windowAt(text, from - 1);
  for (let i = from; i < text.length; i++) {
    window = ((window << BITS) | (text.charCodeAt(i) & LOW)) & WINDOW;
    if (begins[window] !== 0) return i;
  }
  return -1;
}

function windowAt(text: string, last: number): number {
  let window = 0;
  for (let i = Math.max(0, last - 2); i <= last; i++) window = (window << BITS) | (text.charCodeAt(i) & LOW);
  return window;
}

function tableOf(sets: readonly (readonly string[])[]): { begins: Uint8Array; byBegin: Map<number, Literal[]> } {
  const begins = new Uint8Array(WINDOW + 1);
  const byBegin = new Map<number, Literal[]>();
  for (const [set, literals] of sets.entries()) {
    for (const literal of literals) {
      if (literal.length < 3) throw new Error(`too short to look for: ${literal}`);
      let begin = 0;
      for (let i = 0; i < 3; i++) begin = (begin << BITS) | (literal.charCodeAt(i) & LOW);
      begins[begin] = 1;
      byBegin.set(begin, [...(byBegin.get(begin) ?? []), { lower: literal.toLowerCase(), set }]);
    }
  }
  return { begins, byBegin };
}
