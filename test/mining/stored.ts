// Hand-made extracts as they come from the disk: put into packs and read back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Extract } from '../../src/mining/extract-types.ts';
import { packExtract, Shelf, thinned } from '../../src/mining/packed-extract.ts';
import { openExtract } from '../../src/mining/stored-extract.ts';
import { openPacks } from '../../src/store/packs.ts';
import { type Identity, sessionKey } from '../../src/store/session-key.ts';

/** What an index might say of it: of some things nothing, of others something else. */
export function entryOf({ session, content, tool, outcome, project }: Extract): Identity {
  return {
    id: session,
    content,
    source: { tool },
    model: 'another',
    last_at: '1999-01-01T00:00:00Z',
    outcome: outcome === 'pass' ? null : outcome,
    counts: { events: 1, tool_calls: 0, tool_errors: 0, unanswered_calls: 0, threads: 1, bad_lines: 0 },
    evaluations: 0,
    ...(project !== undefined && { project }),
  };
}

/** In this order, and whether from the disk or where there was room for them in memory is all the same. */
export function storedOf(extracts: readonly Extract[], shelf = new Shelf()): Extract[] {
  const dir = mkdtempSync(join(tmpdir(), 'agentmem-stored-'));
  try {
    const packs = openPacks(dir, 1);
    for (const extract of extracts)
      packs.add(sessionKey(entryOf(extract)), thinned(packExtract(extract), entryOf(extract)));
    packs.finish();
    const again = openPacks(dir, 1);
    return extracts.map((extract) => {
      const packed = again.get(sessionKey(entryOf(extract)));
      const stored = packed && openExtract(packed, entryOf(extract), shelf);
      if (stored === undefined) throw new Error('what was packed can be opened');
      return stored;
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
