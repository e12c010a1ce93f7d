// Columns of briefs: what is read back is what was written, whatever words a session uses.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Brief, briefOf, type Whole } from '../../src/store/session-brief.ts';
import { bytesOf, columnsOf, isColumnsHead } from '../../src/store/session-columns.ts';
import { rowsIn } from '../../src/store/stored-brief.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('claude-code', 'a', 'naïve …', '日本'),
);
const words = text.filter((word) => word !== '' && !word.includes('\n'));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const entries: fc.Arbitrary<Whole[]> = fc.array(
  fc
    .record({
      id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,40}$/),
      size: fc.nat(),
      mtimeMs: fc.double({ min: 0, max: 2e12, noNaN: true }),
      at: maybe(fc.oneof(fc.constant('2026-03-01T00:00:01.800Z'), text.filter(Boolean))),
      last_at: maybe(text.filter(Boolean)),
      by: maybe(words),
      dream: maybe(words),
      content: fc.stringMatching(/^[0-9a-f]{0,64}$/),
      source: fc.record({ tool: words, id: maybe(text.filter(Boolean)) }),
      agent: maybe(fc.record({ name: words })),
      model: maybe(words),
      project: maybe(words),
      task: maybe(fc.record({ id: maybe(words), prompt: maybe(text) })),
      suite: maybe(
        fc.record(
          { suite: words, run: words, trial: fc.constant(1), held_out: fc.boolean(), arm: fc.constantFrom('A', 'P') },
          { requiredKeys: ['suite', 'run', 'trial'] },
        ),
      ),
      title: maybe(text),
      outcome: fc.constantFrom('pass' as const, 'fail' as const, null),
      counts: fc.record({ tool_calls: fc.nat(), tool_errors: fc.nat() }),
    })
    // The fields that no brief looks at are left out.
    .map((made) => ({ ...made, path: `2026/03/${made.id}.jsonl` }) as unknown as Whole),
  { maxLength: 20 },
);
// Half of a surrogate pair is stored as UTF-8 stores it.
const stored = (word: string | undefined) => word && Buffer.from(word).toString();
const fields = (brief: Brief) => ({
  ...{
    id: brief.id,
    path: brief.path,
    size: brief.size,
    mtimeMs: brief.mtimeMs,
    at: brief.at,
    last_at: brief.last_at,
    time: brief.time,
  },
  ...{ tool: brief.source.tool, original: brief.source.id, agent: brief.agent, model: brief.model },
  ...{ project: brief.project, task: brief.task, suite: brief.suite, outcome: brief.outcome, counts: brief.counts },
  ...{ title: stored(brief.title), mark: brief.mark, key: brief.key, content: brief.content },
  ...{ by: brief.by, dream: brief.dream },
});

describe('columnsOf', () => {
  it('gives rows that say what the briefs said, and the numbers kept with them', () => {
    fc.assert(
      fc.property(entries, (made) => {
        const briefs = made.map(briefOf);
        const lengths = briefs.map((_, i) => i * 1000);
        const { head, bytes } = columnsOf(briefs, lengths);
        expect(bytes.length).toBe(bytesOf(head));
        const again: unknown = JSON.parse(JSON.stringify(head));
        if (again === null || typeof again !== 'object' || !isColumnsHead(again)) throw new Error('not a head');
        const read = rowsIn(again, new Uint8Array(bytes).buffer, '2026/03');
        expect(read.briefs.map(fields)).toEqual(briefs.map(fields));
        expect([...read.lengths]).toEqual(lengths);
      }),
    );
  });

  it.each([
    {},
    { rows: -1 },
    { rows: 1, words: {}, texts: {} },
    { rows: 1, words: null, texts: [] },
    { rows: 1.5, words: { tool: ['a'] }, texts: { id: 3 } },
  ])('takes nothing else for a head: %j', (value) => {
    expect(isColumnsHead(value)).toBe(false);
  });
});
