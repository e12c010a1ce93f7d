// Reads fields of other tools' JSON, whose shape nobody promises us; a field of another type counts as absent.

export type Fields = Record<string, unknown>;

/** The value as an object; undefined for anything else, arrays included. */
export function asObject(value: unknown): Fields | undefined {
  // The parsing border: an object out of JSON.parse has string keys and unknown values.
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined;
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
