// Tests of front matter: every attack on gray-matter that is known to work on its defaults fails here.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { printFrontMatter, readFrontMatter } from '../../src/store/frontmatter.ts';

function refusal(text: string): { what: string; where?: string } {
  try {
    readFrontMatter(text, 'x.md');
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readFrontMatter', () => {
  it('gives data and body', () => {
    expect(readFrontMatter('---\na: 1\n---\nbody\n---\nmore\n', 'x.md')).toEqual({
      data: { a: 1 },
      body: 'body\n---\nmore\n',
    });
    expect(readFrontMatter('---yaml\na: 1\n---\n', 'x.md')).toEqual({ data: { a: 1 }, body: '' });
    expect(readFrontMatter('no front matter', 'x.md')).toEqual({ data: {}, body: 'no front matter' });
    expect(readFrontMatter('---\n---\nbody', 'x.md')).toEqual({ data: {}, body: 'body' });
    expect(readFrontMatter('---\n# only a comment\n---\nbody', 'x.md').data).toEqual({});
    expect(readFrontMatter('', 'x.md')).toEqual({ data: {}, body: '' });
    expect(readFrontMatter('-----\na rule of dashes\n', 'x.md').data).toEqual({});
  });

  it('reads BOM and CRLF without leaving traces in values', () => {
    expect(readFrontMatter('\uFEFF---\r\na: x\r\nb: 1\r\n---\r\nbody\r\n', 'x.md')).toEqual({
      data: { a: 'x', b: 1 },
      body: 'body\n',
    });
  });

  it.each(['---js', '---javascript', '---JS', '--- js ', '---coffee', '---json', '---toml', '---{}'])(
    'runs nothing behind %j',
    (opening) => {
      const text = `${opening}\n{ get a() { globalThis.PWNED = true; return 1; } }\nglobalThis.PWNED = true\n---\n`;
      expect(refusal(text)).toMatchObject({ where: 'x.md:1' });
      expect('PWNED' in globalThis).toBe(false);
    },
  );

  it.each(['---constructor', '---toString', '---__proto__', '---hasOwnProperty'])(
    'looks nothing up behind %s',
    (opening) => {
      expect(refusal(`${opening}\na: 1\n---\n`)).toMatchObject({ where: 'x.md:1' });
    },
  );

  it('refuses the same broken text every time', () => {
    const text = '---\na: [\n---\n';
    expect(refusal(text)).toEqual(refusal(text));
  });

  it('hands out data that a caller may change without harm to the next', () => {
    const text = '---\na: 1\n---\n';
    readFrontMatter(text, 'x.md').data.a = 2;
    expect(readFrontMatter(text, 'x.md').data.a).toBe(1);
  });

  it.each([
    [
      'an alias bomb',
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
        .split('')
        .map((k, i) => `${k}: &${k} [${`*${'abcdefgh'[i]}, `.repeat(10)}]`)
        .join('\n')}`,
    ],
    ['a circular alias', 'a: &x [*x]'],
    ['20,000 keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['deep nesting', `a: ${'['.repeat(20_000)}`],
    ['duplicate keys', 'a: 1\na: 2'],
    ['a scalar', 'just words'],
    ['a list', '- a\n- b'],
    ['an unknown tag', 'a: !ruby/object {}'],
    ['ten thousand blank lines', `a: 1${'\n'.repeat(10_000)}b: 2`],
  ])('refuses %s and names the file', (_, block) => {
    expect(refusal(`---\n${block}\n---\nbody\n`).where).toMatch(/^x\.md/);
  });

  it('refuses front matter that is never closed, or closed by something else', () => {
    expect(refusal('---\na: 1\n').what).toContain('never closed');
    expect(refusal('---\na: 1\n---y\nb: 2\n').where).toBe('x.md:3');
  });

  it('counts lines as the file does', () => {
    expect(refusal('---\na: 1\nb: 2\na: 3\n---\n').where).toBe('x.md:4');
  });

  it('refuses a file over 256 KB', () => {
    expect(refusal(`---\na: 1\n---\n${'x'.repeat(300_000)}`).what).toContain('256 KB');
  });

  it('never throws anything but a UserError', () => {
    const line = fc.constantFrom(
      '---',
      '---js',
      '---yaml',
      'a: 1',
      '- &a [*a]',
      '\t',
      '"',
      '{',
      '!!x y',
      '? ?',
      '&',
      '',
      '\r',
      '__proto__: 1',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }), (parts) => {
        try {
          readFrontMatter(parts.join('\n'), 'x.md');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('printFrontMatter', () => {
  it('prints what reads back the same, for readers of YAML 1.1 too', () => {
    const data = { y: 'yes', t: '12:30', o: '010', d: '2026-01-02', list: ['no', 1], nested: { a: '~' } };
    const text = printFrontMatter(data, 'body\n');
    expect(readFrontMatter(text, 'x.md')).toEqual({ data, body: 'body\n' });
    expect(text).toContain('"yes"');
  });
});
