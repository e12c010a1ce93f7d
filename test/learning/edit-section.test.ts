// What a person may write into a lesson: everything that stays one section; the mark is mended, never lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlaybook, parseSection } from '../../src/domain/playbook.ts';
import { editedSection, sectionFaults, swallowsWhatFollows } from '../../src/learning/edit-section.ts';

const MARK = '<!-- entry k7f3 kind=mistake grade=C since=2026-11-20 dream=d1 -->';
const ORIGINAL = `## When it fails\n${MARK}\n\nDo this.\n`;
const edited = (text: string) => editedSection(ORIGINAL, text);

describe('editedSection', () => {
  it('takes new words and keeps the mark', () => {
    expect(edited(`\n## Better\r\n${MARK}\r\n\r\nDo that.\r\n\r\n`)).toBe(`## Better\n${MARK}\n\nDo that.\n`);
  });

  it.each([
    ['deleted', '## Better\n\nDo that.\n'],
    ['broken', '## Better\n<!-- entry k7 f3 -->\n\nDo that.\n'],
    ['another one’s', '## Better\n<!-- entry zzzz kind=fact grade=A dream=d9 -->\n\nDo that.\n'],
    ['there twice', `## Better\n${MARK}\n${MARK}\n\nDo that.\n`],
  ])('puts a mark back that was %s', (_how, text) => {
    expect(edited(text)).toBe(`## Better\n${MARK}\n\nDo that.\n`);
  });

  it('lets a person pin, date and scope a lesson', () => {
    const mark = '<!-- entry k7f3 kind=mistake grade=C pinned expires=2027-01-31 scope=ci -->';
    expect(parseSection(edited(`## Better\n${mark}\n\nDo that.\n`)).mark).toEqual({
      ...parseSection(ORIGINAL).mark,
      pinned: true,
      expires: '2027-01-31',
      scope: 'ci',
    });
  });

  it.each([
    ['nothing', ' \n', /empty/],
    ['two sections', '## A\n\n## B\n', /2 sections/],
    ['text above its heading', 'Words.\n\n## A\n', /heading/],
    ['no heading', 'Words.\n', /heading/],
    ['front matter', '---\na: b\n---\n## A\n', /heading/],
    ['an open code fence', '## A\n\n```\ncode\n', /never closed/],
    ['an open comment', '## A\n\n<!-- hm\n', /never closed/],
    ['a comment that opens in the heading and hides another', '## A<!--\n## B -->\n', /2 sections/],
    ['a broken predicate', '## A\n<!-- predicate {"when":1} -->\n\nDo.\n', /predicate/],
    ['no plain text', '## A\n\n\0\n', /plain text/],
  ])('refuses %s', (_what, text, why) => {
    expect(() => edited(text)).toThrow(why);
  });

  it('whatever is taken is one section of the same name that lets the next one be', () => {
    const piece = fc.constantFrom(
      '## ',
      '# ',
      '```',
      '~~~',
      '<!--',
      '-->',
      '---',
      '\n',
      ' ',
      'a',
      'entry k7f3',
      MARK,
      '<details>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        let section: string;
        try {
          section = edited(`## T${pieces.join('')}`);
        } catch {
          return;
        }
        const { preamble, sections } = parsePlaybook(
          'x',
          `# x\n\n${section}\n## Next\n<!-- entry next kind=fact grade=C -->\n`,
        );
        expect(preamble).toBe('# x\n\n');
        expect(sections.map((s) => s.mark?.id)).toEqual(['k7f3', 'next']);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is wrong with a section', () => {
  it('names marks and predicates that cannot be read, and nothing further down', () => {
    const faults = (lead: string) => sectionFaults(parseSection(`## A\n${lead}\n\nWords.\n<!-- entry bad -->\n`));
    expect(faults(MARK)).toEqual([]);
    expect(faults('<!-- entry K7F3 kind=mistake grade=C -->')).toEqual(['its mark cannot be read']);
    expect(faults(`${MARK}\n<!-- predicate {} -->`)).toEqual(['its predicate cannot be read']);
  });

  it('knows text that would swallow what follows', () => {
    expect(swallowsWhatFollows(ORIGINAL)).toBe(false);
    expect(swallowsWhatFollows(`${ORIGINAL}\n~~~\n`)).toBe(true);
  });
});
