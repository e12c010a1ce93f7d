// Other people's real transcripts through the built command, where they lie beside the project: import, dream, evidence.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome, SHARED } from '../support/agent.ts';

interface Dreamed {
  branch: string;
  changes: { entry: string; playbook: string; kind: string; title: string; sessions: number; tasks: number }[];
}
interface Reviewed {
  entries: { title: string; section: string; evidence: { verified: string }[] }[];
}

describe.skipIf(!existsSync(SHARED))('real transcripts', () => {
  let home: Home;
  let repo: string;
  let dreamed: Dreamed;
  let reviewed: Reviewed;
  beforeAll(() => {
    home = makeHome();
    repo = home.memory('real');
    home.json(repo, 'import', join(SHARED, 'tau-bench'), join(SHARED, 'claude-code'), '--json');
    dreamed = home.json<Dreamed>(repo, 'dream', '--projects', 'all', '--json');
    reviewed = home.json<Reviewed>(repo, 'review', '--json');
  });
  afterAll(() => home?.remove());

  it('teach first that a payment that does not add up wants another payment_methods', () => {
    const first = dreamed.changes.find((c) => c.kind === 'mistake');
    expect(first).toMatchObject({ playbook: 'book_reservation', sessions: 13, tasks: 6 });
    expect(first?.title).toBe('When it fails with “payment amount does not add up”, change `payment_methods`');
  });

  it('teach that a file is read before it is edited', () => {
    expect(dreamed.changes.some((c) => c.playbook === 'edit' && c.title.endsWith('call `Read` first'))).toBe(true);
  });

  it('teach nothing about handing over, and nothing that was only injected', () => {
    const text = reviewed.entries.map((e) => e.section).join('\n');
    expect(text).not.toMatch(/transfer|human|caveman|skill|reminder/i);
  });

  it('are cited so that every quote resolves to its stored line', () => {
    const spans = reviewed.entries.flatMap((e) => e.evidence);
    expect(spans.length).toBeGreaterThanOrEqual(dreamed.changes.length);
    expect(spans.filter((s) => s.verified !== 'here')).toEqual([]);
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
  });
});
