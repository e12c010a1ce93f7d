// Files beside a transcript: verified with it, read only where they really are.
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveImported } from '../../src/store/imported.ts';
import { readSpilled } from '../../src/store/spilled-files.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { answers, calls, headerOf, plain, tempFolder, tempLayout } from './made.ts';

function memory() {
  const layout = tempLayout();
  const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}`).join('\n');
  saveImported(
    layout,
    { header: headerOf('s'), events: [calls('1', 'cat'), answers('2', '1', text)] },
    { redact: plain },
  );
  const transcript = join(layout.sessions, 'undated', 's.jsonl');
  const file = join(dirname(transcript), 's.d', 'evt_2.txt');
  return {
    layout,
    transcript,
    file,
    reasons: () => verifySessions(layout).problems.map(({ line, reason }) => `${line}: ${reason}`),
  };
}

describe('spilled files', () => {
  it('are checked with the line that names them: there, not empty, not broken off', () => {
    const { file, reasons } = memory();
    const whole = readFileSync(file, 'utf8');
    expect(reasons()).toEqual([]);
    writeFileSync(file, whole.slice(0, 150_000));
    expect(reasons()).toEqual(['3: the file s.d/evt_2.txt does not hold the output that the line shows the end of']);
    writeFileSync(file, '');
    expect(reasons()).toEqual(['3: the file s.d/evt_2.txt is empty']);
    rmSync(file);
    expect(reasons()).toEqual(['3: the file s.d/evt_2.txt is not there']);
  });

  it('are never read through a link', () => {
    const { file, transcript, reasons } = memory();
    const elsewhere = join(tempFolder(), 'x.txt');
    writeFileSync(elsewhere, 'private');
    rmSync(file);
    symlinkSync(elsewhere, file);
    expect(readSpilled(transcript, 's.d/evt_2.txt')).toBeUndefined();
    expect(reasons()).toEqual(['3: the file s.d/evt_2.txt is not there']);
    rmSync(dirname(file), { recursive: true });
    symlinkSync(dirname(elsewhere), dirname(file));
    linkSync(elsewhere, join(dirname(elsewhere), 'evt_2.txt'));
    expect(readSpilled(transcript, 's.d/evt_2.txt')).toBeUndefined();
  });

  it('are never read from outside the transcript’s own folder', () => {
    const { transcript, file } = memory();
    mkdirSync(join(dirname(transcript), 't.d'));
    writeFileSync(join(dirname(transcript), 't.d', 'evt_2.txt'), 'of another session');
    for (const name of ['t.d/evt_2.txt', 's.d/../t.d/evt_2.txt', file, '', 's.d/', 's.d/.hidden'])
      expect(readSpilled(transcript, name)).toBeUndefined();
  });
});
