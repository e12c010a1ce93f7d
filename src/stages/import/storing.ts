// Stores groups of files in their order, while the disk is still busy with what came before; a session is stored whole or not at all.
import { dirname, join, relative, sep } from 'node:path';
import type { KnownAhead } from '../../mining/ahead.ts';
import type { GroupMemory } from '../../sources/memory.ts';
import type { Found, OriginFile, Source } from '../../sources/source.ts';
import { createSoon, writeAtomic } from '../../store/atomic.ts';
import { findSessionFile, newPath } from '../../store/session-files.ts';
import { orReason } from './piece.ts';
import type { GroupAnswer, PreparedGroup, PreparedSession } from './prepare.ts';
import type { Run } from './run.ts';
import { saveFound, storedUnder, tellRedacted } from './save.ts';

const MOST_TURNS = 16; // that wait for the disk
const MOST_BYTES = 32 * 2 ** 20; // of theirs

/** Files that are read together. */
export interface Group {
  source: Source;
  files: OriginFile[];
  /** What became of them in an earlier import. */
  known: GroupMemory | undefined;
  /** Whether all of that is still there. */
  settled: boolean;
}

/** True while every one of these sessions is stored, or was removed here. */
export function isSettled({ sessions }: GroupMemory, { request: { layout, removed } }: Run): boolean {
  return sessions.every(({ summary, at }) => removed?.has(summary.id) || findSessionFile(layout, summary.id, at));
}

/** What is left to do for a group once its files last. */
interface Turn {
  /** By session; false where somebody else was quicker. */
  written: Promise<boolean[]>;
  bytes: number;
  /** Ids and other names of its sessions. */
  names: string[];
  finish: (written: boolean[]) => void;
}

const NOTHING = { written: Promise.resolve([]), bytes: 0, names: [] };

export class Storing {
  readonly #run: Run;
  readonly #ahead: KnownAhead | undefined;
  readonly #turns: Turn[] = [];
  /** The names of all turns: no two of them share any. */
  readonly #names = new Set<string>();
  #bytes = 0;

  constructor(run: Run, ahead: KnownAhead | undefined) {
    this.#run = run;
    this.#ahead = ahead;
  }

