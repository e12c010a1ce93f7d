// JSON that comes from outside, looked at without an exception; declares no shape.

/** The value of a text; undefined, which no JSON stands for, where the text is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True for what `{…}` stands for: no list, and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The kind of a value, as JSON Schema calls it: `null`, `array`, `object`, `string`, `number` or `boolean`. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Whether a value is of a kind that JSON Schema names; `integer` is one of them. */
export function isType(type: string, value: unknown): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeName(value) === type;
}
