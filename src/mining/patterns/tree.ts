// The patterns of interest as a tree in typed arrays: exact, where the sketch only estimates; knows no session.
import { hashAfter } from './sketch.ts';
import { ROOT } from './walk.ts';

export interface Tree {
  /** The node of `parent` followed by `token`; made where there is none, if `worth` says so of its hash, else 0. */
  child(parent: number, token: number): number;
  /** The same where there is one already, else 0. */
  known(parent: number, token: number): number;
  /** Nodes are numbered from ROOT to `size()` − 1. */
  size(): number;
  /** The tokens from the root to a node. */
  pathOf(node: number): number[];
}

const NO_NODE = 0;

export function newTree(worth: (hash: number) => boolean): Tree {
  let parents = new Uint32Array(1024);
  let lasts = new Uint32Array(1024);
  let hashes = new Uint32Array(1024);
  let slots = new Uint32Array(4096);
  let next = ROOT + 1;
  hashes[ROOT] = ROOT;

  return {
    child(parent, token) {
      const hash = hashAfter(hashes[parent] ?? 0, token);
      const slot = find(parent, token, hash);
      const known = slots[slot] ?? NO_NODE;
      if (known !== NO_NODE || !worth(hash)) return known;
      if (next === parents.length) grow();
      parents[next] = parent;
      lasts[next] = token;
      hashes[next] = hash;
      slots[slot] = next++;
      if (next * 2 > slots.length) rehash();
      return next - 1;
    },
    known: (parent, token) => slots[find(parent, token, hashAfter(hashes[parent] ?? 0, token))] ?? NO_NODE,
    size: () => next,
    pathOf(node) {
      const path: number[] = [];
      for (let at = node; at > ROOT; at = parents[at] ?? ROOT) path.push(lasts[at] ?? 0);
      return path.reverse();
    },
  };

  // The slot that holds the node, or the free one where it belongs.
  function find(parent: number, token: number, hash: number): number {
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const node = slots[slot] ?? NO_NODE;
      if (node === NO_NODE || (parents[node] === parent && lasts[node] === token)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function grow(): void {
    const longer = (list: Uint32Array) => {
      const copy = new Uint32Array(list.length * 2);
      copy.set(list);
      return copy;
    };
    [parents, lasts, hashes] = [longer(parents), longer(lasts), longer(hashes)];
  }

  function rehash(): void {
    slots = new Uint32Array(slots.length * 2);
    for (let node = ROOT + 1; node < next; node++)
      slots[find(parents[node] ?? 0, lasts[node] ?? 0, hashes[node] ?? 0)] = node;
  }
}
