// Masking: what varies becomes a mark, what is said stays, and a hostile text costs no more than its length.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask } from '../../src/mining/mask.ts';

describe('mask', () => {
  it.each([
    ['descent rate 6.1 exceeds 2, margin -4.10', 'descent rate <num> exceeds <num>, margin <num>'],
    ['crater QX417 is closed on 2031-02-28', 'crater <id> is closed on <date>'],
    ['voucher_8812 and call_01Ab9 expired at 2031-02-28T10:00:00Z', '<id> and <id> expired at <date>'],
    [
      'no route to 10.1.2.3:8080 or https://moon.example/a?b=1, ask ops@moon.example',
      'no route to <ip> or <url>, ask <email>',
    ],
    ['object 3f9a2c7 at 0x7ffe and 6b1f2c3d-aaaa-bbbb-cccc-0123456789ab', 'object <hex> at <hex> and <id>'],
    ['gave up after 30s at 12:45:07', 'gave up after <time> at <time>'],
    [`unknown key "burn rate" in 'plan a'`, 'unknown key <str> in <str>'],
    ["unexpected token `(' near ‘x’", 'unexpected token <str> near <str>'],
    ['\u001b[31mbad\u001b[0m value 7', 'bad value <num>'],
    ['line one\r\n\tline   two', 'line one line two'],
    ['pkg @moon/base@2.0.1-next.3 has no peer', 'pkg <id> has no peer'],
  ])('masks the values in %j', (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it.each([
    ['C:\\Moon Base\\a.ts missing', '<path> missing'],
    ['/opt/moon/site-4/plan.yaml:12:5: bad', '<path>: bad'],
    ['src/app/(crew)/[id]/page.tsx(52,53): bad', '<path>: bad'],
    ['see ./plan.md, ~/notes or ../x.', 'see <path>, <path> or <path>.'],
    ['D:\\base\\runs\\6b1f2c3d-aaaa-bbbb-cccc-0123456789ab\\log not there', '<path> not there'],
    ['cannot read touchdown.go or .env', 'cannot read <path> or <path>'],
  ])('sees the path in %j', (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it.each([
    "The pilot doesn't want the crew's plan and/or read/write access (e.g. I/O)",
    'exit code 127',
    'exited with code 1',
    'HTTP 404 from the relay',
    'request failed with status code 429',
    'got 503 Service Unavailable',
    'error TS2345: not assignable',
    'MD013/line-length',
    'SQLSTATE 23505',
    'error[E0308]: mismatched types',
    'MCP error -32602: bad input',
    '[Errno 2] no such thing (os error 2)',
    'ENOENT and ERR_MODULE_NOT_FOUND and Utf8Error',
    'base64 and sha256 and utf8 stay words',
    'console.log and unsafe.Pointer are members',
    'größer als erlaubt · слишком круто · 傾斜が急すぎる',
  ])('keeps %j as it is', (text) => {
    expect(mask(text)).toBe(text);
  });

  it('masks a number after a code word that is no code', () => {
    expect(mask('exit code 4875, error 12 of 30')).toBe('exit code <num>, error <num> of <num>');
  });

  it('changes nothing in what it has masked', () => {
    const bits = fc.constantFrom(
      ...`'"\`‘’“” ()[]{}<>:;,.!?/\\-_=+@#%019afxzAFé\n\u001b`,
      ...[
        'http://',
        'C:\\',
        '.ts',
        'TS23',
        'HTTP 404',
        'exit code ',
        '<num>',
        '<',
        'num>',
        '2031-02-28',
        '12:30',
        'not found',
      ],
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 50 }), (parts) => {
        const masked = mask(parts.join(''));
        expect(mask(masked)).toBe(masked);
      }),
      { numRuns: 2000 },
    );
  });

  it('never changes a text of plain words', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(mask(words.join(' '))).toBe(words.join(' '));
      }),
    );
  });

  it('gets through a long hostile text of any repeated piece', () => {
    // With one quadratic pattern among them, a single piece would take longer than the whole suite may.
    const pieces = [
      'a',
      '1',
      '"a ',
      "'a ",
      '(',
      '(a',
      '[a',
      '/',
      'a/',
      '\\',
      'a.',
      '.ts',
      '1:',
      '-1',
      'a-1',
      '@',
      'a@',
      'C:\\A ',
      '`',
      '<',
      '_',
      'f1:',
      '{"',
      '“',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      expect(mask(text).length).toBeGreaterThan(0);
    }
  });
});
