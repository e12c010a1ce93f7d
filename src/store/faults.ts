// What is wrong in a file that people write, all of it in one message; reads nothing and repairs nothing.
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';

/** What is wrong in one place of the file. */
export interface Fault {
  line: number;
  text: string;
  hint?: string;
}

/** What a schema has against a value, each with its line; a key that it does not know gets the nearest one that it does. */
export function schemaFaults(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  lineOf: (path: readonly PropertyKey[]) => number,
): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    const { path } = issue;
    if (issue.code === 'invalid_union') return unionFaults(issue, schema, lineOf);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey([...path, key], keysAt(schema, path), lineOf));
    return [{ line: lineOf(path), text: path.length === 0 ? issue.message : `${dotted(path)}: ${issue.message}` }];
  });
}

/** A key that nobody knows, with the one that was probably meant, or all that are known there. */
export function unknownKey(
  path: readonly PropertyKey[],
  known: readonly string[],
  lineOf: (path: readonly PropertyKey[]) => number,
): Fault {
  const meant = nearest(String(path.at(-1)), known);
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  return { line: lineOf(path), text: `unknown key ${dotted(path)}`, hint };
}

/** One UserError for all faults of a file, each with its line; `what` is how the sentence begins where there is only one. */
export function faultsError(what: string, path: string, faults: readonly Fault[]): UserError {
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  const [first] = sorted;
  if (sorted.length === 1 && first) {
    const { line, text, hint } = first;
    return new UserError({
      what: `${what}: ${text}.`,
      where: `${path}:${line}`,
      ...(hint !== undefined && { hint }),
    });
  }
  const lines = sorted.map((f) => `  line ${f.line}: ${f.text}${f.hint === undefined ? '' : ` (${f.hint})`}`);
  return new UserError({ what: `${basename(path)} has ${sorted.length} problems:\n${lines.join('\n')}`, where: path });
}

// Of several forms the one that was nearly met is the one that was meant; where none stands out, what each needs is named.
function unionFaults(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  lineOf: (path: readonly PropertyKey[]) => number,
): Fault[] {
  const forms = [...issue.errors].sort((a, b) => a.length - b.length);
  const [best, second] = forms;
  if (best !== undefined && best.length > 0 && best.length < (second?.length ?? Number.POSITIVE_INFINITY)) {
    const placed = best.map((inner): z.core.$ZodIssue => ({ ...inner, path: [...issue.path, ...inner.path] }));
    return schemaFaults(placed, schema, lineOf);
  }
  const needed = forms.flatMap((form) => form.filter((f) => f.code === 'invalid_type').map((f) => dotted(f.path)));
  const names = [...new Set(needed)].filter((name) => name !== '');
  const text = names.length === 0 ? issue.message : `needs exactly one of ${names.join(', ')}`;
  return [{ line: lineOf(issue.path), text: `${dotted(issue.path)}: ${text}` }];
}

// The keys that the schema knows at a path, through defaults and lists; of several forms, those of each.
function keysAt(whole: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found = forms(whole);
  for (const step of path) {
    found = found.flatMap((inner) => {
      if (inner instanceof z.ZodObject) return forms(inner.shape[String(step)]);
      if (inner instanceof z.ZodRecord) return forms(inner.valueType);
      return inner instanceof z.ZodArray ? forms(inner.element) : [];
    });
  }
  return [...new Set(found.flatMap((inner) => (inner instanceof z.ZodObject ? Object.keys(inner.shape) : [])))];
}

function forms(schema: unknown): unknown[] {
  const inner = bare(schema);
  return inner instanceof z.ZodUnion ? inner.options.flatMap(forms) : [inner];
}

function bare(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap();
  return inner;
}

/** `budget.usd`, `permissions.0`: the way to a value, as people write it. */
function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
