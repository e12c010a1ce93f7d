// Facts as bytes, for `read-facts.ts` to read; finds none of them.
import type { ActionStatus, ObservedValue } from '../extract-types.ts';
import type {
  AgainFact,
  ChangeFact,
  Doings,
  ErrorFact,
  Failure,
  Given,
  RepairFact,
  RunsFact,
  Spot,
} from '../fact-types.ts';
import type { FactWriter } from './fact-writer.ts';

/** What a field of several values is written as: its place here. */
export const SOURCES = ['own', 'shown', 'outside'] as const;
export const WORDS = ['local', 'outside', 'unsure'] as const;
export const STATUSES = ['ok', 'error', 'denied'] as const satisfies ActionStatus[];
/** What is there, one bit each. */
export const ERROR = { at: 1, repair: 2, again: 4, tokens: 8, usd: 16 };
export const REPAIR = { sole: 1 };
export const CHANGE = { looksAlike: 1, quoted: 2, named: 4, inVain: 8, adjusted: 16 };
export const AGAIN = { worked: 1, seconds: 2 };
export const VALUES = { false: 0, true: 1, number: 2, text: 3 };

/** What failed first, one word each, so that it can be read alone; then the rest of each error. */
export function writeErrors(to: FactWriter, errors: readonly ErrorFact[]): void {
  to.list(errors, (error) => to.word(wordOf(error)));
  for (const error of errors) {
    const { place, at, tries, repair, again, cost, tokens, usd, words } = error;
    to.count(flags(ERROR, { at, repair, again, tokens, usd }));
    to.count(place);
    to.count(tries);
    to.count(cost);
    to.count(WORDS.indexOf(words));
    if (at !== undefined) to.text(at);
    if (tokens !== undefined) to.number(tokens);
    if (usd !== undefined) to.number(usd);
    if (repair !== undefined) writeRepair(to, repair);
    if (again !== undefined) writeAgain(to, again);
  }
}

// The tool and how it failed are one word: in most sessions they are those of others.
function wordOf({ tool, reading }: Failure): string {
  if (reading === undefined) return JSON.stringify([tool]);
  return JSON.stringify([tool, reading.kind, reading.prefix, reading.masked, reading.plain]);
}

function flags<K extends string>(bits: Record<K, number>, values: Record<K, unknown>): number {
  let found = 0;
  for (const key in bits) if (values[key] !== undefined) found |= bits[key];
  return found;
}

function writeRepair(to: FactWriter, { place, changed, between, tools, sharing, fresh, sole }: RepairFact): void {
  to.count(flags(REPAIR, { sole }));
  to.count(place);
  to.count(between);
  to.words(tools);
  to.words(sharing);
  to.words(fresh);
  to.list(changed, (change) => writeChange(to, change));
}

function writeChange(to: FactWriter, change: ChangeFact): void {
  const { looksAlike, quoted, named, inVain, adjusted } = change;
  to.count(flags(CHANGE, { looksAlike, quoted, named, inVain, adjusted }));
  to.word(change.pointer);
  to.text(change.from);
  to.text(change.to);
  to.double(change.value);
  to.double(change.pair);
  to.double(change.alike);
  if (looksAlike !== undefined) to.double(looksAlike);
  to.count(change.way + 1);
  to.count(SOURCES.indexOf(change.source));
}

function writeAgain(to: FactWriter, { worked, steps, seconds, helpers }: AgainFact): void {
  to.count(flags(AGAIN, { worked, seconds }));
  to.count(steps);
  if (seconds !== undefined) to.number(seconds);
  to.words(helpers);
}

export function writeDoings(to: FactWriter, { tools, repeats, rounds, undone }: Omit<Doings, 'errors'>): void {
  to.list(tools, ({ tool, worked, followed }) => {
    to.word(tool);
    to.count(worked);
    to.count(followed);
  });
  to.list(repeats, ({ error, again, worked }) => {
    to.count(error);
    to.count(2 * again + (worked ? 1 : 0));
  });
  to.list(rounds, (fact) => {
    writeSpot(to, fact);
    to.words(fact.tools);
    to.count(fact.rounds);
    to.count(fact.wasted);
  });
  to.list(undone, (fact) => {
    writeSpot(to, fact);
    to.word(fact.tool);
    to.count(fact.calls);
  });
}

function writeSpot(to: FactWriter, { place, at }: Spot): void {
  to.count(2 * place + (at === undefined ? 0 : 1));
  if (at !== undefined) to.text(at);
}

export function writeGiven(to: FactWriter, { first, shown }: Given): void {
  to.list(first, ({ tool, place, given, read }) => {
    to.word(tool);
    to.count(place);
    to.list(given, ([pointer, value]) => {
      to.word(pointer);
      writeValue(to, value);
    });
    to.list(read, (number) => to.count(number));
  });
  to.list(shown, ([tool, pointer, value]) => {
    to.word(tool);
    to.word(pointer);
    writeValue(to, value);
  });
}

function writeValue(to: FactWriter, value: ObservedValue): void {
  if (typeof value === 'boolean') to.count(value ? VALUES.true : VALUES.false);
  else if (typeof value === 'number') {
    to.count(VALUES.number);
    to.number(value);
  } else {
    to.count(VALUES.text);
    to.text(value);
  }
}

export function writeRuns(to: FactWriter, { kinds, runs }: RunsFact): void {
  to.list(kinds, ({ tool, status }) => {
    to.word(tool);
    to.count(STATUSES.indexOf(status));
  });
  to.list(runs, (run) => to.list(run, (number) => to.count(number)));
}
