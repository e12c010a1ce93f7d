// HTML as text: what is kept, what is left out, and that no page is slow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToText } from '../../../src/agent/tools/html-text.ts';

const BASE = new URL('https://example.org/docs/page');
const text = (html: string) => htmlToText(html, BASE);

describe('htmlToText', () => {
  it('keeps headings, paragraphs, lists, preformatted text and links', () => {
    const html = `<!doctype html><html><head><title>A &amp; B</title><style>x{}</style></head><body>
      <h2>First   part</h2><p>Some <b>bold</b>
      text.</p><ul><li>one<li>two</ul><pre>  a\n    b</pre>
      <a href="../x?a=1&amp;b=2">there</a> <a href="#top">up</a> <a href="javascript:alert(1)">no</a>
      <img src="x.png" alt="a picture"><table><tr><td>1</td><td>2</td></tr></table></body></html>`;
    expect(text(html)).toBe(
      '# A & B\n\n## First part\n\nSome bold text.\n\n- one\n- two\n\n  a\n    b\nthere <https://example.org/x?a=1&b=2> up no a picture\n\n\t1\t2',
    );
  });

  it('leaves out scripts, styles, comments and the like, also broken ones', () => {
    expect(text('a<script>if (1<2) x("</b>")</script>b<STYLE>p{}</STYLE>c<!-- <p>d --> e')).toBe('abc e');
    expect(text('a<noscript>x</noscript><svg><text>y</text></svg><template>z</template>b')).toBe('ab');
    expect(text('a<script>never closed <p>x')).toBe('a');
    expect(text('a<!-- never closed <p>x')).toBe('a');
    expect(text('a<script src=x />b</script>c')).toBe('abc');
  });

  it('takes what is no tag for text, and tags with odd attributes for tags', () => {
    expect(text('1 < 2 && 3 <4')).toBe('1 < 2 && 3 <4');
    expect(text('<a title="x > y" href=\'/z\'>t</a>')).toBe('t <https://example.org/z>');
    expect(text("<p class=it's>x</p>")).toBe('x');
    expect(text('x<p')).toBe('x');
  });

  it('decodes entities once', () => {
    expect(text('&lt;b&gt; &amp;lt; &#65;&#x42; &nbsp;&hellip; &bogus; &#0; &#xD800; &#x110000;')).toBe(
      '<b> &lt; AB … &bogus; � � �',
    );
  });

  it('takes time in proportion to the page, whatever it holds', () => {
    const pieces = [
      '<',
      '<script',
      '<head>',
      '<head></head>',
      '<a href="',
      "<a href='x' ",
      '<!--',
      '<!',
      '&',
      '&#',
      '</',
      '<p ',
      ' ',
      '<title>',
    ];
    for (const piece of pieces) text(piece.repeat(Math.floor(300_000 / piece.length)));
    expect(text('<i>'.repeat(100_000))).toBe('');
  });

  it('never throws, and never gives a tag of a script back', () => {
    const soup = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      '/',
      'script',
      'a href',
      ' ',
      'İ',
      '<!--',
      '-->',
      '&amp;',
      'x',
      '</script>',
      '<pre>',
    );
    fc.assert(
      fc.property(fc.array(soup, { maxLength: 40 }), (parts) => {
        expect(text(`${parts.join('')}`)).toBeTypeOf('string');
        expect(text(`İ<script>hidden</script>${parts.join('')}`)).not.toContain('hidden');
      }),
      { numRuns: 500 },
    );
  });
});
