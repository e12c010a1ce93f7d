// Finds which of many short strings occur in a text in one pass over it (Aho and Corasick, 1975); never looks at anything else.

const OTHER = 0; // class of every character that is in no literal

/**
 * Makes a function that tells which sets have at least one of their literals in a text, in any case of ASCII letters.
 * One table look-up a character, however many literals there are: a search per literal would cost forty passes over clean text.
 * @param sets literals, ASCII only; the answer names sets by their index, in ascending order
 */
export function literalFinder(sets: readonly (readonly string[])[]): (text: string) => number[] {
  const classes = classesOf(sets.flat());
  const width = Math.max(...classes) + 1;
  const { next, found } = automaton(sets, classes, width);
  return (text) => {
    let state = 0;
    let hits: Set<number> | undefined;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = next[state + (code < 128 ? (classes[code] ?? OTHER) : OTHER)] ?? 0;
      if (state < 0) {
        state = -state;
        hits ??= new Set();
        for (const set of found.get(state) ?? []) hits.add(set);
      }
    }
    return hits === undefined ? [] : [...hits].sort((a, b) => a - b);
  };
}

// Characters that no literal holds share one class, and both cases of a letter do: the table stays in the processor's cache.
function classesOf(literals: readonly string[]): Uint8Array {
  const classes = new Uint8Array(128);
  let count = OTHER;
  for (const literal of literals) {
    for (const char of literal) {
      const lower = char.toLowerCase().charCodeAt(0);
      const upper = char.toUpperCase().charCodeAt(0);
      if (classes[lower] !== OTHER) continue;
      classes[lower] = ++count;
      classes[upper] = count;
    }
  }
  return classes;
}

interface Node {
  children: Map<number, Node>;
  sets: Set<number>;
  row: number;
}

// States are numbered by the offset of their row; a transition into a state where a literal ends is stored as a negative.
function automaton(sets: readonly (readonly string[])[], classes: Uint8Array, width: number) {
  const nodes = trie(sets, classes, width);
  const next = new Int32Array(nodes.length * width);
  const found = new Map<number, number[]>();
  const root = nodes[0];
  const queue: { node: Node; fallback: number }[] = root === undefined ? [] : [{ node: root, fallback: -1 }];
  const plain = new Int32Array(nodes.length * width);
  for (const { node, fallback } of queue) {
    for (const set of found.get(fallback) ?? []) node.sets.add(set);
    if (node.sets.size > 0) found.set(node.row, [...node.sets]);
    for (let c = 0; c < width; c++) {
      const child = node.children.get(c);
      const onFallback = fallback < 0 ? 0 : (plain[fallback + c] ?? 0);
      plain[node.row + c] = child === undefined ? onFallback : child.row;
      if (child !== undefined) queue.push({ node: child, fallback: onFallback });
    }
  }
  for (let i = 0; i < plain.length; i++) {
    const target = plain[i] ?? 0;
    next[i] = found.has(target) ? -target : target;
  }
  return { next, found };
}

function trie(sets: readonly (readonly string[])[], classes: Uint8Array, width: number): Node[] {
  const nodes: Node[] = [{ children: new Map(), sets: new Set(), row: 0 }];
  for (const [set, literals] of sets.entries()) {
    for (const literal of literals) {
      let node = nodes[0];
      for (const char of literal) {
        const c = classes[char.charCodeAt(0)] ?? OTHER;
        let child: Node | undefined = node?.children.get(c);
        if (child === undefined) {
          child = { children: new Map(), sets: new Set(), row: nodes.length * width };
          nodes.push(child);
          node?.children.set(c, child);
        }
        node = child;
      }
      node?.sets.add(set);
    }
  }
  return nodes;
}
