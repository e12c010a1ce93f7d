// Appends events to one session's file, one writer at a time; never rewrites, shortens or reorders what is already there.
import { closeSync, fdatasync, fsyncSync, openSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { systemCode, UserError } from '../base/errors.ts';
import type { Header, SessionEvent } from '../domain/events.ts';
import { endsTorn, type FileCalls, folderSynced, syncFolder, writeAtomic, writeFailure, writeFully } from './atomic.ts';
import { acquireLock, type Lock } from './lock.ts';
import { type Redact, redactDeep, staysAsIs } from './redaction.ts';
import { type SpilledFile, spill } from './spill.ts';

export interface TranscriptOptions {
  /** Applied to every text before it is written. */
  redact: Redact;
  /** Shown to whoever finds the session locked: when the writer began. */
  since?: string;
  /** Milliseconds to wait for another writer; default 0. */
  waitMs?: number;
  /** The calls that can fail; tests hand in failing ones. */
  calls?: FileCalls;
}

export interface TranscriptWriter {
  /** Writes one event as one line, and gives it back as it is stored. Throws UserError if the disk refuses; all earlier lines stay whole. */
  append(event: SessionEvent): SessionEvent;
  /** Writes lines that are in their stored form already, in one write, after the files that they name. Throws as `append` does. */
  appendStored(...stored: StoredForm[]): void;
  /** Makes what was appended survive a power loss. */
  sync(): void;
  /** As `sync`, without holding up the rest of the process; nobody may close the writer meanwhile. Rejects as `sync` throws. */
  synced(): Promise<void>;
  /** Syncs, closes the file and gives back the lock; a second call does nothing. */
  close(): void;
}

/** A line, its newline included, and the files that hold what was too long for it. */
export interface StoredForm {
  line: string;
  files: SpilledFile[];
}

/** Starts a new transcript; its header as it is stored is what counts from here on. Throws UserError if the file exists or another process writes it. */
export function createTranscript(
  path: string,
  header: Header,
  options: TranscriptOptions,
): { writer: TranscriptWriter; header: Header } {
  const writer = open(path, 'ax', options);
  try {
    return { writer, header: writer.append(header) as Header }; // storing changes texts, and no type
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** Goes on with an existing transcript. A last line that a crash cut off is ended with a newline and otherwise left as it is. */
export function openTranscript(path: string, options: TranscriptOptions): TranscriptWriter {
  return open(path, 'a+', options);
}

/** An event as it is stored: redacted, its long parts in files of their own. */
export function storedForm(event: SessionEvent, session: string, redact: Redact): StoredForm & { event: SessionEvent } {
  const json = JSON.stringify(event);
  if (staysAsIs(redact, json)) return { event, line: `${json}\n`, files: [] };
  const stored = spill(redactDeep(redact, event), session);
  const line = stored.event === event ? json : JSON.stringify(stored.event);
  return { event: stored.event, line: `${line}\n`, files: stored.files };
}

function open(path: string, flags: 'ax' | 'a+', options: TranscriptOptions): TranscriptWriter {
  const session = basename(path, '.jsonl');
  const lock = acquireLock(`${path}.lock`, {
    what: `a writer of session ${session}`,
    alike: 'a writer of this session',
    ...(options.since !== undefined && { since: options.since }),
    ...(options.waitMs !== undefined && { waitMs: options.waitMs }),
  });
  try {
    const fd = openFile(path, flags);
    return new FileWriter(path, fd, lock, options, flags === 'ax');
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openFile(path: string, flags: 'ax' | 'a+'): number {
  try {
    if (flags === 'a+') closeSync(openSync(path, 'r')); // 'a+' alone would make a missing file
    return openSync(path, flags, 0o644);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new UserError({ what: 'this session exists already', where: path });
    if (systemCode(error) === 'ENOENT') throw new UserError({ what: 'there is no such session', where: path });
    throw writeFailure(error, path);
  }
}

const dataSynced = promisify(fdatasync);

class FileWriter implements TranscriptWriter {
  readonly #path: string;
  readonly #fd: number;
  readonly #lock: Lock;
  readonly #options: TranscriptOptions;
  /** True while the file ends in the middle of a line. */
  #torn: boolean;
  #closed = false;
  /** True while the file's own name would not survive a power loss; its first lines say so little that they can wait for it. */
  #unnamed: boolean;
  /** True while something was written that no sync has seen. */
  #unsynced: boolean;

  constructor(path: string, fd: number, lock: Lock, options: TranscriptOptions, isNew: boolean) {
    this.#path = path;
    this.#fd = fd;
    this.#lock = lock;
    this.#options = options;
    this.#torn = !isNew && endsTorn(fd);
    this.#unnamed = isNew;
    this.#unsynced = isNew;
  }

  append(event: SessionEvent): SessionEvent {
    const stored = storedForm(event, basename(this.#path, '.jsonl'), this.#options.redact);
    this.appendStored(stored);
    return stored.event;
  }

  appendStored(...stored: StoredForm[]): void {
    // First, so that no line ever names a file that isn't there.
    for (const { files } of stored)
      for (const file of files) writeAtomic(join(dirname(this.#path), file.name), file.text, this.#options.calls);
    const lines = stored.map(({ line }) => line).join('');
    const bytes = Buffer.from(this.#torn ? `\n${lines}` : lines);
    this.#torn = true;
    this.#unsynced = true;
    this.#try(() => writeFully(this.#fd, bytes, this.#options.calls?.write ?? writeSync));
    this.#torn = false;
  }

  sync(): void {
    this.#try(() => (this.#options.calls?.fsync ?? fsyncSync)(this.#fd));
    this.#unsynced = false;
    if (this.#unnamed) syncFolder(dirname(this.#path));
    this.#unnamed = false;
  }

  async synced(): Promise<void> {
    const fsync = this.#options.calls?.fsync;
    // Before the wait: what is appended meanwhile may not be in it.
    this.#unsynced = false;
    try {
      if (fsync === undefined) await dataSynced(this.#fd);
      else fsync(this.#fd);
    } catch (error) {
      this.#unsynced = true;
      throw writeFailure(error, this.#path);
    }
    if (this.#unnamed) await folderSynced(dirname(this.#path));
    this.#unnamed = false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#unsynced || this.#unnamed) this.sync();
    } finally {
      closeSync(this.#fd);
      this.#lock.release();
    }
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw writeFailure(error, this.#path);
    }
  }
}
