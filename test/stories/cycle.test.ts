// One whole turn of the cycle through the built command: init, import, dream, diff, review, merge, and back to the evidence.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';

interface Dreamed {
  status: string;
  branch: string;
  head: string;
  base: string;
  changes: {
    entry: string;
    playbook: string;
    title: string;
    commit: string;
    change: string;
    grade: string;
    sessions: number;
    tasks: number;
  }[];
  withheld: { claim: string; reason: string }[];
}
interface Reviewed {
  behind: number;
  entries: { entry: string; verdict: string; evidence: { verified: string; quote: string }[] }[];
}

let home: Home;
let repo: string;
let dreamed: Dreamed;

beforeAll(() => {
  home = makeHome();
  repo = home.memory('teahouse');
});
afterAll(() => home.remove());

describe('one turn of the cycle', () => {
  it('imports the transcripts, and importing again changes nothing', () => {
    const first = home.json<{ imported: number; sessions: { outcome: unknown; tool_errors: number }[] }>(
      repo,
      'import',
      EXAMPLE,
      '--json',
    );
    expect(first.imported).toBe(6);
    expect(first.sessions.reduce((sum, s) => sum + s.tool_errors, 0)).toBe(12);
    const again = home.json<{ imported: number; updated: number; unchanged: number }>(
      repo,
      'import',
      EXAMPLE,
      '--json',
    );
    expect(again).toMatchObject({ imported: 0, updated: 0, unchanged: 6 });
  });

  it('a dry run says what would be learned and writes nothing', () => {
    const refs = home.git(repo, 'for-each-ref');
    const plan = home.json<Dreamed>(repo, 'dream', '--dry-run', '--json');
    expect(plan.changes.length).toBeGreaterThan(0);
    expect(plan.branch).toBeNull();
    expect(home.git(repo, 'for-each-ref')).toBe(refs);
    expect(
      home.json<{ sessions: { new_since_dream: number } }>(repo, 'status', '--json').sessions.new_since_dream,
    ).toBe(6);
  });

  it('dreams a branch of one commit a lesson and one for the report', () => {
    dreamed = home.json<Dreamed>(repo, 'dream', '--json');
    expect(dreamed.status).toBe('completed');
    expect(dreamed.branch).toMatch(/^dream\/d20261116-[0-9a-z]{4}$/);
    const log = home.git(repo, 'log', '--format=%H %s', `main..${dreamed.branch}`).split('\n');
    expect(log).toHaveLength(dreamed.changes.length + 1);
    for (const change of dreamed.changes) {
      expect(change).toMatchObject({ change: 'add', grade: 'C' });
      expect(change.sessions).toBeGreaterThanOrEqual(3);
      expect(change.tasks).toBeGreaterThanOrEqual(2);
      const files = home.git(repo, 'show', '--name-only', '--format=', change.commit).split('\n');
      expect(files).toEqual([`.agentmem/playbooks/${change.playbook}.md`]);
      const message = home.git(repo, 'show', '-s', '--format=%B', change.commit);
      expect(message).toContain(`Agentmem-Entry: ${change.entry}`);
      expect(message).toContain('Agentmem-Change: add');
    }
  });

  it('learns what the transcripts show and nothing from injected text', () => {
    const diff = home.agent(repo, 'diff', '--all').stdout;
    expect(diff).toContain('debits and credits differ');
    expect(diff).toContain('`lines`');
    expect(diff).toContain('Read');
    expect(diff).not.toContain('haiku');
    expect(diff).not.toContain('delete the ledger');
  });

  it('a second dream over the same sessions proposes nothing twice', () => {
    const again = home.json<Dreamed>(repo, 'dream', '--json');
    expect(again.branch).toBeNull();
    expect(again.changes).toEqual([]);
    expect(again.withheld.some((w) => w.reason.includes(dreamed.branch))).toBe(true);
  });

  it('how long a branch waits counts from when it was dreamed, not from its newest session', () => {
    const { pending } = home.json<{ pending: { branch: string; entries: number; age: number }[] }>(
      repo,
      'status',
      '--json',
    );
    expect(pending).toEqual([{ branch: dreamed.branch, entries: dreamed.changes.length, age: 0 }]);
  });

  it('review checks every quote against the stored line', () => {
    const review = home.json<Reviewed>(repo, 'review', '--json');
    expect(review.entries.map((e) => e.entry)).toEqual(dreamed.changes.map((c) => c.entry));
    const spans = review.entries.flatMap((e) => e.evidence);
    expect(spans.length).toBeGreaterThanOrEqual(dreamed.changes.length);
    expect(new Set(spans.map((s) => s.verified))).toEqual(new Set(['here']));
  });

  it('turning a lesson down takes its section off the branch and is remembered', () => {
    const victim = dreamed.changes[0];
    const before = home.git(repo, 'rev-parse', dreamed.branch);
    const review = home.json<Reviewed>(
      repo,
      'review',
      '--reject',
      victim?.entry ?? '',
      '--because',
      'only true here',
      '--json',
    );
    expect(review.entries.find((e) => e.entry === victim?.entry)?.verdict).toBe('rejected');
    expect(home.git(repo, 'rev-parse', `${dreamed.branch}^`)).toBe(before);
    const files = home.git(repo, 'ls-tree', '-r', '--name-only', dreamed.branch);
    const playbooks = files.split('\n').filter((f) => f.includes('/playbooks/'));
    for (const file of playbooks)
      expect(home.git(repo, 'show', `${dreamed.branch}:${file}`)).not.toContain(`entry ${victim?.entry} `);
    const decisions = home.git(repo, 'show', `${dreamed.branch}:.agentmem/decisions.jsonl`);
    expect(JSON.parse(decisions)).toMatchObject({
      entry: victim?.entry,
      verdict: 'rejected',
      because: 'only true here',
    });
  });

  it('merges into the checked-out memory branch as an ordinary merge, and what is in force can be explained', () => {
    const accepted = home.agent(repo, 'review', '--accept', 'all');
    expect(accepted.code).toBe(0);
    const merged = home.json<{ way: string; entries: string[]; undecided: string[] }>(repo, 'merge', '--json');
    expect(merged).toMatchObject({ way: 'checkout', undecided: [] });
    expect(merged.entries).toHaveLength(dreamed.changes.length - 1);
    expect(home.git(repo, 'status', '--porcelain')).toBe('');
    const listed = home.json<{ entry: string }[]>(repo, 'playbooks', 'list', '--json');
    expect(listed.map((e) => e.entry).sort()).toEqual([...merged.entries].sort());
    const why = home.json<{
      commits: { commit: string }[];
      evidence: { verified: string; file: string; line: number; sha256: string; quote: string }[];
    }>(repo, 'playbooks', 'why', (merged.entries[0] ?? '').slice(0, 3), '--json');
    expect(why.commits).toHaveLength(1);
    for (const span of why.evidence) {
      const line = readFileSync(span.file, 'utf8').split('\n')[span.line - 1] ?? '';
      expect(line).toContain(JSON.stringify(span.quote).slice(1, -1));
    }
  });

  it('what was turned down stays down, and what is in force is not proposed again', () => {
    const third = home.json<Dreamed>(repo, 'dream', '--json');
    expect(third.branch).toBeNull();
    const reasons = third.withheld.map((w) => w.reason).join('\n');
    expect(reasons).toMatch(/turned down/);
    expect(reasons).toMatch(/in force/);
  });

  it('status counts what is stored, in force and waiting', () => {
    const status = home.json<{ entries: number; pending: unknown[]; sessions: object }>(repo, 'status', '--json');
    expect(status.entries).toBe(dreamed.changes.length - 1);
    expect(status.pending).toEqual([]);
    expect(status.sessions).toEqual({ total: 6, ungraded: 6, new_since_dream: 0 });
  });

  it('sessions can be listed, shown, searched and verified', () => {
    const list = home.json<{ id: string }[]>(repo, 'sessions', 'list', '--json');
    expect(list).toHaveLength(6);
    expect(list[0]).toMatchObject({ type: 'session.created', session: list[0]?.id, version: 1 });
    const shown = home.agent(repo, 'sessions', 'show', list[0]?.id ?? '');
    expect(shown.stdout).toContain('make tests');
    const hits = home.json<{ session: string }[]>(repo, 'sessions', 'search', 'No rule to make', '--json');
    expect(new Set(hits.map((h) => h.session)).size).toBe(3);
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
  });

  it('the working memory is where --dir says', () => {
    expect(home.agent(home.dir, 'status').code).toBe(2);
    expect(home.agent(home.dir, '--dir', join(repo, '.agentmem'), 'status').code).toBe(0);
  });
});
