import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openHolds } from '../../../src/commands/dream/batch.ts';
import { openPurses } from '../../../src/commands/dream/purse.ts';
import { noUsage } from '../../../src/model/usage.ts';
import { layoutOf } from '../../../src/store/layout.ts';
import { readSettings } from '../../../src/store/settings.ts';

const dir = mkdtempSync(join(tmpdir(), 'agentmem-purse-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

// Four characters a token, $1 a million tokens in and $5 out, halved by the batch.
const prices = { 'claude-haiku-4-5': { input: 1, output: 5 } };
const QUESTION = 'x'.repeat(4_000_000);
const worth = 0.5 * (1 + 5 * 0.1); // of that question with an answer of 100,000 tokens

function purseWith(config: string, limits: { usd?: number }) {
  const path = join(dir, 'config.yaml');
  writeFileSync(path, config);
  const context = { world: { now: () => new Date('2026-11-01T12:00:00Z') } };
  const workspace = { layout: layoutOf(dir), settings: readSettings(path) };
  const holds = openHolds({ prices });
  // A purse needs the clock of the one, and ledger and settings of the other.
  const purses = openPurses(
    context as Parameters<typeof openPurses>[0],
    workspace as Parameters<typeof openPurses>[1],
    { limits, holds },
  );
  return { purse: purses('verifier'), holds };
}

describe('what is under way', () => {
  it('is set aside at the price of a batch, and let go with its answer', () => {
    const { holds } = purseWith('', {});
    const first = holds.hold(QUESTION, 100_000, 'claude-haiku-4-5');
    expect(holds.held()).toBeCloseTo(worth, 9);
    const second = holds.hold(QUESTION, 100_000, 'a-model-without-price');
    expect(holds.held()).toBeCloseTo(worth, 9);
    first();
    second();
    expect(holds.held()).toBeCloseTo(0, 9);
  });

  it('counts as spent until it is known what it cost', () => {
    const { purse } = purseWith('', { usd: 1 });
    expect(purse.check()).toBeUndefined();
    const release = purse.hold?.(QUESTION, 100_000, 'claude-haiku-4-5');
    expect(purse.check()).toBeUndefined(); // 0.75 of 1
    const more = purse.hold?.(QUESTION, 100_000, 'claude-haiku-4-5');
    expect(purse.check()?.text).toBe('what is under way may use up the rest of the budget');
    more?.();
    release?.();
    purse.charge({ kind: 'answer', usage: { ...noUsage(), known: true }, usd: 0.2 }, 'claude-haiku-4-5');
    expect(purse.check()).toBeUndefined();
  });

  it('counts against the limits of the day as well', () => {
    const { purse } = purseWith('budget: { day: { usd: 0.5 } }\n', {});
    expect(purse.check()).toBeUndefined();
    purse.hold?.(QUESTION, 100_000, 'claude-haiku-4-5');
    expect(purse.check()?.text).toContain('under way');
  });
});
