// Tests of playbooks as text: what counts as a section, and that every byte comes back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryKinds, grades } from '../../src/domain/card.ts';
import {
  type EntryMark,
  parsePlaybook,
  parseSection,
  printMark,
  printPlaybook,
  printPredicate,
} from '../../src/domain/playbook.ts';

const MARK = '<!-- entry k7f3 kind=mistake grade=C since=2026-11-20 dream=d20261120-8c1f -->';
const PLAYBOOK = `---\nplaybook: crates\n---\n\n# crates\n\n## First\n${MARK}\n\nThe rule.\n\n<details><summary>Evidence</summary>\n\n- quoted\n\n</details>\n\n## Second\n\nBy hand.\n`;

// Lines that a parser could trip over, joined by any line end.
const lines = fc.constantFrom(
  '',
  '# Title',
  '## Heading',
  '## Heading ##',
  '##Not a heading',
  '### Deeper',
  '```',
  '````',
  '~~~',
  '```ts',
  '<!--',
  '-->',
  '<!-- x -->',
  MARK,
  '---',
  '---yaml',
  '- item',
  'text',
  '<details>',
  '</details>',
  '## `code` <!-- open',
  'a --> b <!-- c',
  '\uFEFF',
  '    ## indented',
);
const text = fc
  .array(fc.tuple(fc.oneof(lines, fc.string()), fc.constantFrom('\n', '\r\n', '\n\n', '')), { maxLength: 30 })
  .map((pairs) => pairs.flat().join(''));

describe('a playbook as text', () => {
  it('comes back byte for byte, whatever it holds', () => {
    fc.assert(
      fc.property(text, (t) => printPlaybook(parsePlaybook('x', t)) === t),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (t) => printPlaybook(parsePlaybook('x', t)) === t));
  });

  it('comes back with BOM, CRLF and without a newline at its end', () => {
    for (const t of [`\uFEFF${PLAYBOOK}`, PLAYBOOK.replaceAll('\n', '\r\n'), PLAYBOOK.trimEnd()]) {
      const playbook = parsePlaybook('crates', t);
      expect(printPlaybook(playbook)).toBe(t);
      expect(playbook.sections.map((s) => s.title)).toEqual(['First', 'Second']);
      expect(playbook.sections[0]?.mark?.id).toBe('k7f3');
    }
  });

  it('splits into sections with title, mark and rule, evidence left out of the rule', () => {
    const [first, second] = parsePlaybook('crates', PLAYBOOK).sections;
    expect(first).toMatchObject({
      title: 'First',
      rule: 'The rule.',
      mark: { id: 'k7f3', kind: 'mistake', grade: 'C', since: '2026-11-20' },
    });
    expect(second).toMatchObject({ title: 'Second', rule: 'By hand.' });
    expect(second?.mark).toBeUndefined();
  });

  it('sees no heading in a code fence, a comment or the front matter', () => {
    const t =
      '---\n## yaml comment\n---\n## A\n```md\n## in a fence\n```\n~~~\n## in tildes\n```\n~~~\n<!--\n## in a comment\n-->\n## B\n';
    expect(parsePlaybook('x', t).sections.map((s) => s.title)).toEqual(['A', 'B']);
  });

  it('sees that a comment was opened again on the line that closed one', () => {
    expect(parsePlaybook('x', '## A\n<!--\n--> <!--\n## hidden\n-->\n## B\n').sections.map((s) => s.title)).toEqual([
      'A',
      'B',
    ]);
  });

  it('closes a fence only with a fence as long and of the same kind', () => {
    expect(parsePlaybook('x', '## A\n````\n```\n## in\n````\n## B\n').sections.map((s) => s.title)).toEqual(['A', 'B']);
  });

  it('takes closing hashes off a title and leaves C# alone', () => {
    expect(parseSection('## Title ##\n').title).toBe('Title');
    expect(parseSection('## Build C#\n').title).toBe('Build C#');
    expect(parseSection('##\tTab\r\n').title).toBe('Tab');
  });

  it('reads a long line of blanks in a heading without trouble', () => {
    expect(parseSection(`## a${' '.repeat(200_000)}b\n`).title.length).toBe(200_002);
  });
});

describe('an entry mark', () => {
  it('is read only from the comment lines right under the heading', () => {
    expect(parseSection(`## A\n\n${MARK}\nrule\n`).mark?.id).toBe('k7f3');
    expect(parseSection(`## A\n<!-- predicate {} -->\n${MARK}\n`).mark?.id).toBe('k7f3');
    expect(parseSection(`## A\nwords first\n${MARK}\n`).mark).toBeUndefined();
    expect(parseSection(`## A\n\`\`\`\n${MARK}\n\`\`\`\n`).mark).toBeUndefined();
  });

  it('comes back as it was printed', () => {
    const word = fc.stringMatching(/^[\w.,:/@+*-]{1,12}$/);
    const marks = fc.record(
      {
        id: fc.stringMatching(/^[a-z0-9]{4,6}$/),
        kind: fc.constantFrom(...entryKinds),
        grade: fc.constantFrom(...grades),
        since: word,
        dream: word,
        pinned: fc.constant(true),
        expires: word,
        scope: word,
        trust: word,
      },
      { requiredKeys: ['id', 'kind', 'grade'] },
    );
    fc.assert(
      fc.property(marks, (mark) => {
        expect(parseSection(`## A\n${printMark(mark as EntryMark)}\n`).mark).toEqual(mark);
      }),
    );
  });

  it('cannot be broken by a hostile attribute', () => {
    fc.assert(
      fc.property(fc.string(), (scope) => {
        const section = parsePlaybook(
          'x',
          `## A\n${printMark({ id: 'k7f3', kind: 'fact', grade: 'B', scope })}\nrule\n`,
        ).sections;
        expect(section).toHaveLength(1);
        expect(section[0]?.mark?.id).toBe('k7f3');
        expect(section[0]?.mark?.grade).toBe('B');
      }),
    );
  });

  it('of an unknown kind or grade makes no entry', () => {
    expect(parseSection('## A\n<!-- entry k7f3 kind=spell grade=C -->\n').mark).toBeUndefined();
    expect(parseSection('## A\n<!-- entry k7f3 kind=fact grade=E -->\n').mark).toBeUndefined();
  });
});

describe('a predicate', () => {
  it('comes back whatever its values hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (tool, value) => {
        const predicate = { when: [], then: { tool, op: '>=', value: JSON.parse(JSON.stringify(value)), arg: '/a' } };
        const [section, ...more] = parsePlaybook('x', `## A\n${MARK}\n${printPredicate(predicate)}\n\nrule\n`).sections;
        expect(more).toEqual([]);
        expect(section?.predicate).toEqual(predicate);
        expect(section?.rule).toBe('rule');
      }),
    );
  });

  it('that is half written is text and nothing else', () => {
    expect(parseSection('## A\n<!-- predicate {"when": -->\nrule\n').predicate).toBeUndefined();
  });
});

describe('a rule', () => {
  it('ends where comments or evidence are never closed', () => {
    expect(parseSection('## A\nkept\n<!-- open').rule).toBe('kept');
    expect(parseSection('## A\nkept\n<details>open').rule).toBe('kept');
    expect(parseSection(`## A\n${'<!--'.repeat(100_000)}`).rule).toBe('');
  });
});
