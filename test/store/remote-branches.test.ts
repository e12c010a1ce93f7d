// Notes on review branches on servers: kept by remote and branch, forgotten when empty, and never a reason to stop.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { readRemoteNotes, remoteNote, writeRemoteNotes } from '../../src/store/remote-branches.ts';

let dir: string;
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-notes-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const file = () => join(layout.state, 'remote-branches.json');

describe('notes on branches of servers', () => {
  it('are kept by remote and branch, sorted, each once', () => {
    writeRemoteNotes(layout, [{ remote: 'team', branch: 'dream/b', wanted: true }]);
    writeRemoteNotes(layout, [
      { remote: 'origin', branch: 'dream/b', seen: 'a'.repeat(40), ours: 'a'.repeat(40) },
      { remote: '__proto__', branch: 'dream/b', dropped: true },
    ]);
    const notes = readRemoteNotes(layout);
    expect(notes.map((n) => n.remote)).toEqual(['__proto__', 'origin', 'team']);
    expect(remoteNote(notes, 'origin', 'dream/b').ours).toBe('a'.repeat(40));
    expect(remoteNote(notes, 'origin', 'dream/c')).toEqual({ remote: 'origin', branch: 'dream/c' });
  });

  it('that say nothing any more are taken out', () => {
    writeRemoteNotes(layout, [{ remote: 'origin', branch: 'dream/b', wanted: true }]);
    writeRemoteNotes(layout, [{ remote: 'origin', branch: 'dream/b', wanted: false }]);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual([]);
  });

  it.each(['', '{', 'null', '[{"remote":1}]', '{"remote":"origin"}'])('in a damaged file count as none: %s', (text) => {
    mkdirSync(layout.state, { recursive: true });
    writeFileSync(file(), text);
    expect(readRemoteNotes(layout)).toEqual([]);
    writeRemoteNotes(layout, [{ remote: 'origin', branch: 'dream/b', wanted: true }]);
    expect(readRemoteNotes(layout)).toHaveLength(1);
  });
});
