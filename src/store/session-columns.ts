// The rows of a list as columns of bytes, a kind of field after the other; opens no file.
import type { Brief } from './session-brief.ts';

const TIMES = ['size', 'mtimeMs', 'time'] as const; // 8 bytes a row
const KEYS = ['key0', 'key1', 'key2', 'key3'] as const;
const COUNTS = ['calls', 'errors', 'mark', 'length', ...KEYS] as const; // 4 bytes a row, as is the place of a word
const CODED = [
  ...(['tool', 'agent', 'model', 'project', 'by', 'task', 'outcome', 'dream'] as const),
  ...(['suite', 'run', 'held', 'arm'] as const),
];
const TEXTS = ['id', 'at', 'last', 'original', 'title', 'content'] as const; // a line a row
const NUMBERED = [...COUNTS, ...CODED];

type Coded = (typeof CODED)[number];
type Text = (typeof TEXTS)[number];
type Numbered = (typeof NUMBERED)[number];

/** What it takes to read columns, beside their bytes. */
export interface ColumnsHead {
  rows: number;
  /** Words that many rows share, by column; `null` for none. */
  words: Record<Coded, (string | null)[]>;
  /** Bytes of each column of text. */
  texts: Record<Text, number>;
}

/** @param lengths a number to be kept with each row */
export function columnsOf(briefs: readonly Brief[], lengths: readonly number[]): { head: ColumnsHead; bytes: Buffer } {
  const times = TIMES.map((name) => Float64Array.from(briefs, (brief) => brief[name]));
  const coded = new Map(CODED.map((name) => [name, codedOf(briefs.map(WORD[name]))]));
  const numbers: Record<(typeof COUNTS)[number], (brief: Brief, at: number) => number> = {
    calls: ({ counts }) => counts.tool_calls,
    errors: ({ counts }) => counts.tool_errors,
    mark: ({ mark }) => mark,
    length: (_, at) => lengths[at] ?? 0,
    key0: ({ key }) => key[0],
    key1: ({ key }) => key[1],
    key2: ({ key }) => key[2],
    key3: ({ key }) => key[3],
  };
  const counts = COUNTS.map((name) => Uint32Array.from(briefs, numbers[name]));
  const texts = TEXTS.map((name) => Buffer.from(briefs.map(TEXT[name]).join('\n')));
  const parts = [...times, ...counts, ...CODED.map((name) => coded.get(name)?.rows ?? new Uint32Array())];
  return {
    head: {
      rows: briefs.length,
      words: byName(CODED, (name) => coded.get(name)?.words ?? []),
      texts: byName(TEXTS, (_, i) => texts[i]?.length ?? 0),
    },
    bytes: Buffer.concat([...parts.map((part) => Buffer.from(part.buffer)), ...texts]),
  };
}

const WORD: Record<Coded, (brief: Brief) => string | undefined> = {
  tool: ({ source }) => source.tool,
  agent: ({ agent }) => agent?.name,
  model: ({ model }) => model,
  project: ({ project }) => project,
  by: ({ by }) => by,
  task: ({ task }) => task?.id,
  outcome: ({ outcome }) => outcome ?? undefined,
  dream: ({ dream }) => dream,
  suite: ({ suite }) => suite?.suite,
  run: ({ suite }) => suite?.run,
  held: ({ suite }) => suite?.held_out?.toString(),
  arm: ({ suite }) => suite?.arm,
};

const TEXT: Record<Text, (brief: Brief) => string> = {
  id: ({ id }) => id,
  at: ({ at }) => at ?? '',
  last: ({ last_at }) => last_at ?? '',
  original: ({ source }) => source.id ?? '',
  title: ({ title }) => title,
  content: ({ content }) => content,
};

function codedOf(values: readonly (string | undefined)[]): { words: (string | null)[]; rows: Uint32Array } {
  const places = new Map<string | null, number>();
  const rows = Uint32Array.from(values, (value) => {
    const word = value ?? null;
    const place = places.get(word) ?? places.size;
    if (place === places.size) places.set(word, place);
    return place;
  });
  return { words: [...places.keys()], rows };
}

function byName<Name extends string, T>(names: readonly Name[], of: (name: Name, at: number) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name, i) => [name, of(name, i)])) as Record<Name, T>; // one entry a name
}

/** How many bytes these columns take. */
export function bytesOf({ rows, texts }: ColumnsHead): number {
  return numbersBytes(rows) + TEXTS.reduce((sum, name) => sum + texts[name], 0);
}

function numbersBytes(rows: number): number {
  return rows * (8 * TIMES.length + 4 * NUMBERED.length);
}

/** The columns of one folder, as far as they were read. */
export class Columns {
  readonly folder: string;
  readonly times: Record<(typeof TIMES)[number], Float64Array>;
  readonly numbers: Record<Numbered, Uint32Array>;
  readonly #head: ColumnsHead;
  readonly #bytes: ArrayBuffer;
  readonly #lines: Partial<Record<Text, string[]>> = {};

  constructor(head: ColumnsHead, bytes: ArrayBuffer, folder: string) {
    const { rows } = head;
    const after = 8 * rows * TIMES.length;
    this.#head = head;
    this.#bytes = bytes;
    this.folder = folder;
    this.times = byName(TIMES, (_, i) => new Float64Array(bytes, 8 * rows * i, rows));
    this.numbers = byName(NUMBERED, (_, i) => new Uint32Array(bytes, after + 4 * rows * i, rows));
  }

  text(name: Text, at: number): string {
    const lines = this.#lines[name] ?? this.#decoded(name).split('\n');
    this.#lines[name] = lines;
    return lines[at] ?? '';
  }

  word(name: Coded, at: number): string | undefined {
    return this.#head.words[name][this.numbers[name][at] ?? 0] ?? undefined;
  }

  #decoded(name: Text): string {
    const before = TEXTS.slice(0, TEXTS.indexOf(name)).reduce((sum, other) => sum + this.#head.texts[other], 0);
    const from = numbersBytes(this.#head.rows) + before;
    return Buffer.from(this.#bytes, from, this.#head.texts[name]).toString('utf8');
  }
}

/** Whether a value that was read is such a head. */
export function isColumnsHead(value: object): value is ColumnsHead {
  const { rows, words, texts } = value as Partial<Record<keyof ColumnsHead, unknown>>; // each is looked at
  const isWords = (list: unknown) => Array.isArray(list) && list.every((w) => w === null || typeof w === 'string');
  return isSize(rows) && every(words, CODED, isWords) && every(texts, TEXTS, isSize);
}

function every(value: unknown, names: readonly string[], is: (field: unknown) => boolean): boolean {
  if (value === null || typeof value !== 'object') return false;
  const fields = value as Record<string, unknown>; // each field is looked at
  return names.every((name) => is(fields[name]));
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
