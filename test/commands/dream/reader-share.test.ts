// The purse of a dream: whoever reads a sample may take half of it, and the words keep the rest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openPurses } from '../../../src/commands/dream/purse.ts';
import { settingsSchema } from '../../../src/domain/settings.ts';
import { noUsage } from '../../../src/model/usage.ts';
import { layoutOf } from '../../../src/store/layout.ts';

const dir = mkdtempSync(join(tmpdir(), 'agentmem-purse-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('lets a reader spend half, and the reflector all of it', () => {
  const world = { now: () => new Date('2026-03-21T22:00:00Z') };
  const workspace = { layout: layoutOf(join(dir, '.agentmem')), settings: settingsSchema.parse({}) };
  // All of the context and the workspace that a purse looks at.
  const [context, place] = [{ world }, workspace] as unknown as [
    Parameters<typeof openPurses>[0],
    Parameters<typeof openPurses>[1],
  ];
  const purseOf = openPurses(context, place, { limits: { usd: 1 } });
  const pay = (role: 'reader' | 'reflector', usd: number) =>
    purseOf(role).charge({ kind: 'answer', usage: { ...noUsage(), known: true }, usd }, 'a model');
  pay('reader', 0.4);
  expect(purseOf('reader').check()).toBeUndefined();
  pay('reader', 0.2);
  expect(purseOf('reader').check()?.text).toBe('the dream’s budget for reading of $0.50 is used up ($0.60)');
  expect(purseOf('reflector').check()).toBeUndefined();
  pay('reflector', 0.5);
  expect(purseOf('reflector').check()?.text).toContain('the dream’s budget of $1.00 is used up');
});
