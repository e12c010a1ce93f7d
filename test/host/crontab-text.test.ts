// The block in a crontab: put in, replaced, taken out, and every other byte stays.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockIds, readBlock, withBlock, withoutBlock } from '../../src/host/crontab-text.ts';

const LINES = ['# about', '17 * * * * true'];

describe('the block', () => {
  it('goes to the end, and out again, leaving any crontab as it was', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      'MAILTO=me',
      '* * * * * x',
      '# >>> agentmem other1 >>>\n5 * * * * y\n# <<< agentmem other1 <<<\n',
      '# >>> conda >>>',
      '\x00',
      '\xff\xfe',
      '(there was no crontab before)',
      '\u0085',
      ' ',
    );
    const text = fc.oneof(
      fc.constant(null),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(text, (before) => {
        const once = withBlock(before, 'k7f3a2', LINES);
        expect(once.startsWith(before ?? '')).toBe(true);
        const twice = withBlock(once, 'k7f3a2', ['# about', '18 * * * * false']);
        expect(withBlock(twice, 'k7f3a2', LINES)).toBe(once);
        expect(readBlock(once, 'k7f3a2')?.lines).toEqual(LINES);
        expect(withoutBlock(once, 'k7f3a2')).toBe(before);
        expect(withoutBlock(twice, 'k7f3a2')).toBe(before);
      }),
    );
  });

  it('two memories can be installed and removed in any order', () => {
    for (const start of [null, '', 'MAILTO=me', 'MAILTO=me\n']) {
      const both = withBlock(withBlock(start, 'aaaa11', LINES), 'bbbb22', LINES);
      expect(blockIds(both)).toEqual(['aaaa11', 'bbbb22']);
      const lastIn = withoutBlock(both, 'bbbb22') ?? '';
      expect(withoutBlock(lastIn, 'aaaa11')).toBe(start);
      const firstOut = withoutBlock(both, 'aaaa11') ?? '';
      expect(readBlock(firstOut, 'bbbb22')?.lines).toEqual(LINES);
      expect(withoutBlock(firstOut, 'bbbb22')).toBe(start);
    }
  });

  it('what somebody wrote behind the block keeps the line break before it', () => {
    const text = `${withBlock('MAILTO=me', 'k7f3a2', LINES)}5 * * * * mine\n`;
    expect(withoutBlock(text, 'k7f3a2')).toBe('MAILTO=me\n5 * * * * mine\n');
  });

  it('what somebody wrote into a crontab that we made is kept, and so is the crontab', () => {
    const text = `1 * * * * mine\n${withBlock(null, 'k7f3a2', LINES)}`;
    expect(withoutBlock(text, 'k7f3a2')).toBe('1 * * * * mine\n');
  });

  it.each([
    ['the end is missing', (t: string) => t.replace(/# <<<.*\n/, '')],
    ['the beginning is missing', (t: string) => t.replace(/# >>>.*\n/, '')],
    ['it is there twice', (t: string) => t + t],
    ['the markers are in the wrong order', (t: string) => t.trimEnd().split('\n').reverse().join('\n').concat('\n')],
  ])('refuses to guess where %s', (_, damage) => {
    const text = damage(withBlock('MAILTO=me\n', 'k7f3a2', LINES));
    expect(() => withBlock(text, 'k7f3a2', LINES)).toThrow('damaged');
    expect(() => withoutBlock(text, 'k7f3a2')).toThrow('damaged');
  });

  it('a crontab without the block comes back as it is', () => {
    expect(withoutBlock('MAILTO=me', 'k7f3a2')).toBe('MAILTO=me');
  });
});
