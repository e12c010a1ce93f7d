// Exported sessions: whole and redacted, or for reading; nothing in them breaks out of its fence, nothing is overwritten.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { saveImported } from '../../src/store/imported.ts';
import { redactor } from '../../src/store/redaction.ts';
import { exportSession } from '../../src/store/session-export.ts';
import { answers, calls, headerOf, plain, says, tempFolder, tempLayout } from './made.ts';

const redact = redactor([{ name: 'badge', literal: 'badge-', pattern: 'badge-\\d{4}' }]);
const session = { id: 's', path: 'undated/s.jsonl' };

function memory() {
  const layout = tempLayout();
  const text = 'badge-1234\n```\n# Not a heading\n````\n\u001b[31mred';
  const events = [says('1', text), calls('2', 'na`me\n# x', { a: 1 }), answers('3', '2', 'x'.repeat(150_000))];
  saveImported(layout, { header: headerOf('s', { title: '`t`\n# x' }), events }, { redact: plain });
  return layout;
}

describe('exportSession', () => {
  it('copies the transcript and its files, under today’s rules', () => {
    const folder = tempFolder();
    const done = exportSession(memory(), session, { folder, format: 'jsonl', redact });
    expect(done).toMatchObject({
      files: [join(folder, 's.jsonl'), join(folder, 's.d/evt_3.txt')],
      redacted: 1,
      left_out: 0,
    });
    expect(readFileSync(join(folder, 's.jsonl'), 'utf8')).not.toContain('badge-1234');
    expect(readFileSync(join(folder, 's.d/evt_3.txt'), 'utf8')).toHaveLength(150_000);
  });

  it('writes markdown out of which no text breaks, redacted, and without control characters', () => {
    const folder = tempFolder();
    exportSession(memory(), session, { folder, format: 'md', redact });
    const text = readFileSync(join(folder, 's.md'), 'utf8');
    expect(text).not.toContain('badge-1234');
    expect(text).not.toContain('\u001b');
    expect(existsSync(join(folder, 's.d'))).toBe(false);
    let fence: string | undefined;
    const outside = text.split('\n').filter((line) => {
      const ticks = /^`{3,}/.exec(line)?.[0];
      if (fence === undefined && ticks !== undefined) fence = ticks;
      else if (line === fence) fence = undefined;
      else return fence === undefined;
      return false;
    });
    expect(outside.filter((line) => line.startsWith('#'))).toEqual(['# Session s']);
    expect(fence).toBeUndefined();
  });

  it('overwrites nothing', () => {
    const [layout, folder] = [memory(), tempFolder()];
    exportSession(layout, session, { folder, format: 'jsonl', redact });
    expect(() => exportSession(layout, session, { folder, format: 'jsonl', redact })).toThrow(UserError);
  });
});
