// The bench of proofs: its cells are judged by the real verdict, too many false accepts are noticed, and its tables find their place in the page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CellResult, gainCells, harmCells, nullCells, runCell } from '../../bench/prove/cells.ts';
import { BEGIN, END, renderTables, tooMany, withTables } from '../../bench/prove/page.ts';

const [cell] = nullCells;
if (cell === undefined) throw new Error('no cell');

describe('the bench of proofs', () => {
  it('gives the same counts for the same seed, one verdict a proof', () => {
    const found = runCell(cell, false, 6, 's');
    expect(Object.values(found.counts).reduce((sum, n) => sum + n, 0)).toBe(6);
    expect(runCell(cell, false, 6, 's')).toEqual(found);
  });

  it('notices error rates that lie above their bar for certain, and no others', () => {
    const result = (validated: number, sequential: boolean): CellResult => ({
      ...{ cell, sequential, simulations: 400, tasks: 16 },
      counts: { validated, 'no proven harm': 0, 'not proven': 400 - validated, harmful: 0 },
    });
    expect(tooMany([result(20, false), result(12, true)])).toEqual([]);
    expect(tooMany([result(40, false), result(28, true)])).toHaveLength(2);
  });

  it('writes its tables between their marks in docs/proof.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/proof.md'), 'utf8');
    const tables = renderTables({ nulls: [runCell(cell, false, 2, 's')], gains: [], harms: [] });
    const written = withTables(page, tables, 'Today.');
    expect(written.slice(0, written.indexOf(BEGIN))).toBe(page.slice(0, page.indexOf(BEGIN)));
    expect(written.slice(written.indexOf(END))).toBe(page.slice(page.indexOf(END)));
    expect(withTables(written, tables, 'Today.')).toBe(written);
    expect(() => withTables('# none', tables, '')).toThrow('no place');
  });

  it('holds worlds without a gain, with gains of all sizes, and with harm', () => {
    expect(nullCells.every((c) => c.world.gain - (c.world.placeboGain ?? 0) <= 0)).toBe(true);
    expect(gainCells.every((c) => c.world.gain > 0)).toBe(true);
    expect(harmCells.some((c) => c.world.criterion !== undefined)).toBe(true);
  });
});
