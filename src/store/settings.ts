// config.yaml: what is set, checked as a whole, and where each value came from; never writes it.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { systemCode, UserError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';
import { type Settings, settingsSchema } from '../domain/settings.ts';
import { parseYamlText, type YamlText } from './yaml.ts';

/** One setting as `agent config` shows it: `dream.max_changes`, its value, and who said so. */
export interface SettingOrigin {
  key: string;
  value: unknown;
  origin: 'default' | 'config.yaml';
}

/** What is wrong in one place of the file. */
interface Fault {
  line: number;
  text: string;
  hint?: string;
}

/** The settings in force; a missing file means all defaults. Throws one UserError that lists every problem with its line. */
export function readSettings(path: string): Settings {
  return load(path).settings;
}

/** Every setting with its value and origin, in the order of the schema. Throws as `readSettings` does. */
export function settingsWithOrigin(path: string): SettingOrigin[] {
  const { settings, written } = load(path);
  return leaves(settings, written, '');
}

function load(path: string): { settings: Settings; written: unknown } {
  const yaml = readYaml(path);
  const written = yaml?.value ?? {};
  const parsed = settingsSchema.safeParse(written);
  if (parsed.success) return { settings: parsed.data, written };
  throw asUserError(
    path,
    parsed.error.issues.flatMap((issue) => faultsOf(issue, yaml)),
  );
}

function readYaml(path: string): YamlText | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === undefined) throw error;
    throw new UserError({ what: `The settings cannot be read (${code}).`, where: path });
  }
  return parseYamlText(text, path);
}

function faultsOf(issue: z.core.$ZodIssue, yaml: YamlText | undefined): Fault[] {
  const path = issue.path;
  const lineOf = (more: readonly PropertyKey[]) => yaml?.lineOf(more) ?? 1;
  if (issue.code !== 'unrecognized_keys') {
    return [{ line: lineOf(path), text: path.length === 0 ? issue.message : `${dotted(path)}: ${issue.message}` }];
  }
  const known = keysAt(path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
    return { line: lineOf([...path, key]), text: `unknown key ${dotted([...path, key])}`, hint };
  });
}

// The keys that the schema knows at a path, through defaults and lists.
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = settingsSchema;
  for (const step of path) {
    const inner = bare(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)];
    else if (inner instanceof z.ZodArray) schema = inner.element;
  }
  const found = bare(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function bare(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap();
  return inner;
}

function asUserError(path: string, faults: readonly Fault[]): UserError {
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  const [first] = sorted;
  if (sorted.length === 1 && first) {
    const { line, text, hint } = first;
    return new UserError({
      what: `The settings are not valid: ${text}.`,
      where: `${path}:${line}`,
      ...(hint !== undefined && { hint }),
    });
  }
  const lines = sorted.map((f) => `  line ${f.line}: ${f.text}${f.hint === undefined ? '' : ` (${f.hint})`}`);
  return new UserError({ what: `${basename(path)} has ${sorted.length} problems:\n${lines.join('\n')}`, where: path });
}

function leaves(value: object, written: unknown, prefix: string): SettingOrigin[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]): SettingOrigin[] => {
    const key = prefix + name;
    const isSet = isRecord(written) && Object.hasOwn(written, name);
    const below = isSet && isRecord(written) ? written[name] : undefined;
    if (isRecord(inner)) return leaves(inner, below, `${key}.`);
    return [{ key, value: inner, origin: isSet ? 'config.yaml' : 'default' }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
