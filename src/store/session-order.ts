// Puts what lies in all folders of sessions into the order of lists, and names what is left out; reads no file.
import { byCodeUnit } from '../base/collections.ts';
import type { Emit } from '../domain/emit.ts';
import { type Brief, newestFirst } from './session-brief.ts';
import type { Unreadable } from './session-shard.ts';

/** What was found in one folder. */
export interface Found<Row> {
  rows: readonly Row[];
  unreadable: readonly Unreadable[];
}

/**
 * Rows of all folders, newest first, undated ones last. Files without a readable header are named in warnings, and so is the second
 * of two files with one id, which come from copying by hand.
 * @param found folders in the order of their paths
 */
export function inOrder<Row>(found: readonly Found<Row>[], briefOf: (row: Row) => Brief, emit: Emit): Row[] {
  const left = found.flatMap(({ unreadable }) => unreadable.map(({ path }) => ({ path, text: NO_HEADER })));
  let rows = found.flatMap((one) => one.rows);
  const again = repeated(Uint32Array.from(rows, (row) => briefOf(row).mark));
  if (again.size > 0) {
    const ids = new Set<string>();
    rows = rows.filter((row) => {
      const { mark, id, path } = briefOf(row);
      if (!again.has(mark)) return true;
      const first = !ids.has(id);
      if (!first) left.push({ path, text: `a second transcript of session ${id} is left out` });
      ids.add(id);
      return first;
    });
  }
  for (const { path, text } of left.sort((a, b) => byCodeUnit(a.path, b.path)))
    emit({ type: 'warning', stage: 'index', text, where: path });
  return rows.sort((a, b) => newestFirst(briefOf(a), briefOf(b)));
}

// Marks that are there more than once. Sorting numbers takes a tenth of the time of a set of all ids, and few sessions are left to compare.
function repeated(marks: Uint32Array): Set<number> {
  const again = new Set<number>();
  let before = -1;
  for (const mark of marks.sort()) {
    if (mark === before) again.add(mark);
    before = mark;
  }
  return again;
}

const NO_HEADER = 'a transcript without a readable header is left out; see agent sessions verify';

/** Emits how far the look at all folders is, from what each of them says of itself. */
export function progressOf(sizes: readonly number[], emit: Emit): (folder: number, at: number) => void {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return (folder, at) => {
    const before = sizes.slice(0, folder).reduce((sum, size) => sum + size, 0);
    emit({ type: 'progress', stage: 'index', done: before + at + 1, total, unit: 'session' });
  };
}
