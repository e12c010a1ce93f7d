// Commits come back oldest first with their messages taken apart, whatever the messages hold.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitDate, commitsBetween, isAncestor, mergeBase, parseMessage } from '../../src/git/history.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let test: TestRepository;
let repo: Repository;
const commit = (...args: string[]) => {
  test.git('commit', '--quiet', '--allow-empty', '--cleanup=verbatim', ...args);
  return test.git('rev-parse', 'HEAD');
};

beforeEach(async () => {
  test = makeRepository({ files: { a: '1' } });
  const opened = await openRepository(test.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
});
afterEach(() => test.remove());

describe('commitsBetween', () => {
  it('gives subject, body, trailers, author and date, oldest first', async () => {
    const base = test.git('rev-parse', 'HEAD');
    const one = commit('-m', 'Learn: “x”\n\nSeen in 3 sessions.\n\nAgentmem-Dream: d1\nAgentmem-Entry: k7f3\n');
    const two = commit('-m', 'No body');
    const commits = await commitsBetween(repo, base, two);
    expect(commits.map((c) => c.commit)).toEqual([one, two]);
    expect(commits[0]).toEqual({
      commit: one,
      subject: 'Learn: “x”',
      body: 'Seen in 3 sessions.\n\nAgentmem-Dream: d1\nAgentmem-Entry: k7f3',
      trailers: { 'Agentmem-Dream': 'd1', 'Agentmem-Entry': 'k7f3' },
      author: { name: 'Test Person', email: 'test@example.invalid' },
      date: '2026-01-02T03:04:05.000Z',
    });
    expect(commits[1]).toMatchObject({ subject: 'No body', body: '', trailers: {} });
  });

  it('gives the whole history from null and nothing between equal commits', async () => {
    const head = commit('-m', 'Two');
    expect((await commitsBetween(repo, null, head)).map((c) => c.subject)).toEqual(['Begin', 'Two']);
    expect(await commitsBetween(repo, head, head)).toEqual([]);
  });

  it('is not confused by odd messages or by settings for git log', async () => {
    test.git('config', 'log.showSignature', 'true');
    test.git('config', 'log.date', 'relative');
    test.git('config', 'color.ui', 'always');
    const base = test.git('rev-parse', 'HEAD');
    commit('-m', '\u001b[31mred\u001b[0m\tcommit 123\n\n\n\nx\n');
    const last = commit('--allow-empty-message', '-m', '');
    const [odd, empty] = await commitsBetween(repo, base, last);
    expect(odd?.subject).toBe('\u001b[31mred\u001b[0m\tcommit 123');
    expect(empty).toMatchObject({ commit: last, subject: '', body: '' });
  });
});

describe('parseMessage', () => {
  it('takes trailers only from a last paragraph that is all trailers and not the subject', () => {
    expect(parseMessage('Fix: it').trailers).toEqual({});
    expect(parseMessage('s\n\nA: 1\nfree text').trailers).toEqual({});
    expect(parseMessage('s\n\nAgentmem-Entry: fake\n\nAgentmem-Entry: real').trailers).toEqual({
      'Agentmem-Entry': 'real',
    });
    expect(parseMessage('s\r\n\r\nA: 1\r\n').trailers).toEqual({ A: '1' });
  });

  it('keeps names like constructor as plain keys and refuses __proto__', () => {
    const { trailers } = parseMessage('s\n\nconstructor: x\nA: 1');
    expect(Object.entries(trailers)).toEqual([
      ['constructor', 'x'],
      ['A', '1'],
    ]);
    expect(parseMessage('s\n\n__proto__: x').trailers).toEqual({});
  });

  it('stays quick on a hostile message', () => {
    const { body } = parseMessage(`s\n\n${' \n'.repeat(50_000)}x${' '.repeat(50_000)}`);
    expect(body).toBe('x');
  });
});

describe('relations', () => {
  it('tells ancestors and merge bases, also of unrelated histories', async () => {
    const base = test.git('rev-parse', 'HEAD');
    const left = commit('-m', 'left');
    test.git('checkout', '--quiet', '-b', 'right', base);
    const right = commit('-m', 'right');
    test.git('checkout', '--quiet', '--orphan', 'alone');
    const alone = commit('-m', 'alone');
    expect(await mergeBase(repo, left, right)).toBe(base);
    expect(await mergeBase(repo, left, alone)).toBeNull();
    expect([await isAncestor(repo, base, left), await isAncestor(repo, left, left)]).toEqual([true, true]);
    expect([await isAncestor(repo, left, base), await isAncestor(repo, left, right)]).toEqual([false, false]);
  });

  it('gives the commit date in UTC', async () => {
    expect(await commitDate(repo, test.git('rev-parse', 'HEAD'))).toBe('2026-01-02T03:04:05.000Z');
  });
});
