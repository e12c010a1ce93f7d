// Reads fields of other tools' JSON, whose shape nobody promises us; a field of another type counts as absent.
import { isObject, parsedJson } from '../base/json.ts';
import { deeperThan, MAX_DEPTH } from '../store/shape.ts';

export type Fields = Record<string, unknown>;

/** The value as an object; undefined for anything else, arrays included. */
export function asObject(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined;
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list; all else in it is passed over. */
export function asObjects(value: unknown): Fields[] {
  return asList(value)
    .map(asObject)
    .filter((object) => object !== undefined);
}

/** A string that is not empty. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** How many there are of something, tokens say; 0 for whatever counts nothing. */
export function asCount(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

/** Arguments of a call that are JSON in a string, as a value; text that is none stays as it is. */
export function parsedArguments(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  const parsed = parsedJson(value);
  return parsed === undefined || deeperThan(parsed, MAX_DEPTH - 20) ? value : parsed;
}

/** The record without the fields that are named: large copies of what stands elsewhere. */
export function without(record: Fields, ...fields: string[]): Fields {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !fields.includes(name)));
}

const MAX_TIME = Date.UTC(9999, 11, 31);

// The form that is wanted, on a day that every month has, in a year that the id's digits hold.
const ALREADY =
  /^(?:19[7-9]|2\d\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** A point in time as RFC 3339, UTC, milliseconds. Times without a zone count as UTC, so no machine's zone shows. */
export function asTime(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return undefined;
  if (value.length === 24 && ALREADY.test(value)) return value;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`;
  const ms = Date.parse(zoned);
  return Number.isFinite(ms) && ms >= 0 && ms < MAX_TIME ? new Date(ms).toISOString() : undefined;
}

/** A name that may stand as a label: the value if it is short and plain, else `fallback`. */
export function asLabel(value: unknown, fallback: string): string {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/.test(value) ? value : fallback;
}
