// Tests of where an entry goes, and of the names and front matter of new playbooks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { placeOf, slugOf } from '../../src/learning/placement.ts';
import { readFrontMatter } from '../../src/store/frontmatter.ts';
import { makeCard } from './make-card.ts';

const playbook = (name: string, tools?: string) => ({ name, tools: tools?.split(', ') });

describe('placeOf', () => {
  it('makes one playbook a tool', () => {
    const { name, preamble } = placeOf(makeCard(), []);
    expect(name).toBe('pack_crate');
    expect(preamble).toBe(
      '---\nplaybook: pack_crate\ndescription: Lessons about the tool pack_crate. Read before calling it.\napplies_to: { tools: [pack_crate] }\n---\n\n# pack_crate\n\n',
    );
  });

  it('follows a person who grouped tools otherwise, an exact name before a pattern', () => {
    const books = [playbook('a', 'pack_*'), playbook('b', 'weigh, pack_crate'), playbook('pack_crate', 'other')];
    expect(placeOf(makeCard(), books).name).toBe('b');
    expect(placeOf(makeCard(), books.slice(0, 1)).name).toBe('a');
  });

  it('adds to a playbook that a person wrote under the tool’s name', () => {
    expect(placeOf(makeCard(), [playbook('pack_crate')]).name).toBe('pack_crate');
  });

  it('keeps clear of a name that another tool or a broken file has, in any case of letters', () => {
    expect(placeOf(makeCard(), [playbook('pack_crate', 'other')]).name).toMatch(/^pack_crate-[a-z0-9]{6}$/);
    expect(placeOf(makeCard(), [playbook('Pack_Crate', 'other')]).name).toMatch(/^pack_crate-[a-z0-9]{6}$/);
    expect(placeOf(makeCard(), [], ['PACK_CRATE']).name).toMatch(/^pack_crate-[a-z0-9]{6}$/);
  });

  it('has a place for what belongs to no tool', () => {
    expect(placeOf(makeCard({ kind: 'preference', tool: undefined }), []).name).toBe('preferences');
    expect(placeOf(makeCard({ kind: 'workflow', tool: undefined }), []).name).toBe('general');
  });

  it('prints front matter that reads back exactly, whatever the tool is called', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            'yes',
            'null',
            '12:30',
            '2026-01-02',
            '~',
            '*a',
            '&a',
            '---',
            '# x',
            'a\n---\n## b',
            '\ud800',
            '<!--',
          ),
        ),
        (tool) => {
          const { name, preamble } = placeOf(makeCard({ tool }), []);
          const { data } = readFrontMatter(preamble, 'x.md');
          expect(data).toMatchObject({ playbook: name, applies_to: { tools: [tool] } });
          expect(parsePlaybook(name, preamble).sections).toEqual([]);
          expect(parsePlaybook(name, `${preamble}## A\n`).sections).toHaveLength(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('slugOf', () => {
  it.each([
    ['Read', 'read'],
    ['mcp__a__b', 'mcp__a__b'],
    ['web.search/now', 'web-search-now'],
  ])('of %s is %s', (tool, slug) => {
    expect(slugOf(tool)).toBe(slug);
  });

  it('is never a device, empty, or a name that we use ourselves', () => {
    for (const tool of ['con', 'NUL', 'com1', '', '...', '漢字', 'preferences', 'general', 'x'.repeat(80)])
      expect(slugOf(tool)).toMatch(/^[a-z0-9_-]*-[a-z0-9]{6}$/);
    expect(slugOf('漢')).not.toBe(slugOf('字'));
  });

  it('is always a safe file name', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (tool) => /^[a-z0-9_][a-z0-9_-]{0,63}$/.test(slugOf(tool))));
  });
});
