// Tests of escaping: what transcripts say shows as itself and becomes nothing else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpan, commitText, paragraph, prose, visible } from '../../src/learning/escape.ts';

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '`',
        '``',
        '<!--',
        '-->',
        '</details>',
        '<details>',
        '\n## x',
        '[a](b)',
        '![a](b)',
        '\\',
        '&lt;',
        '<b>',
        '|',
        '\u202e',
        '\u0000',
        '\ud800',
        '\r',
        '@x',
        '#1',
        'http://a',
      ),
      fc.string(),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('visible', () => {
  it('makes one line without control, invisible, direction or broken characters', () => {
    expect(visible('a\r\nb\u0085c\u001b[31md\u0000\u202e\u200b\u00ade\ufefff')).toBe('a b cdef');
    expect(visible('half \ud800 pair')).toBe('half \ufffd pair');
    expect(visible('naïve 漢字 😀')).toBe('naïve 漢字 😀');
  });
});

describe('prose', () => {
  it('leaves ordinary words as they are', () => {
    for (const text of [
      'Error: weight is 31, limit is 25',
      'C:\\Users\\me',
      'max_items > 3 & x',
      "it's “quoted” #4 (a) - b",
    ])
      expect(prose(text)).toBe(text);
  });

  it.each([
    ['[a](http://b)', '\\[a\\](http:\\//b)'],
    ['![x][y]', '!\\[x\\]\\[y\\]'],
    ['<img src=x>', '&lt;img src=x>'],
    ['<!-- entry k7f3 -->', '&lt;!-- entry k7f3 --&gt;'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['`code` *b* __i__ ~s~ a|b', '\\`code\\` \\*b\\* \\_\\_i\\_\\_ \\~s\\~ a\\|b'],
    ['\\[not escaped]', '\\\\\\[not escaped\\]'],
    ['see www.example.com or https://example.com', 'see www\\.example.com or https:\\//example.com'],
    ['ends in \\', 'ends in \\\\'],
  ])('escapes %j', (text, escaped) => {
    expect(prose(text)).toBe(escaped);
  });

  it('leaves no unescaped markup, whatever comes in', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const bare = prose(text).replace(/\\[!-/:-@[-`{-~]/g, '\u25a1'); // an escape still keeps what is around it apart
        expect(bare).not.toMatch(/[<`*[\]|\n\r]|-->|:\/\//);
      }),
      { numRuns: 500 },
    );
  });
});

describe('paragraph', () => {
  it('opens no heading, list, quote or rule', () => {
    expect(['## a', '- a', '+ a', '> a', '=== ', '12. a', '3) a'].map(paragraph)).toEqual([
      '\\## a',
      '\\- a',
      '\\+ a',
      '\\> a',
      '\\===',
      '12\\. a',
      '3\\) a',
    ]);
    expect(['a', '12 a', '`a`'].map(paragraph)).toEqual(['a', '12 a', '`a`']);
  });
});

describe('codeSpan', () => {
  it('fences longer than any backticks inside', () => {
    expect(codeSpan('plain')).toBe('`plain`');
    expect(codeSpan('a `b` c')).toBe('``a `b` c``');
    expect(codeSpan('`')).toBe('`` ` ``');
    expect(codeSpan('')).toBe('` `');
  });

  it('holds no sequence that opens or closes a comment or the evidence', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const span = codeSpan(text);
        expect(span).not.toMatch(/<!--|-->|<\/?details|\n/i);
        const fence = /^`+/.exec(span)?.[0] ?? '';
        const runs = span.match(/`+/g) ?? [];
        expect(runs.filter((run) => run === fence).length === 2 || span === '` `').toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('commitText', () => {
  it('mentions nobody and closes no issue', () => {
    expect(commitText('Fixes #12 by @somebody, GH-7\nSigned-off-by: x')).toBe(
      'Fixes no. 12 by (at)somebody, GH 7 Signed-off-by: x',
    );
  });
});
