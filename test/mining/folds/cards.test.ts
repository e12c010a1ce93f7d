// Cards by what was kept are those of mining everything, to the last byte, and so is what is said where nothing was found.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { keptOf } from '../../../src/mining/kept-parts.ts';
import { mine, mineGroundInThreads } from '../../../src/mining/mine.ts';
import { forgetExtracts } from '../../../src/store/removal.ts';
import { tempFolder, tempLayout } from '../../store/made.ts';
import { storedOf } from '../stored.ts';
import type { Step } from '../tell.ts';
import { told } from './worlds.ts';

const settings = { min_sessions: 3, min_tasks: 2 };

// A kiln that is opened too soon now and then, in a third of the sessions; in every seventh somebody repeats it in vain.
function session(n: number): Extract {
  const call = (heat: number): Step => ({ call: 'open', input: { kiln: n % 5, heat }, ok: 'open' });
  const failed: Step = { call: 'open', input: { kiln: n % 5, heat: 900 }, error: `Error: kiln ${n} is hot` };
  const error = n % 3 === 0 ? [failed, ...(n % 7 === 0 ? [failed] : []), call(20 + (n % 2))] : [];
  return told(`s${String(n).padStart(4, '0')}${'x'.repeat(n % 3)}`, [call(n), ...error, call(n + 1)], 1 + (n % 9));
}

it('of more than a chunk of sessions, of others, of fewer, and where nothing is to be found', async () => {
  const all = storedOf(Array.from({ length: 1300 }, (_, n) => session(n)));
  const quiet = storedOf(Array.from({ length: 4 }, (_, n) => session(3 * n + 1)));
  const kept = keptOf({ cache: tempFolder() });
  for (const some of [all, all, all.slice(100), [...all].reverse(), quiet, all]) {
    const { mined } = await mineGroundInThreads(some, settings, { jobs: 1, kept });
    expect(JSON.stringify(mined)).toBe(JSON.stringify(mine(some, settings)));
    if (some === all) expect(mined.cards.map(({ kind }) => kind)).toContain('error_fix');
    if (some === quiet) expect(mined.silent.map(({ family }) => family)).toContain('error_fix');
  }
}, 120_000);

it('are made without anything that was kept of sessions once these were removed or redacted', async () => {
  const layout = tempLayout();
  const all = storedOf(Array.from({ length: 1100 }, (_, n) => session(n)));
  await mineGroundInThreads(all, settings, { jobs: 1, kept: keptOf(layout) });
  expect(cached(layout.cache)).toContain('kiln <num> is hot');
  forgetExtracts(layout);
  expect(cached(layout.cache)).toBe('');
}, 120_000);

function cached(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('');
}
