// The settings that `agent init` lays out: valid as they are, and valid with every commented example in force.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settingsSchema } from '../../src/domain/settings.ts';
import { readSettings } from '../../src/store/settings.ts';

const STARTER = join(import.meta.dirname, '..', '..', 'templates', 'workspace', 'config.yaml');

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-starter-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('says nothing but the defaults', () => {
  expect(readSettings(STARTER)).toEqual(settingsSchema.parse({}));
});

it('shows examples that hold once the number signs are gone', () => {
  const lines = readFileSync(STARTER, 'utf8').split('\n');
  const examples = lines.slice(lines.indexOf('#')).map((line) => line.replace(/^# ?/, ''));
  const path = join(dir, 'config.yaml');
  writeFileSync(path, examples.join('\n'));
  const settings = readSettings(path);
  const defaults = settingsSchema.parse({});
  expect(settings.permissions).toHaveLength(3);
  expect(settings.tools.map((tool) => tool.name)).toEqual(['orders__find']);
  const { session, dream } = defaults.budget;
  expect(settings.budget).toEqual({ session, day: { usd: 20 }, month: { usd: 200 }, dream });
  // What stands there as an example of a default is the default.
  expect(settings.models).toEqual(defaults.models);
  expect(settings.sandbox).toEqual(defaults.sandbox);
});
