// The ledger of spending: sums by UTC day and month, several writers at once, and lines that are no charges.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import type { Charge } from '../../src/domain/spend.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { ledgerPath, openSpendLedger } from '../../src/store/spend.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');

let dir = '';
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-spend-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function charge(at: string, usd: number | null): Charge {
  return { at, session: 's-1', role: 'agent', model: 'm', usd, input_tokens: 10, output_tokens: 2 };
}

function line(at: string, usd: number | null): string {
  return `${JSON.stringify(charge(at, usd))}\n`;
}

function written(text: string): void {
  mkdirSync(dirname(ledgerPath(layout)), { recursive: true });
  writeFileSync(ledgerPath(layout), text);
}

describe('the ledger of spending', () => {
  it('is nothing before the first charge, and reading makes no file', () => {
    expect(openSpendLedger(layout).spent(NOW)).toEqual({ day: 0, month: 0, unpriced: 0, bad: 0 });
    expect(existsSync(layout.dir)).toBe(false);
  });

  it('sums the UTC day and month, and nothing of other ones', () => {
    const ledger = openSpendLedger(layout);
    ledger.append(charge('2026-10-31T23:59:59.999Z', 100));
    ledger.append(charge('2026-11-01T00:00:00.000Z', 0.1));
    ledger.append(charge('2026-11-19T23:59:59.999Z', 0.2));
    ledger.append(charge('2026-11-20T00:00:00.000Z', 0.3));
    ledger.append(charge('2026-11-20T23:59:59.999Z', 0.4));
    ledger.append(charge('2026-12-01T00:00:00.000Z', 50));
    expect(ledger.spent(NOW)).toEqual({ day: 0.7, month: 1, unpriced: 0, bad: 0 });
    expect(ledger.spent(new Date('2026-12-01T08:00:00Z'))).toMatchObject({ day: 50, month: 50 });
    // A clock that was set back asks about a month that was passed over before.
    expect(ledger.spent(new Date('2026-10-31T08:00:00Z'))).toMatchObject({ day: 100, month: 100 });
  });

  it('writes one line a charge, keys in their order', () => {
    openSpendLedger(layout).append(charge('2026-11-20T10:00:00.000Z', null));
    expect(readFileSync(ledgerPath(layout), 'utf8')).toBe(
      '{"at":"2026-11-20T10:00:00.000Z","session":"s-1","role":"agent","model":"m","usd":null,"input_tokens":10,"output_tokens":2}\n',
    );
  });

  it('counts requests whose price nobody knows instead of taking them for free', () => {
    written(line('2026-11-20T10:00:00.000Z', null) + line('2026-11-02T10:00:00.000Z', null));
    expect(openSpendLedger(layout).spent(NOW)).toMatchObject({ day: 0, month: 0, unpriced: 2 });
  });

  it('counts lines that are no charges, names the first, and goes on', () => {
    written(
      `${line('2026-11-20T10:00:00.000Z', 1)}{"at":"2026-11-2\n\nnot json\n{"foreign":true}\n${line('2026-11-20T10:00:00.000Z', -5)}${line('2026-11-20T11:00:00.000Z', 2)}`,
    );
    expect(openSpendLedger(layout).spent(NOW)).toEqual({ day: 3, month: 3, unpriced: 0, bad: 4, firstBad: 2 });
  });

  it('begins a fresh line after one that a crash cut off', () => {
    written(`${line('2026-11-20T10:00:00.000Z', 1)}{"at":"2026-11-20T10:00:0`);
    const ledger = openSpendLedger(layout);
    expect(ledger.spent(NOW)).toMatchObject({ day: 1, bad: 1, firstBad: 2 });
    ledger.append(charge('2026-11-20T11:00:00.000Z', 2));
    expect(ledger.spent(NOW)).toEqual({ day: 3, month: 3, unpriced: 0, bad: 1, firstBad: 2 });
    expect(openSpendLedger(layout).spent(NOW)).toEqual(ledger.spent(NOW));
  });

  it('sees what others append, also while their line is not whole yet', () => {
    const ledger = openSpendLedger(layout);
    ledger.append(charge('2026-11-20T10:00:00.000Z', 1));
    expect(ledger.spent(NOW).day).toBe(1);
    const next = line('2026-11-20T10:00:01.000Z', 2);
    appendFileSync(ledgerPath(layout), next.slice(0, 30));
    expect(ledger.spent(NOW)).toMatchObject({ day: 1, bad: 1 });
    appendFileSync(ledgerPath(layout), next.slice(30));
    expect(ledger.spent(NOW)).toEqual({ day: 3, month: 3, unpriced: 0, bad: 0 });
  });

  it('begins anew where another file was put in its place', () => {
    const ledger = openSpendLedger(layout);
    for (let i = 0; i < 5; i++) ledger.append(charge('2026-11-20T10:00:00.000Z', 1));
    expect(ledger.spent(NOW).day).toBe(5);
    written(line('2026-11-20T10:00:00.000Z', 7));
    expect(ledger.spent(NOW).day).toBe(7);
  });

  it('says the same whether it reads once or again after every charge', () => {
    const times = fc.integer({ min: Date.parse('2026-10-01'), max: Date.parse('2027-01-01') });
    const charges = fc.array(fc.record({ ms: times, cents: fc.integer({ min: 0, max: 500 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(charges, (list) => {
        rmSync(ledgerPath(layout), { force: true });
        const ledger = openSpendLedger(layout);
        let day = 0;
        let month = 0;
        for (const { ms, cents } of list) {
          const at = new Date(ms).toISOString();
          ledger.append(charge(at, cents / 100));
          if (at.startsWith('2026-11-20')) day += cents;
          if (at.startsWith('2026-11')) month += cents;
          expect(ledger.spent(NOW)).toMatchObject({ day: day / 100, month: month / 100, bad: 0 });
        }
        expect(openSpendLedger(layout).spent(NOW)).toEqual(ledger.spent(NOW));
      }),
      { numRuns: 30 },
    );
  });

  it('sums 100,000 lines of many months', () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => {
      const at = new Date(NOW.getTime() - (100_000 - i) * 600_000).toISOString(); // one every ten minutes, almost two years
      return line(at, 0.01);
    });
    written(lines.join(''));
    const inMonth = lines.filter((l) => l.startsWith('{"at":"2026-11')).length;
    const inDay = lines.filter((l) => l.startsWith('{"at":"2026-11-20')).length;
    expect(openSpendLedger(layout).spent(NOW)).toEqual({
      day: inDay / 100,
      month: inMonth / 100,
      unpriced: 0,
      bad: 0,
    });
  });

  it('loses no charge of four processes that append at once', async () => {
    const child = join(import.meta.dirname, 'append-spend.mjs');
    mkdirSync(layout.state, { recursive: true });
    const text = line('2026-11-20T10:00:00.000Z', 0.01);
    const ends = Array.from({ length: 4 }, () => {
      const running = spawn(process.execPath, [child, ledgerPath(layout), text, '200'], { stdio: 'ignore' });
      return new Promise((resolve) => running.on('exit', resolve));
    });
    const ledger = openSpendLedger(layout);
    for (let i = 0; i < 200; i++) ledger.append(charge('2026-11-20T10:00:00.000Z', 0.01));
    expect(await Promise.all(ends)).toEqual([0, 0, 0, 0]);
    expect(ledger.spent(NOW)).toEqual({ day: 10, month: 10, unpriced: 0, bad: 0 });
  });

  it('says so where the disk is full, and keeps what was there', () => {
    openSpendLedger(layout).append(charge('2026-11-20T10:00:00.000Z', 1));
    const full = openSpendLedger(layout, {
      write: () => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
    expect(() => full.append(charge('2026-11-20T11:00:00.000Z', 2))).toThrow(UserError);
    expect(openSpendLedger(layout).spent(NOW)).toMatchObject({ day: 1, bad: 0 });
  });
});
