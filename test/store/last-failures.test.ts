// What a person has been told of failures: everything new, nothing twice a day.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFailures } from '../../src/store/last-failures.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';

let dir: string;
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-failures-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour));

describe('a failure', () => {
  it('is told once a day as long as it stays the same', () => {
    expect(newFailures(layout, ['no network'], at(1))).toEqual(['no network']);
    for (const hour of [2, 3, 24]) expect(newFailures(layout, ['no network'], at(hour))).toEqual([]);
    expect(newFailures(layout, ['no network'], at(25))).toEqual(['no network']);
    expect(newFailures(layout, ['no network'], at(26))).toEqual([]);
  });

  it('is told again when it changes, when it comes back, and when the clock went backwards', () => {
    newFailures(layout, ['no network'], at(5));
    expect(newFailures(layout, ['no disk'], at(6))).toEqual(['no disk']);
    expect(newFailures(layout, [], at(7))).toEqual([]);
    expect(newFailures(layout, ['no disk'], at(8))).toEqual(['no disk']);
    expect(newFailures(layout, ['no disk'], at(3))).toEqual(['no disk']);
  });

  it('is told where the note about it is damaged', () => {
    newFailures(layout, ['no network'], at(1));
    writeFileSync(join(layout.state, 'nightly.json'), '{"failures":');
    expect(newFailures(layout, ['no network'], at(2))).toEqual(['no network']);
  });
});
