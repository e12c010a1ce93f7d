// Two people share their sessions over one server: both dream over everybody's work and come to the same lessons, byte for byte.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';

interface Dreamed {
  branch: string;
  head: string;
  changes: { entry: string; playbook: string; evidence: { session: string }[] }[];
}
interface Reviewed {
  entries: { evidence: { verified: string }[] }[];
}

const folder = join(EXAMPLE, readdirSync(EXAMPLE)[0] ?? '');
const files = readdirSync(folder)
  .sort()
  .map((name) => join(folder, name));
let mira: Home;
let noor: Home;
let hers: string;
let his: string;

beforeAll(() => {
  mira = makeHome();
  noor = makeHome();
  noor.git(noor.dir, 'config', '--global', 'user.email', 'noor@example.test');
  const server = join(mira.dir, 'server.git');
  mira.git(mira.dir, 'init', '--quiet', '--bare', server);
  hers = mira.memory('tea');
  mira.agent(hers, 'sessions', 'share', 'branch');
  mira.git(hers, 'commit', '--quiet', '-am', 'Share agent sessions: branch');
  mira.git(hers, 'remote', 'add', 'origin', server);
  mira.git(hers, 'push', '--quiet', '-u', 'origin', 'main');
  his = join(noor.dir, 'tea');
  noor.git(noor.dir, 'clone', '--quiet', server, his);
});
afterAll(() => {
  mira.remove();
  noor.remove();
});

describe('sharing sessions', () => {
  let first: Dreamed;

  it('each imports half, publishes it, and fetches the other half with its ids, bytes and person', () => {
    mira.agent(hers, 'import', ...files.slice(0, 3));
    noor.agent(his, 'import', ...files.slice(3));
    expect(mira.json(hers, 'sessions', 'publish', '--push', '--json')).toMatchObject({
      published: 3,
      pushed: { result: 'created' },
    });
    expect(noor.json(his, 'sessions', 'publish', '--push', '--json')).toMatchObject({
      published: 3,
      pushed: { result: 'updated' },
    });
    expect(mira.json(hers, 'sessions', 'fetch', '--json')).toMatchObject({ imported: 3, unchanged: 3, skipped: [] });
    expect(noor.json(his, 'sessions', 'fetch', '--json')).toMatchObject({ imported: 3, unchanged: 3, skipped: [] });
    const list = (home: Home, cwd: string) =>
      home
        .json<{ id: string; by: string; content: string }[]>(cwd, 'sessions', 'list', '--json')
        .map(({ id, by, content }) => ({ id, by, content }));
    expect(list(mira, hers)).toEqual(list(noor, his));
    expect(new Set(list(mira, hers).map(({ by }) => by)).size).toBe(2);
    expect(noor.agent(his, 'sessions', 'verify').code).toBe(0);
  });

  it('both dream the same commits, and the evidence is there on both machines', () => {
    first = mira.json<Dreamed>(hers, 'dream', '--json');
    const second = noor.json<Dreamed>(his, 'dream', '--json');
    expect(first.changes.length).toBeGreaterThan(0);
    expect(second.changes.map((c) => c.entry)).toEqual(first.changes.map((c) => c.entry));
    for (const { playbook } of first.changes) {
      const path = `:.agentmem/playbooks/${playbook}.md`;
      expect(noor.git(his, 'show', `${second.branch}${path}`)).toBe(mira.git(hers, 'show', `${first.branch}${path}`));
    }
    expect(second.head).toBe(first.head);
    for (const [home, cwd] of [
      [mira, hers],
      [noor, his],
    ] as const) {
      const spans = home.json<Reviewed>(cwd, 'review', '--json').entries.flatMap((e) => e.evidence);
      expect(new Set(spans.map((s) => s.verified))).toEqual(new Set(['here']));
    }
  });

  it('a session that a waiting lesson cites is not removed, and one that is removed does not come back by itself', () => {
    const cited = first.changes[0]?.evidence[0]?.session ?? '';
    const refused = noor.agent(his, 'sessions', 'rm', cited, '--yes');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(first.changes[0]?.entry);
    expect(
      noor.json<{ removed: string[] }>(his, 'sessions', 'rm', cited, '--yes', '--force', '--json').removed,
    ).toEqual([cited]);
    const again = noor.json<{ imported: number; skipped: unknown[] }>(his, 'sessions', 'fetch', '--json');
    expect(again).toMatchObject({ imported: 0 });
    expect(again.skipped).toHaveLength(1);
    expect(noor.json(his, 'sessions', 'fetch', '--again', '--json')).toMatchObject({ imported: 1 });
  });
});
