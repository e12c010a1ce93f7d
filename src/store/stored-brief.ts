// Rows of a list that lie in columns: they read their fields back when they are asked for, so that making a hundred thousand of them costs next to nothing; changes nothing.
import type { Key } from '../base/hash.ts';
import type { Brief } from './session-brief.ts';
import { Columns, type ColumnsHead } from './session-columns.ts';

/**
 * The rows of `folder` that `columnsOf` wrote, and the number kept with each.
 * @param bytes from the beginning of a buffer of their own, as many as `bytesOf` says
 */
export function rowsIn(
  head: ColumnsHead,
  bytes: ArrayBuffer,
  folder: string,
): { briefs: Brief[]; lengths: Uint32Array } {
  const columns = new Columns(head, bytes, folder);
  const briefs = Array.from({ length: head.rows }, (_, at) => new StoredBrief(columns, at));
  return { briefs, lengths: columns.numbers.length };
}

class StoredBrief implements Brief {
  readonly #in: Columns;
  readonly #at: number;

  constructor(columns: Columns, at: number) {
    this.#in = columns;
    this.#at = at;
  }

  get id(): string {
    return this.#in.text('id', this.#at);
  }

  get path(): string {
    return `${this.folder}/${this.id}.jsonl`;
  }

  get folder(): string {
    return this.#in.folder;
  }

  get size(): number {
    return this.#in.times.size[this.#at] ?? 0;
  }

  get mtimeMs(): number {
    return this.#in.times.mtimeMs[this.#at] ?? 0;
  }

  get at(): string | undefined {
    return this.#in.text('at', this.#at) || undefined;
  }

  get last_at(): string | undefined {
    return this.#in.text('last', this.#at) || undefined;
  }

  get time(): number {
    return this.#in.times.time[this.#at] ?? 0;
  }

  get source(): { readonly tool: string; readonly id: string | undefined } {
    return new Origin(this.#in, this.#at);
  }

  get agent(): { name: string } | undefined {
    const name = this.#in.word('agent', this.#at);
    return name === undefined ? undefined : { name };
  }

  get model(): string | undefined {
    return this.#in.word('model', this.#at);
  }

  get project(): string | undefined {
    return this.#in.word('project', this.#at);
  }

  get by(): string | undefined {
    return this.#in.word('by', this.#at);
  }

  get task(): { id: string } | undefined {
    const id = this.#in.word('task', this.#at);
    return id === undefined ? undefined : { id };
  }

  get suite(): Brief['suite'] {
    const [suite, run] = [this.#in.word('suite', this.#at), this.#in.word('run', this.#at)];
    if (suite === undefined || run === undefined) return undefined;
    const [held, arm] = [this.#in.word('held', this.#at), ARMS.find((one) => one === this.#in.word('arm', this.#at))];
    return {
      suite,
      run,
      ...(held !== undefined && { held_out: held === 'true' }),
      ...(arm !== undefined && { arm }),
    };
  }

  get dream(): string | undefined {
    return this.#in.word('dream', this.#at);
  }

  get outcome(): 'pass' | 'fail' | null {
    const word = this.#in.word('outcome', this.#at);
    return word === 'pass' || word === 'fail' ? word : null;
  }

  get counts(): { tool_calls: number; tool_errors: number } {
    const { calls, errors } = this.#in.numbers;
    return { tool_calls: calls[this.#at] ?? 0, tool_errors: errors[this.#at] ?? 0 };
  }

  get content(): string {
    return this.#in.text('content', this.#at);
  }

  get title(): string {
    return this.#in.text('title', this.#at);
  }

  get mark(): number {
    return this.#in.numbers.mark[this.#at] ?? 0;
  }

  // As they are put in: signed.
  get key(): Key {
    const { key0, key1, key2, key3 } = this.#in.numbers;
    const at = this.#at;
    return [(key0[at] ?? 0) | 0, (key1[at] ?? 0) | 0, (key2[at] ?? 0) | 0, (key3[at] ?? 0) | 0];
  }
}

const ARMS = ['A', 'B', 'P', 'E'] as const;

class Origin {
  readonly #in: Columns;
  readonly #at: number;

  constructor(columns: Columns, at: number) {
    this.#in = columns;
    this.#at = at;
  }

  get tool(): string {
    return this.#in.word('tool', this.#at) ?? '';
  }

  get id(): string | undefined {
    return this.#in.text('original', this.#at) || undefined;
  }
}
