// Takes out of a check's reason what the worker must not learn: the values, patterns and commands that decide; knows nothing of the work.
import type { Check } from '../domain/rubric.ts';

export const WITHHELD = '[withheld]';

/** The reason without what the check compares with. What the check looks at (files, tools, pointers, values found) stays. */
export function withoutAnswers(reason: string, check: Check | undefined): string {
  if (check === undefined) return reason;
  let out = reason;
  for (const secret of [...new Set(answersOf(check))].sort((a, b) => b.length - a.length))
    out = withoutText(out, secret);
  return out;
}

function answersOf(check: Check): string[] {
  if ('run' in check)
    return [check.run, ...check.run.split(/[\s'"=;|&()<>]+/).filter((word) => /[/\\.$]/.test(word))].filter(long);
  if ('file' in check)
    return [...textsOf(check.matches), ...(check.schema === undefined ? [] : schemaAnswers(check.schema))];
  if ('output' in check) return [...textsOf(check.output.matches), ...textsOf(check.output.not_matches)];
  if ('tool' in check) return (check.args ?? []).flatMap(({ value }) => textsOf(value));
  return textsOf(check.value);
}

function long(text: string): boolean {
  return text.length > 2;
}

// Reasons are one line, so a value is looked for as text, as JSON, and with its white space run together.
function textsOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'object')
    return [JSON.stringify(value), ...Object.values(value).flatMap(textsOf)].flatMap(forms);
  return [String(value), JSON.stringify(value)].flatMap(forms);
}

function forms(text: string): string[] {
  return [text, text.replace(/\s+/g, ' ').trim()].filter((form) => form !== '' && form !== '""');
}

const DECIDING = new Set([
  'const',
  'enum',
  'pattern',
  'default',
  'examples',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
]);

function schemaAnswers(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(DECIDING.has(key) ? textsOf(value) : []),
    ...schemaAnswers(value),
  ]);
}

const LONG = 12;

function withoutText(reason: string, secret: string): string {
  return secret.length < LONG ? withoutWord(reason, secret) : withoutStart(reason, secret);
}

// Long texts are cut where reasons quote them, so whatever is left of one from its beginning goes.
function withoutStart(reason: string, secret: string): string {
  const start = secret.slice(0, LONG);
  let out = '';
  let from = 0;
  for (let at = reason.indexOf(start); at >= 0; at = reason.indexOf(start, from)) {
    let length = LONG;
    while (length < secret.length && reason[at + length] === secret[length]) length++;
    out += reason.slice(from, at) + WITHHELD;
    from = at + length;
  }
  return out + reason.slice(from);
}

// `3` must not be taken out of `30` or of `site-3b`.
function withoutWord(reason: string, secret: string): string {
  const parts = reason.split(secret);
  let out = parts[0] ?? '';
  for (let at = 1; at < parts.length; at++) {
    const next = parts[at] ?? '';
    const inWord = joins(out.at(-1), secret.at(0)) || joins(secret.at(-1), next.at(0));
    out += (inWord ? secret : WITHHELD) + next;
  }
  return out;
}

function joins(a: string | undefined, b: string | undefined): boolean {
  const word = /[\p{L}\p{N}_]/u;
  return a !== undefined && b !== undefined && word.test(a) && word.test(b);
}
