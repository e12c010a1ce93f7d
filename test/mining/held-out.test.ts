// Sessions that are kept for proving: listed like others, and never opened by mining, whoever asks for them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SuiteMark } from '../../src/domain/run-marks.ts';
import { loadExtracts } from '../../src/mining/load.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { newPath } from '../../src/store/session-files.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { listSessions } from '../../src/store/sessions.ts';
import { createTranscript } from '../../src/store/transcript.ts';

let dir = '';
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-held-out-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function store(session: string, suite?: SuiteMark): void {
  const at = '2026-11-20T12:00:00.000Z';
  const header = {
    ...{ id: `evt_${session}`, at, type: 'session.created' as const, version: 1 as const, session },
    ...{ source: { tool: 'agentmem' }, task: { id: 'rye', prompt: 'Bake.' } },
    ...(suite !== undefined && { suite }),
  };
  createTranscript(newPath(layout, header), header, { redact: (text) => text }).writer.close();
}

it('are left out with their number, be they held out by their task or an arm of a proof', async () => {
  store('plain');
  store('trial', { suite: 'loaves', run: 'r-1', trial: 1 });
  store('secret', { suite: 'loaves', run: 'r-2', trial: 1, held_out: true });
  store('arm', { suite: 'loaves', run: 'r-3', trial: 1, arm: 'A' });
  const sessions = openIndex(layout);
  expect(sessions).toHaveLength(4);
  const { extracts, heldOut } = await loadExtracts({
    ...{ layout, sessions, emit: () => {}, stage: 'mine' },
  });
  expect(extracts.map(({ session }) => session).sort()).toEqual(['plain', 'trial']);
  expect(heldOut).toBe(2);
});

it('are found by the name of their suite and by the run', () => {
  store('plain');
  store('one', { suite: 'loaves', run: 'r-1', trial: 1 });
  store('two', { suite: 'loaves', run: 'r-2', trial: 1 });
  const ids = (suite: string) => listSessions(openIndex(layout), { suite }).map(({ id }) => id);
  expect(ids('loaves').sort()).toEqual(['one', 'two']);
  expect(ids('r-2')).toEqual(['two']);
  expect(ids('rolls')).toEqual([]);
  // The mark comes back from the index that is kept, too.
  expect(openIndex(layout).find(({ id }) => id === 'two')?.suite?.run).toBe('r-2');
});
