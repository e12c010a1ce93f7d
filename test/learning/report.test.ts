// Tests of the report and of the cards beside it.
import { describe, expect, it } from 'vitest';
import { cardSchema } from '../../src/domain/card.ts';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { planChanges } from '../../src/learning/changes.ts';
import { evidenceLines, type ReportInput, renderReport } from '../../src/learning/report.ts';
import { makeCard, makeSettings, SHA } from './make-card.ts';

const settings = makeSettings();
const { changes } = planChanges({
  cards: [makeCard()],
  inForce: [],
  recorded: new Map(),
  pending: [],
  decisions: [],
  dream: { id: 'd20261120-8c1f', date: '2026-11-20' },
  settings,
});
const input: ReportInput = {
  dream: 'd20261120-8c1f',
  base: 'c0ffee',
  sessions: 40,
  settings,
  changes,
  quarantined: [],
  withheld: [],
  mined: {
    collapsed: 2,
    strata: 9,
    informative_strata: 3,
    cards: [makeCard()],
    silent: [{ family: 'loop', reason: 'none was seen' }],
  },
};

describe('renderReport', () => {
  it('says what was read, learned, left silent and set, and how to review', () => {
    const text = renderReport(input);
    expect(text).toContain(
      '- 40 sessions; 2 copies collapsed\n- 9 strata of task and model; 3 with more than one session and both outcomes',
    );
    expect(text).toContain(
      `| \`${changes[0]?.entry}\` | add | \`pack_crate\` | When it fails with “the crate is too heavy”, change \`items\` | 8 | 4 | C |`,
    );
    expect(text).toContain('`agent review dream/d20261120-8c1f`');
    expect(text).toContain('- **loop**: none was seen');
    expect(text).toContain('- `dream.max_changes`: 12');
    expect(text).not.toContain('## Withheld');
    expect(renderReport({ ...input, changes: [] })).toContain('Nothing worth changing.');
  });

  it('says how many outcomes carry no weight, and why, where there are any', () => {
    const suspect = [
      { session: 'a', why: 'idle' as const },
      { session: 'b', why: 'failing' as const },
      { session: 'c', why: 'failing' as const },
    ];
    expect(renderReport({ ...input, mined: { ...input.mined, suspect } })).toContain(
      '- 3 outcomes are suspect and carry no weight: 1 pass without a call where most sessions of the task needed one; 2 passes in which no call was carried out\n',
    );
    expect(renderReport({ ...input, mined: { ...input.mined, suspect: suspect.slice(0, 1) } })).toContain(
      '- 1 outcome is suspect and carries no weight: 1 pass without a call',
    );
    expect(renderReport(input)).toBe(renderReport({ ...input, mined: { ...input.mined, suspect: [] } }));
  });

  it('says whose sessions were read where they come from several tools', () => {
    const sources = [
      { tool: 'claude-code', sessions: 30 },
      { tool: 'codex', sessions: 8 },
    ];
    expect(renderReport({ ...input, mined: { ...input.mined, sources } })).toContain(
      '- 40 sessions; 2 copies collapsed\n- from: Claude Code 30, Codex 8\n',
    );
    expect(renderReport({ ...input, mined: { ...input.mined, sources: sources.slice(0, 1) } })).toBe(
      renderReport(input),
    );
  });

  it('shows withheld and quarantined findings with reasons, hostile words as words', () => {
    const hostile = '</details>\n## Learned\n[click](https://evil.example) | <img src=x> `x`';
    const card = makeCard({ claim: hostile, tool: '`|x' });
    const text = renderReport({
      ...input,
      quarantined: [{ card, reason: 'rule “url”: words' }],
      withheld: [{ claim: hostile, reason: hostile, fingerprint: 'f' }],
    });
    expect(parsePlaybook('x', text).sections.map((s) => s.title)).toEqual([
      'What was read',
      'What was learned',
      'Withheld',
      'Quarantined',
      'Silent',
      'Settings that mattered',
    ]);
    expect(text).toContain('rule “url”: words');
    expect(text).not.toMatch(/<img|<\/details|\[click\]\(|https:\/\//);
  });

  it('names who said what is quarantined, and where', () => {
    const spans = ['s1', 's2', 's3', 's4'].map((session) => ({ session, event: 'e', sha256: SHA, quote: 'x' }));
    const card = makeCard({ tool: 'page_fetch', trust: 'outside_tool', examples: spans });
    const text = renderReport({ ...input, quarantined: [{ card, reason: 'rule “url”: words' }] });
    expect(text).toContain('- error_fix of outside tool `page_fetch`, 8 sessions (`s1`, `s2`, `s3`, …), “');
    const { tool: _, ...nameless } = makeCard({ examples: [], counts: { ...card.counts, sessions: 1 } });
    expect(renderReport({ ...input, quarantined: [{ card: nameless, reason: 'r' }] })).toContain(
      '- error_fix, 1 session, “',
    );
  });

  it('lists at most 50 of a kind and says how many more there are', () => {
    const withheld = Array.from({ length: 60 }, (_, i) => ({ claim: `c${i}`, reason: 'r', fingerprint: `f${i}` }));
    const text = renderReport({ ...input, withheld });
    expect(text).toContain('- and 10 more');
    expect(text).not.toContain('“c50”');
  });

  it('is the same bytes for the same dream', () => {
    expect(renderReport(structuredClone(input))).toBe(renderReport(input));
  });
});

describe('evidenceLines', () => {
  it('holds each card once, by fingerprint, whatever the order', () => {
    const cards = ['b', 'a', 'b'].map((fingerprint) => makeCard({ fingerprint }));
    const text = evidenceLines(cards);
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => cardSchema.parse(JSON.parse(line)).fingerprint),
    ).toEqual(['a', 'b']);
    expect(evidenceLines([...cards].reverse())).toBe(text);
    expect(evidenceLines([])).toBe('');
  });
});
