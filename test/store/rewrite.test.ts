// Redacting what is stored: shown first, whole or not at all, ids kept, told in the transcript, and nothing the second time.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { saveImported } from '../../src/store/imported.ts';
import { redactor } from '../../src/store/redaction.ts';
import { applyRewrite, planRewrite } from '../../src/store/rewrite.ts';
import { openTranscript } from '../../src/store/transcript.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { answers, calls, headerOf, outline, plain, says, tempLayout } from './made.ts';

const badges = redactor([{ name: 'badge', literal: 'badge-', pattern: 'badge-\\d{4}' }]);
const session = { id: 's', path: 'undated/s.jsonl' };

function memory() {
  const layout = tempLayout();
  const long = `${'x'.repeat(120_000)} badge-4444`;
  const events = [says('1', 'badge-1234'), says('2', 'plain'), calls('3', 'cat'), answers('4', '3', long)];
  saveImported(layout, { header: headerOf('s'), events }, { redact: plain });
  const path = join(layout.sessions, session.path);
  return { layout, path, text: () => readFileSync(path, 'utf8') };
}

describe('redacting what is stored', () => {
  it('a plan names lines, rules and files, and changes nothing', () => {
    const { layout, text } = memory();
    const before = text();
    expect(planRewrite(layout, session, badges)).toEqual({
      session: 's',
      lines: [
        { event: 'evt_1', line: 2, rules: ['badge'] },
        { event: 'evt_4', line: 5, rules: ['badge'] },
      ],
      damaged: [],
      files: ['s.d/evt_4.txt'],
    });
    expect(text()).toBe(before);
  });

  it('rewrites those lines and files only, keeps every id, and says so in the transcript', () => {
    const { layout, path, text } = memory();
    const [before, ids] = [text().split('\n'), outline(path)];
    applyRewrite(layout, session, badges);
    const after = text().split('\n');
    expect(text() + readFileSync(join(dirname(path), 's.d', 'evt_4.txt'), 'utf8')).not.toMatch(/badge-\d/);
    for (const i of [0, 2, 3]) expect(after[i]).toBe(before[i]);
    expect(outline(path).slice(0, -1)).toEqual(ids);
    expect(JSON.parse(after.at(-2) ?? '')).toMatchObject({ type: 'session.updated', redacted: ['evt_1', 'evt_4'] });
    expect(verifySessions(layout).problems).toEqual([]);
    expect(readdirSync(dirname(path)).sort()).toEqual(['s.d', 's.jsonl']);
  });

  it('changes nothing the second time, nor when the rules find nothing', () => {
    const { layout, text } = memory();
    applyRewrite(layout, session, badges);
    const once = text();
    expect(applyRewrite(layout, session, badges)).toEqual({ session: 's', lines: [], damaged: [], files: [] });
    expect(text()).toBe(once);
  });

  it('takes a secret out of a damaged line too, and leaves the line damaged', () => {
    const { layout, path, text } = memory();
    appendFileSync(path, '{"id":"evt_9","type":"user.message","content":[{"type":"text","text":"badge-9999');
    expect(applyRewrite(layout, session, badges).damaged).toEqual([6]);
    expect(text()).not.toMatch(/badge-\d/);
    expect(outline(path).filter((line) => line.startsWith('!'))).toHaveLength(1);
  });

  it('leaves a session alone that somebody writes', () => {
    const { layout, path, text } = memory();
    const writer = openTranscript(path, { redact: plain });
    const before = text();
    expect(() => applyRewrite(layout, session, badges)).toThrow(UserError);
    expect(text()).toBe(before);
    writer.close();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});
