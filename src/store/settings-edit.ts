// Adds a permission rule to config.yaml as text: every other byte stays; never writes a file that would not be valid, nor a secret.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../base/errors.ts';
import type { PermissionRule } from '../domain/permission.ts';
import { settingsSchema } from '../domain/settings.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import { acquireLock } from './lock.ts';
import { parseYamlText } from './yaml.ts';

export interface RuleToAdd {
  rule: PermissionRule;
  /** The rule of the file that stands in its way: the new one comes right before it. Otherwise it comes last. */
  before?: PermissionRule | undefined;
}

/** Writes the rule into config.yaml, one writer at a time. Throws UserError, and writes nothing, where that can't be done cleanly. */
export function addPermissionRule(layout: Layout, add: RuleToAdd, redact: (text: string) => string): void {
  const wanted = JSON.stringify(add.rule);
  if (redact(wanted) !== wanted) {
    throw new UserError({
      what: 'this rule holds what looks like a secret, so it is not written',
      where: layout.config,
      hint: 'write a pattern without it by hand',
    });
  }
  const lock = acquireLock(join(layout.state, 'config.lock'), { what: 'an edit of config.yaml', waitMs: 5_000 });
  try {
    // A link stays a link: the file that it leads to is replaced.
    const path = existsSync(layout.config) ? realpathSync(layout.config) : layout.config;
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const after = configWithRule(before, add, layout.config);
    if (after !== before) writeAtomic(path, after);
  } finally {
    lock.release();
  }
}

/** The text of config.yaml with the rule; as it was if the rule is there already. Throws UserError where it is written so that lines can't be added. */
export function configWithRule(text: string, { rule, before }: RuleToAdd, where: string): string {
  const { value, lineOf } = parseYamlText(text, where);
  const old = rulesIn(value);
  if (old !== undefined && before === undefined && old.some((each) => isDeepStrictEqual(each, rule))) return text;
  const found = before === undefined ? -1 : (old ?? []).findIndex((each) => isDeepStrictEqual(each, before));
  const at = found < 0 ? (old?.length ?? 0) : found;
  const edited = withLines(text, rule, old, at, lineOf);
  if (edited !== undefined && isAsWanted(edited, value, old ?? [], at, rule, where)) return edited;
  throw new UserError({
    what: 'the permissions are written in a way that this command does not edit',
    where,
    hint: `add it by hand: - ${printed(rule)}`,
  });
}

function rulesIn(value: unknown): unknown[] | undefined {
  if (value === null || typeof value !== 'object' || !('permissions' in value)) return undefined;
  return Array.isArray(value.permissions) ? value.permissions : [];
}

function withLines(
  text: string,
  rule: PermissionRule,
  old: readonly unknown[] | undefined,
  at: number,
  lineOf: (path: readonly PropertyKey[]) => number,
): string | undefined {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  if (old === undefined) {
    const lead = text === '' || text.endsWith('\n') ? text : `${text}${end}`;
    return `${lead}${end}permissions:${end}  - ${printed(rule)}${end}`;
  }
  const lines = text.split('\n');
  const cr = end === '\r\n' ? '\r' : '';
  const head = lineOf(['permissions']) - 1;
  if (old.length === 0) {
    lines[head] = (lines[head] ?? '')
      .replace(/^(permissions:)[ \t]*(?:\[[ \t]*\]|~|null)?/, '$1')
      .replace(/:\s*$/, `:${cr}`);
    return inserted(text, lines, head + 1, `  - ${printed(rule)}${cr}`);
  }
  const last = at >= old.length;
  const item = lineOf(['permissions', last ? at - 1 : at]) - 1;
  const indent = /^[ \t]*(?=-[ \t])/.exec(lines[item] ?? '')?.[0];
  if (indent === undefined) return undefined;
  let place = item;
  if (last) {
    place = item + 1;
    // What is further in belongs to the item before.
    while (new RegExp(`^ {${indent.length + 1},}[^ #\\r]`).test(lines[place] ?? '')) place++;
  }
  return inserted(text, lines, place, `${indent}- ${printed(rule)}${cr}`);
}

// A last line without a line break gets one where ours comes after it, and the text ends without one as it did.
function inserted(before: string, lines: string[], place: number, line: string): string {
  const previous = lines[place - 1];
  if (line.endsWith('\r') && previous !== undefined && !previous.endsWith('\r')) lines[place - 1] = `${previous}\r`;
  lines.splice(place, 0, line);
  const after = lines.join('\n');
  return before.endsWith('\n') ? after : after.replace(/\r$/, '');
}

// What the file says now, what it said before and the one rule: anything else is a misunderstanding, and nothing is written.
function isAsWanted(
  edited: string,
  before: unknown,
  old: readonly unknown[],
  at: number,
  rule: PermissionRule,
  where: string,
): boolean {
  const value = parsed(edited, where);
  const wanted = { ...(before ?? {}), permissions: [...old.slice(0, at), rule, ...old.slice(at)] };
  return isDeepStrictEqual(value, wanted) && settingsSchema.safeParse(value).success;
}

function parsed(text: string, where: string): unknown {
  try {
    return parseYamlText(text, where).value;
  } catch (error) {
    if (error instanceof UserError) return undefined; // the lines did not fit in; whoever asked says so
    throw error;
  }
}

function printed(rule: PermissionRule): string {
  return Object.entries(rule)
    .map(([verdict, pattern]) => `${verdict}: ${JSON.stringify(pattern)}`)
    .join('');
}
