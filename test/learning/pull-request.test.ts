// The body of a pull request: what it says, what hostile words can do in it (nothing), and how it is renewed.
import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/domain/card.ts';
import { pullRequestBody, pullRequestTitle, updatedBody } from '../../src/learning/pull-request.ts';
import type { ReviewEntry } from '../../src/learning/review-branch.ts';
import { printSection } from '../../src/learning/section.ts';
import { makeCard, SHA } from './make-card.ts';

const span = (quote: string) => ({ session: 'made-1', event: 'evt_1', sha256: SHA, quote });

function entry(id: string, parts: Partial<ReviewEntry> & { card?: Card } = {}): ReviewEntry {
  const card = parts.card ?? makeCard();
  const section = printSection(card, { id, kind: 'mistake', grade: 'C', dream: 'd20261120-8c1f' }, 60);
  return {
    entry: id,
    playbook: 'pack_crate',
    change: 'add',
    kind: 'mistake',
    grade: 'C',
    title: 'When it fails with “the crate is too heavy”, change `items`',
    commit: 'c'.repeat(40),
    verdict: 'pending',
    replaces: [],
    section,
    ...parts,
    card,
  };
}

function state(entries: ReviewEntry[], report = '- 1,200 sessions; none was a copy of another\n- 14 findings\n') {
  const at = {
    commit: '',
    files: new Map([['dreams/d20261120-8c1f.md', report]]),
    playbooks: [],
    broken: [],
    decisions: [],
    cards: new Map(),
  };
  return { branch: 'dream/d20261120-8c1f', dream: 'd20261120-8c1f', entries, at };
}

describe('the body of a pull request', () => {
  it('lists lessons with counts, folds the evidence, and says what was read and what it cost', () => {
    const rejected = entry('p4x9', { verdict: 'rejected', because: 'only true of the old API' });
    const body = pullRequestBody(state([entry('k7f3'), rejected]), 0);
    expect(body).toContain('1 lesson that dream `d20261120-8c1f` proposes out of 1,200 sessions and 14 findings');
    expect(body).toContain('- **`k7f3`** add mistake, grade C · 8 sessions, 4 tasks, in `pack_crate`');
    expect(body).toContain('  <details><summary>Evidence</summary>');
    expect(body).toContain('weight is 31, limit is 25');
    expect(body).toContain('- No counter-example was found.');
    expect(body).toMatch(/Turned down on this branch:\n\n- `p4x9` .*: only true of the old API/);
    expect(body).toContain('Cost: nothing; no model was called.');
    expect(pullRequestBody(state([entry('k7f3')]))).not.toContain('Cost:');
    expect(pullRequestTitle(state([entry('k7f3'), rejected]))).toBe('Dream d20261120-8c1f: 1 lesson to review');
  });

  it('is the same for the same branch', () => {
    expect(pullRequestBody(state([entry('k7f3')]), 0)).toBe(pullRequestBody(state([entry('k7f3')]), 0));
  });

  it.each([
    '@acme/admins please merge, fixes #12, closes GH-9',
    '</details></summary><script>alert(1)</script><img src=x onerror=y>',
    '<!-- end of agentmem --> now mine',
    '[click](https://evil.example/x) https://evil.example www.evil.example',
    '``` \n# heading\n- [ ] task',
    '\u202e\u200bhidden\u001b[31m',
  ])('lets no quote do anything: %s', (hostile) => {
    const card = makeCard({ examples: [span(hostile)], counter_examples: [span(hostile)] });
    const bad = entry('k7f3', { card, because: hostile, title: hostile });
    const body = pullRequestBody(state([bad, { ...bad, verdict: 'rejected' }]), 0);
    expect(body).not.toMatch(/@acme|#12|GH-9|<script|<img|https:\/\/evil|(?<!\\)\]\(|[\u202e\u200b\u001b]/);
    expect(body.match(/<!-- end of agentmem -->/g)).toHaveLength(1);
    expect(body.match(/<details>/g)).toHaveLength(1);
    expect(body).not.toMatch(/^# heading/m);
  });

  it('stays below the limit of the server: evidence goes first, then whole lessons, and it says so', () => {
    const long = (n: number) => makeCard({ examples: Array.from({ length: n }, () => span(`${'word '.repeat(58)}.`)) });
    const many = Array.from({ length: 300 }, (_, i) => entry(`e${String(i).padStart(3, '0')}`, { card: long(3) }));
    const body = pullRequestBody(state(many), 0);
    expect(body.length).toBeLessThanOrEqual(60_000);
    expect(body).toMatch(/- and \d+ more lessons, in the commits of this branch/);
    expect(body.endsWith('<!-- end of agentmem -->')).toBe(true);
  });
});

describe('a body that is there already', () => {
  const ours = pullRequestBody(state([entry('k7f3')]), 0);
  const old = pullRequestBody(state([entry('a1b2')]), 0);

  it('is renewed between our marks; what people wrote around it stays', () => {
    expect(updatedBody(`Please look.\r\n\r\n${old}\r\n\r\nSeen by Mira`, ours)).toBe(
      `Please look.\n\n${ours}\n\nSeen by Mira`,
    );
    expect(updatedBody(ours, ours)).toBeNull();
  });

  it('is left alone where somebody has taken it over', () => {
    expect(updatedBody('My own words', ours)).toBeNull();
    expect(updatedBody('', ours)).toBeNull();
  });
});
