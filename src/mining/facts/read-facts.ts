// Facts from the bytes that `write-facts.ts` wrote; each comes out as it was put in, and nothing is held.
import { damaged } from '../../store/pack-stretch.ts';
import type { ObservedValue } from '../extract-types.ts';
import type {
  AgainFact,
  ChangeFact,
  Doings,
  ErrorFact,
  Failure,
  FirstFact,
  Given,
  RepairFact,
  RepeatFact,
  RunsFact,
  ShownFact,
  ToolFact,
} from '../fact-types.ts';
import type { FactReader } from './fact-reader.ts';
import { AGAIN, CHANGE, ERROR, REPAIR, SOURCES, STATUSES, VALUES, WORDS } from './write-facts.ts';

/** What failed by the word for it: errors in the same words share one object. */
export type Failures = (word: string) => Failure;

/** For whoever reads errors, all with the same one. */
export function newFailures(): Failures {
  const known = new Map<string, Failure>();
  return (word) => {
    const found = known.get(word) ?? failureIn(word);
    known.set(word, found);
    return found;
  };
}

function failureIn(word: string): Failure {
  const [tool, kind, prefix, masked, plain] = fieldsIn(word);
  if (tool === undefined) throw damaged();
  if (kind === undefined || prefix === undefined || masked === undefined || plain === undefined) return { tool };
  return { tool, reading: { kind, prefix, masked, plain } };
}

function fieldsIn(word: string): (string | undefined)[] {
  try {
    const fields: unknown = JSON.parse(word);
    if (Array.isArray(fields) && fields.every((field) => typeof field === 'string')) return fields;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return [];
}

/** What failed alone, error by error. */
export function readFailures(from: FactReader, failures: Failures): Failure[] {
  const found: Failure[] = [];
  for (let left = from.count(); left > 0; left--) found.push(failures(from.word()));
  return found;
}

export function readErrors(from: FactReader, failures: Failures): ErrorFact[] {
  const errors: ErrorFact[] = [];
  for (const failure of readFailures(from, failures)) errors.push(readError(from, failure));
  return errors;
}

function readError(from: FactReader, { tool, reading }: Failure): ErrorFact {
  const bits = from.count();
  const place = from.count();
  const tries = from.count();
  const cost = from.count();
  const words = WORDS[from.count()];
  if (words === undefined) throw damaged();
  const error: ErrorFact = { place, tool, tries, cost, words };
  if (reading !== undefined) error.reading = reading;
  if (bits & ERROR.at) error.at = from.text();
  if (bits & ERROR.tokens) error.tokens = from.number();
  if (bits & ERROR.usd) error.usd = from.number();
  if (bits & ERROR.repair) error.repair = readRepair(from);
  if (bits & ERROR.again) error.again = readAgain(from);
  return error;
}

function readRepair(from: FactReader): RepairFact {
  const bits = from.count();
  const place = from.count();
  const between = from.count();
  const tools = from.words();
  const sharing = from.words();
  const fresh = from.words();
  const changed: ChangeFact[] = [];
  for (let left = from.count(); left > 0; left--) changed.push(readChange(from));
  const repair: RepairFact = { place, changed, between, tools, sharing, fresh };
  if (bits & REPAIR.sole) repair.sole = true;
  return repair;
}

function readChange(from: FactReader): ChangeFact {
  const bits = from.count();
  const pointer = from.word();
  const before = from.text();
  const after = from.text();
  const value = from.double();
  const pair = from.double();
  const alike = from.double();
  const looksAlike = bits & CHANGE.looksAlike ? from.double() : undefined;
  const way = from.count() - 1;
  const source = SOURCES[from.count()];
  if (source === undefined) throw damaged();
  const change: ChangeFact = { pointer, from: before, to: after, value, pair, alike, way, source };
  if (looksAlike !== undefined) change.looksAlike = looksAlike;
  if (bits & CHANGE.quoted) change.quoted = true;
  if (bits & CHANGE.named) change.named = true;
  if (bits & CHANGE.inVain) change.inVain = true;
  if (bits & CHANGE.adjusted) change.adjusted = true;
  return change;
}

function readAgain(from: FactReader): AgainFact {
  const bits = from.count();
  const steps = from.count();
  const seconds = bits & AGAIN.seconds ? from.number() : undefined;
  const again: AgainFact = { steps, helpers: from.words() };
  if (bits & AGAIN.worked) again.worked = true;
  if (seconds !== undefined) again.seconds = seconds;
  return again;
}

export function readDoings(from: FactReader): Omit<Doings, 'errors'> {
  const tools: ToolFact[] = [];
  for (let left = from.count(); left > 0; left--)
    tools.push({ tool: from.word(), worked: from.count(), followed: from.count() });
  const repeats: RepeatFact[] = [];
  for (let left = from.count(); left > 0; left--) {
    const error = from.count();
    const again = from.count();
    repeats.push({ error, again: Math.floor(again / 2), worked: again % 2 === 1 });
  }
  return {
    tools,
    repeats,
    rounds: from.list(() => ({
      ...readSpot(from),
      tools: from.words(),
      rounds: from.count(),
      wasted: from.count(),
    })),
    undone: from.list(() => ({ ...readSpot(from), tool: from.word(), calls: from.count() })),
  };
}

function readSpot(from: FactReader): { place: number; at?: string } {
  const bits = from.count();
  const place = Math.floor(bits / 2);
  return bits % 2 === 0 ? { place } : { place, at: from.text() };
}

export function readGiven(from: FactReader): Given {
  const first: FirstFact[] = [];
  for (let left = from.count(); left > 0; left--) {
    const tool = from.word();
    const place = from.count();
    const given: FirstFact['given'] = [];
    for (let more = from.count(); more > 0; more--) given.push([from.word(), readValue(from)]);
    first.push({ tool, place, given, read: readCounts(from) });
  }
  const shown: ShownFact[] = [];
  for (let left = from.count(); left > 0; left--) shown.push([from.word(), from.word(), readValue(from)]);
  return { first, shown };
}

function readCounts(from: FactReader): number[] {
  const numbers: number[] = [];
  for (let left = from.count(); left > 0; left--) numbers.push(from.count());
  return numbers;
}

function readValue(from: FactReader): ObservedValue {
  const kind = from.count();
  if (kind === VALUES.text) return from.text();
  if (kind === VALUES.number) return from.number();
  return kind === VALUES.true;
}

export function readRuns(from: FactReader): RunsFact {
  const kinds: RunsFact['kinds'] = [];
  for (let left = from.count(); left > 0; left--) {
    const tool = from.word();
    const status = STATUSES[from.count()];
    if (status === undefined) throw damaged();
    kinds.push({ tool, status });
  }
  const runs: RunsFact['runs'] = [];
  for (let left = from.count(); left > 0; left--) {
    const length = from.count();
    if (length < 2) throw damaged();
    const run: RunsFact['runs'][number] = [from.count(), from.count()];
    for (let more = length - 2; more > 0; more--) run.push(from.count());
    runs.push(run);
  }
  return { kinds, runs };
}
