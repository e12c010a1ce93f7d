// The outcomes of several families under every arrangement, dealt out together, as bits of words; scores nothing.
import { type Draws, forEachArrangement, type Visits } from './arrangements.ts';
import { LANES } from './lanes.ts';

interface Outcomes {
  /** 0 or 1 a session. */
  outcomes: Uint8Array;
}

/** For each family, the outcomes under the first 32 arrangements in the bits of its first list of words, and so on; see `laneSums`. */
export function dealOut(
  blocks: Int32Array,
  families: readonly Outcomes[],
  draws: Draws,
): { visits: Visits; words: Int32Array[][] } {
  const { labels, outcomesOf } = jointLabels(families);
  const words: Int32Array[][] = families.map(() => []);
  let visited = 0;
  const visits = forEachArrangement(blocks, labels, draws, (dealt) => {
    const lane = visited++ % LANES;
    for (const [f, rounds] of words.entries()) {
      if (lane === 0) rounds.push(new Int32Array(blocks.length + 1));
      const round = rounds.at(-1) ?? new Int32Array(0);
      const outcome = outcomesOf[f] ?? new Uint8Array(0);
      for (let i = 0; i < dealt.length; i++) round[i] = (round[i] ?? 0) | ((outcome[dealt[i] ?? 0] ?? 0) << lane);
    }
  });
  return { visits, words };
}

/** Sessions with the same outcome in every family share a label; `outcomesOf[f][label]` is the outcome in family f. */
function jointLabels(families: readonly Outcomes[]): { labels: Int32Array; outcomesOf: Uint8Array[] } {
  const known = new Map<string, number>();
  const labels = Int32Array.from(families[0]?.outcomes ?? [], (_, i) => {
    const key = families.map(({ outcomes }) => outcomes[i] ?? 0).join('');
    const label = known.get(key) ?? known.size;
    known.set(key, label);
    return label;
  });
  const keys = [...known.keys()];
  return { labels, outcomesOf: families.map((_, f) => Uint8Array.from(keys, (key) => Number(key[f]))) };
}
