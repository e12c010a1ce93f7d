// What of a dream's report goes into a mail.
import { describe, expect, it } from 'vitest';
import { dreamNews } from '../../src/domain/dream-news.ts';

const lesson = {
  entry: 'k7f3',
  change: 'add',
  playbook: 'bash',
  title: 'Say\u001b[2K no\nmore',
  commit: 'c',
  sessions: 3,
};
const report = { status: 'completed', branch: null, changes: [], quarantined: [] };
const told = (more: object) => dreamNews(JSON.stringify({ ...report, ...more }));

describe('news of a dream', () => {
  it('is a new branch, lesson by lesson, one line each, without escapes', () => {
    expect(told({ branch: 'dream/d1', changes: [lesson] })).toEqual({
      news: true,
      text: 'dream/d1 waits for review with 1 lesson:\n  k7f3 add bash: Say no more',
    });
  });

  it('is not a dream that was not due or found nothing', () => {
    expect(told({ status: 'skipped', reason: '2 new sessions, 5 are needed' })).toEqual({
      news: false,
      text: 'not due: 2 new sessions, 5 are needed',
    });
    expect(told({})?.news).toBe(false);
  });

  it('is a branch that reached the server at last, with its pull request', () => {
    const published = { branch: 'dream/d1', remote: 'origin', result: 'created', hint: 'x' };
    const pr = { result: 'opened', url: 'https://example.test/pr/1' };
    expect(told({ published: [{ ...published, pull_request: pr }] })).toMatchObject({
      news: true,
      text: expect.stringContaining('dream/d1 was pushed to origin, pull request opened: https://example.test/pr/1'),
    });
    for (const result of ['failed', 'current'])
      expect(told({ published: [{ ...published, result }] })?.news).toBe(false);
  });

  it('cannot be read out of anything else', () => {
    for (const text of ['', '{', 'null', '[]', '{"status":1}']) expect(dreamNews(text)).toBe(undefined);
  });
});
