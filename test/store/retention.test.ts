// Retention warns first, waits, and removes only what nothing cites; a removal is remembered.
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { settingsSchema } from '../../src/domain/settings.ts';
import { saveImported } from '../../src/store/imported.ts';
import { finishRemovals, forgetRemoved, readRemoved, removeSession } from '../../src/store/removal.ts';
import { planRetention, readWarnings, recordWarnings } from '../../src/store/retention.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { openTranscript } from '../../src/store/transcript.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { answers, calls, headerOf, plain, says, tempLayout } from './made.ts';

const now = new Date('2026-11-21T00:00:00.000Z');
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const { retention } = settingsSchema.parse({ retention: { sessions: '30d', warn: '7d' } });

function memory() {
  const layout = tempLayout();
  const save = (id: string, at?: string) =>
    saveImported(layout, { header: headerOf(id, at === undefined ? {} : { at }), events: [] }, { redact: plain });
  save('old', '2026-01-01T00:00:00.000Z');
  save('quoted', '2026-01-02T00:00:00.000Z');
  save('young', '2026-11-20T00:00:00.000Z');
  save('undated');
  const plan = (at: Date, settings = retention) =>
    planRetention(openIndex(layout), settings, { warned: readWarnings(layout), cited: new Set(['quoted']), now: at });
  return { layout, plan };
}
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe('retention', () => {
  it('warns about an old session, waits, and only then lets it go; what is cited, young or undated stays', () => {
    const { layout, plan } = memory();
    const first = plan(now);
    expect(first.warn.map(({ session, from }) => [session.id, from])).toEqual([['old', later(7).toISOString()]]);
    expect([first.remove, ids(first.cited), first.undated]).toEqual([[], ['quoted'], 1]);
    recordWarnings(layout, first, now);
    const second = plan(later(6));
    expect(second.waiting.map(({ session, from }) => [session.id, from])).toEqual([['old', later(7).toISOString()]]);
    recordWarnings(layout, second, later(6)); // a second warning does not start the time anew
    const third = plan(later(7));
    expect(ids(third.remove)).toEqual(['old']);
    expect(third.warn).toEqual([]);
  });

  it('keeps everything when told never, and warns again after a clock that ran ahead', () => {
    const { layout, plan } = memory();
    expect(plan(later(9_000), { ...retention, sessions: 'never' }).warn).toEqual([]);
    recordWarnings(layout, plan(later(100)), later(100));
    const back = plan(now);
    expect(back.warn.map(({ session }) => session.id)).toEqual(['old']);
    expect(back.remove).toEqual([]);
  });
});

describe('removal', () => {
  it('takes the transcript and the files beside it, remembers the id, and can be forgotten', () => {
    const layout = tempLayout();
    const events = [calls('1', 'ls'), answers('2', '1', 'x'.repeat(150_000)), says('3', 'a')];
    saveImported(layout, { header: headerOf('s'), events }, { redact: plain });
    const [session] = openIndex(layout);
    if (session === undefined) throw new Error('not stored');
    removeSession(layout, session, now.toISOString());
    for (const name of ['s.jsonl', 's.d', 's.jsonl.lock'])
      expect(existsSync(join(layout.sessions, 'undated', name))).toBe(false);
    expect([...readRemoved(layout)]).toEqual([['s', now.toISOString()]]);
    expect(openIndex(layout)).toEqual([]);
    forgetRemoved(layout, ['s', 'unknown']);
    expect(readRemoved(layout).size).toBe(0);
  });

  it('that was killed on the way leaves nothing for verify to complain about, and is ended by the next one', () => {
    const layout = tempLayout();
    const events = [calls('1', 'ls'), answers('2', '1', 'x'.repeat(150_000))];
    saveImported(layout, { header: headerOf('s'), events }, { redact: plain });
    const folder = join(layout.sessions, 'undated');
    renameSync(join(folder, 's.jsonl'), join(folder, '.s.jsonl.removing'));
    expect(verifySessions(layout).problems).toEqual([]);
    finishRemovals(layout);
    expect(readdirSync(folder)).toEqual([]);
    renameSync(folder, `${folder}.none`);
    finishRemovals(layout);
  });

  it('leaves a session alone that somebody writes', () => {
    const layout = tempLayout();
    saveImported(layout, { header: headerOf('s'), events: [] }, { redact: plain });
    const path = join(layout.sessions, 'undated', 's.jsonl');
    const writer = openTranscript(path, { redact: plain });
    expect(() => removeSession(layout, { id: 's', path: 'undated/s.jsonl' }, now.toISOString())).toThrow(UserError);
    expect(readFileSync(path, 'utf8')).toContain('session.created');
    writer.close();
  });
});
