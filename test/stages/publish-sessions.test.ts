// Publishing and fetching between real repositories: only what is new, nothing lost in a race, nobody's own branch touched.
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import type { Emit } from '../../src/domain/emit.ts';
import { fetchSessions } from '../../src/stages/fetch-sessions.ts';
import { publishSessions } from '../../src/stages/publish-sessions.ts';
import { openCache } from '../../src/store/cache.ts';
import { saveImported } from '../../src/store/imported.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { removeSession } from '../../src/store/removal.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { make, open, tidy } from '../git/building.ts';
import { headerOf, plain, says } from '../store/made.ts';
import { runGit } from '../support/git.ts';

afterEach(tidy);
const now = () => new Date('2026-11-21T00:00:00.000Z');
const BRANCH = 'agentmem/sessions';

/** One person's clone: what they store, publish and fetch. */
async function person(name: string, server?: string) {
  const test = make({ files: { 'a.txt': 'a\n', '.gitignore': '.agentmem/\n' } });
  if (server !== undefined) test.git('remote', 'add', 'origin', server);
  const layout = layoutOf(`${test.dir}/.agentmem`);
  const repo = await open(test.dir);
  const shared = {
    layout,
    repo,
    redact: plain,
    memoryBranch: 'main',
    env: process.env,
    emit: () => {},
    signal: undefined,
  };
  return {
    ...test,
    layout,
    save: (id: string, ...texts: string[]) =>
      saveImported(
        layout,
        { header: headerOf(id, { by: name }), events: texts.map((t, i) => says(`${id}${i}`, t)) },
        { redact: plain },
      ),
    publish: (push?: string | null, emit: Emit = () => {}) =>
      publishSessions({
        ...shared,
        sessions: openIndex(layout),
        rules: 'r1',
        who: { name, email: `${name}@example.test` },
        now,
        cache: openCache(layout.cache, 'published', 1),
        ...(push !== undefined && { push }),
        emit,
      }),
    fetch: (removed = new Map<string, string>()) =>
      fetchSessions({ ...shared, removed, cache: openCache(layout.cache, 'fetched', 1) }),
    tree: () => test.git('ls-tree', '-r', '--name-only', BRANCH).split('\n'),
    ids: () =>
      openIndex(layout)
        .map(({ id }) => id)
        .sort(),
  };
}
const bare = () => make({ bare: true }).dir;

