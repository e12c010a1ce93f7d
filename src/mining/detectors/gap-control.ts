// What other revisions did, for many questions about the same ones: counted once, and for each question only what it leaves out is counted anew.
import { inGroup } from '../../base/collections.ts';
import type { DeedFact, WorkFact } from '../asked-types.ts';
import type { Extract } from '../extract-types.ts';
import { deedName } from '../facts/deeds.ts';

/** What was newly done after a verdict or a word. */
export interface Done {
  session: Extract;
  /** May have to be read. */
  deeds: readonly DeedFact[];
}

/** The stretch of work in which it was done. */
export type Revision = Done & WorkFact;

/** Sessions whose revisions were compared, and how many of them did a deed. */
export interface Compared {
  sessions: number;
  did(name: string): number;
}

const MOST = 2000; // revisions; more would not change a share

/** The first of them that are not left out are compared. */
export class Control {
  readonly #revisions: readonly Done[];
  readonly #most: number;
  #known: { first: ReadonlySet<Done>; all: Count; byName: ReadonlyMap<string, Count> } | undefined;

  constructor(revisions: readonly Done[], most = MOST) {
    this.#revisions = revisions;
    this.#most = most;
  }

  without(left: readonly Done[]): Compared {
    const { first, all, byName } = this.#first();
    const gone = left.filter((revision) => first.has(revision));
    const come = this.#nextOnes(gone.length, new Set(left));
    const changes = new Count();
    const changed = new Map<string, Count>();
    for (const [revisions, by] of [[gone, -1] as const, [come, 1] as const]) {
      for (const revision of revisions) {
        changes.add(revision.session, by);
        for (const name of namesIn(revision)) inGroup(changed, name, () => new Count()).add(revision.session, by);
      }
    }
    return {
      sessions: all.sizeWith(changes),
      did: (name) => (byName.get(name) ?? NONE).sizeWith(changed.get(name) ?? NONE),
    };
  }

  // Not before anything is asked: most of it has to be read.
  #first() {
    if (this.#known === undefined) {
      const first = this.#revisions.slice(0, this.#most);
      const all = new Count();
      const byName = new Map<string, Count>();
      for (const revision of first) {
        all.add(revision.session, 1);
        for (const name of namesIn(revision)) inGroup(byName, name, () => new Count()).add(revision.session, 1);
      }
      this.#known = { first: new Set(first), all, byName };
    }
    return this.#known;
  }

  #nextOnes(wanted: number, left: ReadonlySet<Done>): Done[] {
    const next: Done[] = [];
    for (let i = this.#most; i < this.#revisions.length && next.length < wanted; i++) {
      const revision = this.#revisions[i];
      if (revision !== undefined && !left.has(revision)) next.push(revision);
    }
    return next;
  }
}

/** How many revisions there are of each session, or how many more or fewer. */
class Count {
  readonly #revisions = new Map<Extract, number>();

  add(session: Extract, by: 1 | -1): void {
    this.#revisions.set(session, (this.#revisions.get(session) ?? 0) + by);
  }

  /** Sessions with any, after these changes. */
  sizeWith(changes: Count): number {
    let size = this.#revisions.size;
    for (const [session, by] of changes.#revisions) {
      const before = this.#revisions.get(session) ?? 0;
      size += Number(before + by > 0) - Number(before > 0);
    }
    return size;
  }
}

const NONE = new Count();

// Read once, whatever the questions.
const known = new WeakMap<Done, string[]>();

function namesIn(revision: Done): string[] {
  const names = known.get(revision) ?? revision.deeds.map(deedName);
  known.set(revision, names);
  return names;
}
