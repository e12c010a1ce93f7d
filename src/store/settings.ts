// config.yaml: what is set, checked as a whole, and where each value came from; never writes it.

import { readFileSync } from 'node:fs';
import { systemCode, UserError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { type Settings, settingsSchema } from '../domain/settings.ts';
import { faultsError, schemaFaults } from './faults.ts';
import { parseYamlText, type YamlText } from './yaml.ts';

/** One setting as `agent config` shows it: `dream.max_changes`, its value, and who said so. */
export interface SettingOrigin {
  key: string;
  value: unknown;
  origin: 'default' | 'config.yaml';
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
  const faults = schemaFaults(parsed.error.issues, settingsSchema, (key) => yaml?.lineOf(key) ?? 1);
  throw faultsError('The settings are not valid', path, faults);
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

function leaves(value: object, written: unknown, prefix: string): SettingOrigin[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]): SettingOrigin[] => {
    const key = prefix + name;
    const isSet = isObject(written) && Object.hasOwn(written, name);
    const below = isSet && isObject(written) ? written[name] : undefined;
    if (isObject(inner)) return leaves(inner, below, `${key}.`);
    return [{ key, value: inner, origin: isSet ? 'config.yaml' : 'default' }];
  });
}
