// What was counted of some of the sessions, as plain values that can be kept, and all such parts side by side; counts nothing itself.
import type { KeptValue } from '../../store/kept.ts';
import type { Extract } from '../extract-types.ts';
import type { Doings } from '../fact-types.ts';
import type { Template } from '../templates.ts';
import { columnOf } from './table.ts';

/** What is counted of sessions part by part, and what all parts come to. What is found is the same however sessions are parted. */
export interface Fold<Found> {
  /** Names what is kept of it. */
  name: string;
  /** Begins a part. */
  count(): Counting;
  findings(parts: Parts): Iterable<Found>;
}

/** What is counted while the sessions of one part pass by. */
export interface Counting {
  /** In their order. */
  see(one: Passing): void;
  /** Once all have passed by. Its columns are all of rows, or none of them is. */
  kept(): KeptValue;
}

/** A session of a part. */
export interface Passing {
  /** Its number in the part. */
  number: number;
  session: Extract;
  doings: Doings;
  /** Of each of its errors the group in the part: errors are in one where they have one template. */
  groups: readonly number[];
}

/** The group of errors that have no template. */
export const NO_GROUP = -1;

export interface Part {
  /** Of its sessions among all, ascending. */
  places: readonly number[];
  /** Of its groups of errors. */
  templates: readonly Template[];
  /** By name of the fold. */
  kept: Readonly<Record<string, KeptValue>>;
}

/** All of them: every session is in one. */
export interface Parts {
  sessions: readonly Extract[];
  all: readonly Part[];
  /** By place of the session: which of the parts. */
  owners: Uint32Array;
}

const NOTHING: KeptValue = { value: undefined, columns: {} };

/** What a fold kept of a part. */
export function keptIn({ kept }: Part, name: string): KeptValue {
  return kept[name] ?? NOTHING;
}

/** Shows all rows of a fold in the order of their sessions. Rows have a column `session`, in which numbers never sink. */
export function eachRow({ all, owners }: Parts, name: string, see: (part: number, row: number) => void): void {
  const sessions = all.map((part) => columnOf(keptIn(part, name), 'session'));
  if (sessions.every((column) => column.length === 0)) return;
  const rows = new Uint32Array(all.length);
  const numbers = new Uint32Array(all.length);
  for (const part of owners) {
    const column = sessions[part];
    const number = numbers[part] ?? 0;
    numbers[part] = number + 1;
    let row = rows[part] ?? 0;
    while (column?.[row] === number) see(part, row++);
    rows[part] = row;
  }
}