  /**
   * Takes the next group, with what was read of it where that has been done. What is written may last, and be reported, only later.
   * Throws UserError where the disk refuses, for this group or one before it.
   */
  async take(group: Group, answer: GroupAnswer | undefined): Promise<void> {
    const { files, known } = group;
    // One of the groups before may bring back what is missing.
    if (known !== undefined && !group.settled) await this.#drain();
    if (known !== undefined && (group.settled || isSettled(known, this.#run)))
      return this.#wait({ ...NOTHING, finish: () => this.#unchanged(files, known) });
    if (answer === undefined) return this.#compare(group, undefined);
    if ('unreadable' in answer) return this.#wait({ ...NOTHING, finish: () => this.#skip(files, answer.unreadable) });
    if ('left' in answer) return this.#compare(group, answer.left);
    const names = namesIn(answer);
    if (names.some((name) => this.#names.has(name))) await this.#drain();
    if (new Set(names).size < names.length || !this.#isNew(answer)) return this.#compare(group, undefined);
    const written = Promise.all(answer.sessions.map((session) => this.#write(session)));
    const bytes = answer.sessions.reduce((sum, { stored }) => sum + (stored?.bytes.length ?? 0), 0);
    return this.#wait({ written, bytes, names, finish: (was) => this.#written(group, answer, was) });
  }

  /** Until everything that was taken lasts and is reported, whatever becomes of one of them: the others are stored and reported all the same. To be called in any case. */
  async end(): Promise<void> {
    let failed: { error: unknown } | undefined;
    while (this.#turns.length > 0) {
      try {
        await this.#finishFirst();
      } catch (error) {
        failed ??= { error };
      }
    }
    if (failed !== undefined) throw failed.error;
  }

  async #drain(): Promise<void> {
    while (this.#turns.length > 0) await this.#finishFirst();
  }

  async #wait(turn: Turn): Promise<void> {
    turn.written.catch(() => {}); // heard when its turn comes
    this.#turns.push(turn);
    this.#bytes += turn.bytes;
    for (const name of turn.names) this.#names.add(name);
    while (this.#turns.length > MOST_TURNS || this.#bytes > MOST_BYTES) await this.#finishFirst();
  }

  async #finishFirst(): Promise<void> {
    const turn = this.#turns.shift();
    if (turn === undefined) return;
    this.#bytes -= turn.bytes;
    for (const name of turn.names) this.#names.delete(name);
    turn.finish(await turn.written);
  }

  // False where something has to be compared with what is stored.
  #isNew({ sessions }: PreparedGroup): boolean {
    const { layout } = this.#run.request;
    return sessions.every(({ summary, at, tool, aliases, stored }) => {
      if (findSessionFile(layout, summary.id, at) !== undefined) return stored === undefined;
      return stored !== undefined && storedUnder(tool, aliases, at, this.#run) === undefined;
    });
  }

  async #write({ summary, at, stored, known }: PreparedSession): Promise<boolean> {
    const { layout, removed } = this.#run.request;
    if (stored === undefined || removed?.has(summary.id)) return true;
    const path = newPath(layout, { session: summary.id, at });
    // Before the lines, so that no line ever names a file that isn't there.
    for (const file of stored.files) writeAtomic(join(dirname(path), file.name), file.text);
    const stats = await createSoon(path, stored.bytes);
    if (stats === undefined) return false;
    const { size, mtimeMs } = stats;
    if (known) this.#ahead?.add(known, { path: relative(layout.sessions, path).split(sep).join('/'), size, mtimeMs });
    return true;
  }

  #written(group: Group, answer: PreparedGroup, was: readonly boolean[]): void {
    const { files } = group;
    const sessions: GroupMemory['sessions'] = [];
    for (const [i, { summary, at, tool, aliases, stored, redacted }] of answer.sessions.entries()) {
      sessions.push({ summary, at });
      if (was[i] === false || this.#run.passedOver(summary.id, files)) continue;
      tellRedacted(summary.id, redacted, this.#run);
      this.#run.note(summary, stored === undefined ? 'unchanged' : 'imported');
      for (const alias of aliases) this.#run.memory.putSession(tool, alias, summary.id);
    }
    // Another import stored one of them at the same moment, and perhaps less of it.
    if (was.includes(false)) {
      this.#compareNow(group, undefined);
      return;
    }
    this.#run.addReports(answer.reports);
    this.#run.memory.putGroup(files, { reports: answer.reports, sessions });
    this.#run.progress(files);
  }

  async #compare(group: Group, found: Found | undefined): Promise<void> {
    await this.#drain();
    this.#compareNow(group, found);
  }

  #compareNow({ source, files }: Group, known: Found | undefined): void {
    const found = known ?? orReason(() => source.read(files));
    if (typeof found === 'string') this.#skip(files, found);
    else {
      saveFound(files, found, this.#run);
      this.#run.progress(files);
    }
  }

  #unchanged(files: readonly OriginFile[], { sessions, reports }: GroupMemory): void {
    for (const { summary } of sessions)
      if (!this.#run.passedOver(summary.id, files)) this.#run.note(summary, 'unchanged');
    this.#run.addReports(reports);
    this.#run.progress(files);
  }

  #skip(files: readonly OriginFile[], reason: string): void {
    for (const { path } of files) this.#run.skip(path, reason);
    this.#run.progress(files);
  }
}

// What a session must not share with one that is being written, lest one of them be taken for new that is not.
function namesIn({ sessions }: PreparedGroup): string[] {
  return sessions.flatMap(({ summary, tool, aliases }) => [
    `id ${summary.id}`,
    ...aliases.map((alias) => `${tool} ${alias}`),
  ]);
}
