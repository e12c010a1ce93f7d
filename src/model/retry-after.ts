// Reads how long a server asks to wait; what makes no sense counts as not said.

/**
 * Milliseconds from `retry-after-ms`, or else from `retry-after` in seconds or as an HTTP date (RFC 9110 §10.2.3).
 * Undefined for none, junk, or a negative number; 0 for a date that has passed.
 */
export function retryAfter(headers: Headers, now: Date): number | undefined {
  const exact = number(headers.get('retry-after-ms'));
  if (exact !== undefined) return exact;
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  // Only what looks like an HTTP date: Date.parse takes a lone “-5” for a day in May.
  if (!/^[A-Za-z]{3,9}, \d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

function number(value: string | null): number | undefined {
  if (value === null || !/^\s*\d{1,12}(\.\d{1,9})?\s*$/.test(value)) return undefined;
  return Number(value);
}
