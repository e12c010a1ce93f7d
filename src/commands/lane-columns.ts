// Which column a thread is drawn in, while it is at work: the lowest that is free, as few as possible; draws nothing itself.

export interface LaneColumns {
  /** The column of a lane, which keeps it until it is closed. */
  of(lane: string): number;
  /** Frees the lane's column for others. */
  close(lane: string): void;
  /** The gutter of one row: `mark` in the lane's own column, a line in those of other lanes that are open. */
  gutter(lane: string, mark: string): string;
}

/** Columns for a gutter of at most `most`; lanes beyond it share the last one. */
export function laneColumns(most: number): LaneColumns {
  const taken: (string | undefined)[] = [];
  const of = (lane: string) => {
    const known = taken.indexOf(lane);
    if (known !== -1) return known;
    const free = taken.indexOf(undefined);
    const column = free === -1 ? taken.length : free;
    taken[column] = lane;
    return column;
  };
  return {
    of,
    close: (lane) => {
      const column = taken.indexOf(lane);
      if (column !== -1) taken[column] = undefined;
      while (taken.length > 0 && taken.at(-1) === undefined) taken.pop();
    },
    gutter: (lane, mark) => {
      const own = Math.min(of(lane), most - 1);
      const cells: string[] = taken.slice(0, most).map((other) => (other === undefined ? ' ' : '│'));
      if (taken.length > most) cells[most - 1] = '┆';
      cells[own] = mark;
      return cells.join(' ');
    },
  };
}
