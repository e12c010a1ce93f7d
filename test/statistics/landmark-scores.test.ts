// Weights at landmarks worked out block by block are the very ones that rows of sessions at landmarks give.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { landmarkWeigher } from '../../src/statistics/landmark-scores.ts';
import { boardOf, weigher } from '../../src/statistics/stratified-scores.ts';

const session = fc.record({
  reached: fc.nat(5),
  met: fc.boolean(),
  /** By this landmark, or one that it never got past, or not at all. */
  by: fc.option(fc.nat(6), { nil: undefined }),
});
const world = fc.array(fc.array(session, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 5 });

const LANDMARKS = 6;

/** The same with a row for each session at each landmark that it got past. */
function byRows(sessions: readonly { reached: number; by: number | undefined }[], blocks: Int32Array) {
  const rows = sessions.flatMap(({ reached, by }, who) =>
    Array.from({ length: reached }, (_, at) => ({
      who,
      stratum: (blocks[who] ?? 0) * LANDMARKS + at,
      exposed: by === at,
      left: by !== undefined && by < at,
    })),
  );
  const which = (of: (row: (typeof rows)[number]) => boolean) =>
    Uint32Array.from(rows.flatMap((row, i) => (of(row) ? [i] : [])));
  const board = boardOf(blocks, {
    session: Uint32Array.from(rows, (row) => row.who),
    stratum: Int32Array.from(rows, (row) => row.stratum),
  });
  return { board, column: { exposed: which((row) => row.exposed), left: which((row) => row.left) } };
}

it('landmarks give the weights that rows give, to the last bit and in the same order, one showing after the other', () => {
  fc.assert(
    fc.property(world, fc.array(fc.nat(20)), (tasks, offsets) => {
      const all = tasks.flatMap((list, block) => list.map((s) => ({ ...s, block })));
      const blocks = Int32Array.from(all, (s) => s.block);
      const outcomes = Uint8Array.from(all, (s) => Number(s.met));
      const weigh = landmarkWeigher({ blocks, reached: Uint8Array.from(all, (s) => s.reached) }, outcomes);
      for (const offset of [0, ...offsets.slice(0, 3)]) {
        // Other showings with the same scratch paper: what one left there must not be seen in the next.
        const sessions = all.map((s, i) => ({ reached: s.reached, by: all[(i + offset) % all.length]?.by }));
        const showing = sessions.flatMap(({ by }, who) => (by === undefined ? [] : [{ who, by }]));
        const fast = weigh({
          count: showing.length,
          sessions: Uint32Array.from([...showing.map((s) => s.who), 3]),
          landmarks: Uint8Array.from([...showing.map((s) => s.by), 0]),
        });
        const { board, column } = byRows(sessions, blocks);
        expect(fast).toEqual(weigher(board, outcomes)(column));
      }
    }),
    { numRuns: 500 },
  );
});
