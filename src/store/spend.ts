// The ledger of what models cost, state/spend.jsonl: a line a request, appended and summed by UTC day and month; never rewritten.
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine, type RawLine, readLines } from '../base/jsonl.ts';
import { type Charge, chargeSchema } from '../domain/spend.ts';
import { endsTorn, type FileCalls, writeFailure, writeFully } from './atomic.ts';
import type { Layout } from './layout.ts';

/** What was spent on a UTC day and in its month, in dollars. */
export interface Spent {
  day: number;
  month: number;
  /** Requests of the month whose price nobody knew: they count nothing above. */
  unpriced: number;
  /** Lines that are no charges (torn by a crash, or written by something else): counted, left as they are. */
  bad: number;
  /** Number of the first of them in the file. */
  firstBad?: number;
}

export interface SpendLedger {
  /** Appends one line in one write, so that other processes may append too. Throws UserError if the disk refuses. */
  append(charge: Charge): void;
  /** What all sessions spent on the UTC day and month of `now`; reads only what was appended since the last time. */
  spent(now: Date): Spent;
}

// Counted in whole billionths of a dollar: sums of decimal fractions gather dust that nobody wants to read.
interface DaySum {
  nano: number;
  unpriced: number;
}

const NANO = 1e9;

/** The ledger of a memory. No file is made before the first charge. */
export function openSpendLedger(layout: Layout, calls: FileCalls = {}): SpendLedger {
  const path = ledgerPath(layout);
  const reader = new LedgerReader(path);
  return {
    append: (charge) => append(path, `${JSON.stringify(chargeSchema.parse(charge))}\n`, calls),
    spent: (now) => reader.spent(now),
  };
}

/** Where the ledger lies. */
export function ledgerPath(layout: Layout): string {
  return join(layout.state, 'spend.jsonl');
}

// Not synced: after a power loss the transcript still says what each request cost, and a sync would cost more than all the rest.
function append(path: string, line: string, calls: FileCalls): void {
  try {
    const fd = openedFor(path);
    try {
      writeFully(fd, Buffer.from(endsTorn(fd) ? `\n${line}` : line), calls.write ?? writeSync);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw writeFailure(error, path);
  }
}

// The folder is there but for the first charge of all.
function openedFor(path: string): number {
  try {
    return openSync(path, 'a+');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a+');
  }
}

class LedgerReader {
  readonly #path: string;
  #days = new Map<string, DaySum>();
  #offset = 0;
  #lines = 0;
  #bad: number[] = [];
  /** Lines of earlier months are not parsed; set by the first reading. */
  #oldest: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  spent(now: Date): Spent {
    const day = now.toISOString().slice(0, 10);
    const month = day.slice(0, 7);
    if (this.#oldest === undefined || month < this.#oldest) this.#forget(month);
    const torn = this.#readOn();
    const sums = [...this.#days].filter(([on]) => on.startsWith(month));
    const bad = torn === undefined ? this.#bad : [...this.#bad, torn];
    return {
      day: (this.#days.get(day)?.nano ?? 0) / NANO,
      month: sums.reduce((sum, [, { nano }]) => sum + nano, 0) / NANO,
      unpriced: sums.reduce((sum, [, { unpriced }]) => sum + unpriced, 0),
      bad: bad.length,
      ...(bad[0] !== undefined && { firstBad: bad[0] }),
    };
  }

  /** Reads what is new; the number of a last line that is not whole, which may yet become so. */
  #readOn(): number | undefined {
    const size = sizeOf(this.#path);
    if (size < this.#offset) this.#forget(this.#oldest); // somebody put another file there
    if (size === this.#offset) return undefined;
    const base = this.#lines;
    try {
      for (const line of readLines(this.#path, this.#offset)) {
        if (!line.terminated) return parseLine(line.bytes).kind === 'blank' ? undefined : base + line.number;
        this.#offset = line.offset + line.bytes.length + 1;
        this.#lines = base + line.number;
        this.#take(line);
      }
    } catch (error) {
      throw unreadable(error, this.#path);
    }
    return undefined;
  }

  #take({ bytes }: RawLine): void {
    if (this.#oldest !== undefined && isEarlier(bytes, this.#oldest)) return;
    const parsed = parseLine(bytes);
    if (parsed.kind === 'blank') return;
    const read = parsed.kind === 'object' ? priceOn(parsed.value) : undefined;
    if (read === undefined) {
      this.#bad.push(this.#lines);
      return;
    }
    const sum = this.#days.get(read.day) ?? { nano: 0, unpriced: 0 };
    if (read.usd === null) sum.unpriced += 1;
    else sum.nano += Math.round(read.usd * NANO);
    this.#days.set(read.day, sum);
  }

  #forget(oldest: string | undefined): void {
    this.#days = new Map();
    this.#offset = 0;
    this.#lines = 0;
    this.#bad = [];
    this.#oldest = oldest;
  }
}

// Only what is summed is looked at: the whole schema would take most of the time for a ledger of 100,000 lines.
function priceOn({ at, usd }: Record<string, unknown>): { day: string; usd: number | null } | undefined {
  if (typeof at !== 'string' || !/^\d{4}-\d{2}-\d{2}T[\d:.]{5,20}Z$/.test(at)) return undefined;
  if (usd !== null && !(typeof usd === 'number' && usd >= 0 && usd < 1e6)) return undefined;
  return { day: at.slice(0, 10), usd };
}

// Lines as we write them begin with their time and end with a brace; years of them need not be parsed to know this month.
function isEarlier(bytes: Buffer, month: string): boolean {
  const [, written] = /^\{"at":"(\d{4}-\d{2})-/.exec(bytes.toString('latin1', 0, 18)) ?? [];
  return written !== undefined && written < month && bytes[bytes.length - 1] === 0x7d;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return 0;
    throw unreadable(error, path);
  }
}

function unreadable(error: unknown, path: string): unknown {
  const code = systemCode(error);
  return code === undefined
    ? error
    : new UserError({ what: `the ledger of spending cannot be read (${code})`, where: path });
}
