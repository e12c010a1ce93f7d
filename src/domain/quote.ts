// Whether a quote really occurs in an event; the check that no reviewer has to take on trust.

/** True if `quote` is a substring of a text anywhere in the event, or of the event's compact JSON (for quoted arguments). */
export function occursIn(event: unknown, quote: string): boolean {
  if (quote === '') return false;
  return anyText(event, (text) => text.includes(quote)) || (JSON.stringify(event) ?? '').includes(quote);
}

function anyText(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  if (Array.isArray(value)) return value.some((v) => anyText(v, test));
  if (value !== null && typeof value === 'object') return Object.values(value).some((v) => anyText(v, test));
  return false;
}
