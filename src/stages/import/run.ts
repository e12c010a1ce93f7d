// An import under way: what it was asked for, what it remembers and what it has to report so far; reads and stores nothing itself.
import { byCodeUnit } from '../../base/collections.ts';
import { type ImportMemory, importMemory } from '../../sources/memory.ts';
import type { FileReport, OriginFile, Source } from '../../sources/source.ts';
import type { SessionSummary } from '../../sources/summary.ts';
import { sources } from '../../sources/table.ts';
import type { Walked } from '../../sources/walk.ts';
import type { ImportReport, ImportRequest } from './contract.ts';

type Status = 'imported' | 'updated' | 'unchanged';

/** A file whose source is known, with what it shares with others. */
export interface Sorted {
  file: OriginFile;
  source: Source;
  keys: string[];
}

export class Run {
  readonly request: ImportRequest;
  readonly memory: ImportMemory;
  readonly report: ImportReport;
  readonly #status = new Map<string, Status>();
  readonly #total: number;
  #done = 0;

  constructor(request: ImportRequest, { files, skipped }: Walked) {
    this.request = request;
    this.memory = importMemory(request.cache, sources);
    const counts = { imported: 0, updated: 0, unchanged: 0 };
    this.report = { ...counts, skipped: [...skipped], files: [], sessions: [], redacted_lines: 0 };
    this.#total = files.length;
  }

  skip(file: string, reason: string): void {
    this.report.skipped.push({ file, reason });
  }

  /** True, and said, for a session that was removed here. */
  passedOver(id: string, files: readonly OriginFile[]): boolean {
    const at = this.request.removed?.get(id);
    if (at === undefined) return false;
    this.skip(
      files[0]?.path ?? id,
      `session ${id} was removed here on ${at.slice(0, 10)} (agent import --again brings it back)`,
    );
    return true;
  }

  /** Two groups may hold the same session, a copied results file say: what happened to it first is what counts. */
  note(summary: SessionSummary, status: Status): void {
    const before = this.#status.get(summary.id);
    if (before === undefined) this.report.sessions.push(summary);
    if (before === undefined || before === 'unchanged') this.#status.set(summary.id, status);
  }

  addReports(reports: readonly FileReport[]): void {
    for (const { problems, ...counts } of reports) {
      this.report.files.push(counts);
      for (const problem of problems) this.report.skipped.push({ file: counts.file, ...problem });
    }
  }

  /** Says that the files are done with. */
  progress(files: readonly { path: string }[]): void {
    const { emit } = this.request;
    for (const { path } of files) {
      this.#done++;
      emit({ type: 'progress', stage: 'import', done: this.#done, total: this.#total, unit: 'file', note: path });
    }
  }

  finish(): ImportReport {
    for (const status of this.#status.values()) this.report[status]++;
    this.report.files.sort(byFile);
    this.report.skipped.sort(byFile);
    return this.report;
  }
}

// Sorting is stable, so a file's lines stay in order.
function byFile(a: { file: string }, b: { file: string }): number {
  return byCodeUnit(a.file, b.file);
}
