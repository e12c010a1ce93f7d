// Templates: one mistake, one key, in any order of sessions and from one day to the next.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readingOf } from '../../src/mining/error-reading.ts';
import { buildTemplates } from '../../src/mining/templates.ts';

function indexOf(items: Iterable<{ tool: string; error: string }>) {
  const { templates, templateOf } = buildTemplates(
    [...items].map(({ tool, error }) => ({ tool, reading: readingOf(error) })),
  );
  return { templates, templateOf: (tool: string, error: string) => templateOf(tool, readingOf(error)) };
}

const errors = [
  { tool: 'land', error: 'Error: fuel sum does not add up, need 305, but have 255' },
  { tool: 'land', error: 'Error: fuel sum does not add up, need 12, but have 9' },
  { tool: 'land', error: 'Error: site QX417 not open on date 2031-02-28' },
  { tool: 'scan', error: 'Error: site QX417 not open on date 2031-02-28' },
  { tool: 'edit', error: '<tool_error>Text not found in plan.\nText: one</tool_error>' },
  { tool: 'edit', error: '<tool_error>Text not found in plan.\nText: "two" and 3</tool_error>' },
  { tool: 'sh', error: 'Exit code 1\nfatal: branch luna is locked by crew' },
  { tool: 'sh', error: 'Exit code 2\nfatal: branch luna is locked by crew' },
  { tool: 'sh', error: '' },
];

describe('buildTemplates', () => {
  it('makes one template of one mistake, whatever the values', () => {
    const index = indexOf(errors);
    const texts = errors.map(({ tool, error }) => index.templateOf(tool, error)?.text);
    expect(texts).toEqual([
      'Error: fuel sum does not add up, need <num>, but have <num>',
      'Error: fuel sum does not add up, need <num>, but have <num>',
      'Error: site <id> not open on date <date>',
      'Error: site <id> not open on date <date>',
      'Text not found in plan.',
      'Text not found in plan.',
      'Exit code 1: fatal: branch luna is locked by crew',
      'Exit code 2: fatal: branch luna is locked by crew',
      undefined,
    ]);
    expect(new Set(index.templates.map((t) => t.key)).size).toBe(6);
  });

  it('keeps tools apart', () => {
    const index = indexOf(errors);
    const error = 'Error: site QX417 not open on date 2031-02-28';
    expect(index.templateOf('land', error)?.key).not.toBe(index.templateOf('scan', error)?.key);
  });

  it('finds the template of an error that was not indexed, if it fills one exactly', () => {
    const index = indexOf(errors);
    const other = index.templateOf('land', 'Error: site ZZ900 not open on date 2040-01-01');
    expect(other).toBe(index.templateOf('land', errors[2]?.error ?? ''));
    expect(index.templateOf('land', 'Error: site is on fire')).toBeUndefined();
    expect(index.templateOf('dock', 'Error: site ZZ900 not open on date 2040-01-01')).toBeUndefined();
  });

  it('gives the same templates in whatever order and how often the errors come', () => {
    const expected = indexOf(errors).templates;
    fc.assert(
      fc.property(fc.shuffledSubarray([...errors, ...errors], { minLength: errors.length * 2 }), (items) => {
        expect(indexOf(items).templates).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a key when a value changes its kind and when other errors arrive', () => {
    const key = (items: { tool: string; error: string }[]) =>
      indexOf(items).templateOf('land', 'Error: probe 17 lost contact with relay 4')?.key;
    const today = [{ tool: 'land', error: 'Error: probe 17 lost contact with relay 4' }];
    const tomorrow = [
      ...today,
      { tool: 'land', error: 'Error: probe QX417 lost contact with relay 4' },
      { tool: 'land', error: 'Error: probe "the red one" lost contact with relay /dev/r4' },
      { tool: 'land', error: 'Error: antenna is broken' },
      ...errors,
    ];
    expect(key(today)).toBeDefined();
    expect(key(tomorrow)).toBe(key(today));
  });

  it('shows a wildcard where the kind of value differs', () => {
    const index = indexOf([
      { tool: 'land', error: 'probe 17 lost contact' },
      { tool: 'land', error: 'probe QX417 lost contact' },
    ]);
    expect(index.templates.map((t) => t.text)).toEqual(['probe <*> lost contact']);
  });

  it('says what all of very many lines have in common, in whatever order they come', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      tool: 'land',
      error: `probe 17 lost contact with "${i}th"`,
    }));
    const odd = { tool: 'land', error: 'probe QX417 lost contact with "none"' };
    const textsOf = (items: { tool: string; error: string }[]) => indexOf(items).templates.map((t) => t.text);
    expect(textsOf(many)).toHaveLength(1);
    expect(textsOf([...many, odd])).toEqual(textsOf([odd, ...many]));
    expect(textsOf([...many, odd])[0]).toMatch(/^probe <\*> lost/);
  });

  it('keeps a template of another origin that hands down no exit code, where a code names the error', () => {
    const index = indexOf([
      { tool: 'sh', error: 'Exit code 2\na.ts(5,1): error TS2345: bad argument' },
      { tool: 'sh', error: 'b.ts(7,9): error TS2345: bad argument' },
    ]);
    expect(index.templates).toHaveLength(1);
  });
});

const airline = new URL('../../../shared/data/tau-bench/gpt-4o-airline.json', import.meta.url);
describe.skipIf(!existsSync(airline))('on the airline runs', () => {
  it('finds the counts that are known of them', () => {
    const sessions: { traj: { role: string; name?: string; content?: string | null }[] }[] = JSON.parse(
      readFileSync(airline, 'utf8'),
    );
    const found = sessions.flatMap(({ traj }, session) =>
      traj.flatMap(({ role, name, content }) =>
        role === 'tool' && content?.startsWith('Error') ? [{ session, tool: name ?? '', error: content }] : [],
      ),
    );
    const index = indexOf(found);
    const counts = new Map<string, { events: number; sessions: Set<number> }>();
    for (const { session, tool, error } of found) {
      const key = index.templateOf(tool, error)?.key ?? '';
      const count = counts.get(key) ?? { events: 0, sessions: new Set() };
      counts.set(key, { events: count.events + 1, sessions: count.sessions.add(session) });
    }
    const ranked = [...counts.values()]
      .map((c) => [c.events, c.sessions.size])
      .sort((a, b) => (b[0] ?? 0) - (a[0] ?? 0));
    expect(found).toHaveLength(73);
    expect(ranked.slice(0, 4)).toEqual([
      [24, 13],
      [15, 5],
      [11, 5],
      [8, 7],
    ]);
    expect(index.templates).toHaveLength(10);
  });
});