describe('publishing sessions', () => {
  it('grows an orphan branch beside the checkout, and only by what is new or has grown', async () => {
    const mira = await person('mira');
    mira.save('one', 'a');
    expect(await mira.publish()).toMatchObject({ published: 1, grown: 0, unchanged: 0, pushed: null });
    expect(mira.tree()).toEqual(['sessions/undated/one.jsonl']);
    expect(mira.git('rev-list', '--count', BRANCH)).toBe('1');
    const head = mira.git('rev-parse', BRANCH);
    expect(await mira.publish()).toMatchObject({ published: 0, unchanged: 1, head });
    mira.save('one', 'a', 'b');
    mira.save('two', 'c');
    expect(await mira.publish()).toMatchObject({ published: 1, grown: 1, unchanged: 0 });
    expect(mira.git('show', `${BRANCH}:sessions/undated/one.jsonl`).split('\n')).toHaveLength(3);
    expect(mira.git('status', '--porcelain')).toBe('');
    expect(mira.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  });

  it('keeps what everybody published, whoever was first, and what only our own branch held', async () => {
    const server = bare();
    const [mira, noor] = [await person('mira', server), await person('noor', server)];
    mira.save('of-mira', 'a');
    await mira.publish();
    mira.save('gone', 'b');
    await mira.publish();
    removeSession(mira.layout, { id: 'gone', path: 'undated/gone.jsonl' }, now().toISOString());
    noor.save('of-noor', 'c');
    expect((await noor.publish('origin')).pushed).toEqual({ remote: 'origin', result: 'created' });
    expect((await mira.publish(null)).pushed).toEqual({ remote: 'origin', result: 'updated' });
    const all = ['sessions/undated/gone.jsonl', 'sessions/undated/of-mira.jsonl', 'sessions/undated/of-noor.jsonl'];
    expect(mira.tree()).toEqual(all);
    expect(runGit(server, ['ls-tree', '-r', '--name-only', BRANCH]).split('\n')).toEqual(all);
    expect((await noor.publish('origin')).pushed?.result).toBe('current');
  });

  it('tries again where somebody was faster between its look at the server and its push', async () => {
    const server = bare();
    const [mira, noor] = [await person('mira', server), await person('noor', server)];
    mira.save('of-mira', 'a');
    noor.save('of-noor', 'b');
    await noor.publish();
    let looks = 0;
    const report = await mira.publish('origin', () => {
      if (looks++ === 0) noor.git('push', '--quiet', 'origin', BRANCH);
    });
    expect(looks).toBe(2);
    expect(report.pushed).toEqual({ remote: 'origin', result: 'updated' });
    const all = ['sessions/undated/of-mira.jsonl', 'sessions/undated/of-noor.jsonl'];
    expect(runGit(server, ['ls-tree', '-r', '--name-only', BRANCH]).split('\n')).toEqual(all);
  });

  it('two people’s parts of one session become one, and both have it after a fetch', async () => {
    const server = bare();
    const [mira, noor] = [await person('mira', server), await person('noor', server)];
    mira.save('shared', 'a');
    noor.save('shared', 'a', 'b');
    await mira.publish('origin');
    expect(await noor.publish('origin')).toMatchObject({ grown: 1 });
    expect(await mira.fetch()).toMatchObject({ imported: 0, updated: 1 });
    expect(await mira.fetch()).toMatchObject({ updated: 0, unchanged: 1 });
    expect(await mira.publish('origin')).toMatchObject({ grown: 0, unchanged: 1 });
  });

  it('leaves a branch of that name alone that holds other files, and one that is checked out', async () => {
    const mira = await person('mira');
    mira.save('one', 'a');
    mira.git('branch', BRANCH, 'main');
    await expect(mira.publish()).rejects.toThrow(/holds other files/);
    mira.git('branch', '-D', BRANCH);
    await mira.publish();
    mira.git('checkout', '--quiet', BRANCH);
    mira.save('two', 'b');
    await expect(mira.publish()).rejects.toThrow(UserError);
    expect(mira.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('fetch passes over what was removed here, what lies under a wrong name, and what is no transcript', async () => {
    const server = bare();
    const [mira, noor] = [await person('mira', server), await person('noor', server)];
    for (const id of ['one', 'two']) mira.save(id, 'a');
    await mira.publish('origin');
    mira.git('checkout', '--quiet', BRANCH);
    mira.git('mv', 'sessions/undated/two.jsonl', 'sessions/undated/three.jsonl');
    mira.write('sessions/undated/four.jsonl', 'hello\n');
    mira.git('add', '-f', '.');
    mira.git('commit', '--quiet', '-m', 'x');
    mira.git('push', '--quiet', 'origin', BRANCH);
    const report = await noor.fetch(new Map([['one', '2026-11-20T00:00:00.000Z']]));
    expect(report.imported).toBe(0);
    expect(report.skipped.map(({ reason }) => reason).join('\n')).toMatch(
      /removed here[\s\S]*damaged[\s\S]*another name/,
    );
    expect(noor.ids()).toEqual([]);
    expect((await noor.fetch()).imported).toBe(1);
  });

  it('a server without sessions is an answer, and one that is gone a clean failure', async () => {
    const mira = await person('mira', bare());
    expect(await mira.fetch()).toMatchObject({ commit: null, imported: 0 });
    const lost = await person('noor', '/nowhere/at/all.git');
    lost.save('one', 'a');
    await expect(lost.fetch()).rejects.toThrow(UserError);
    await expect(lost.publish('origin')).rejects.toThrow(UserError);
  });
});
