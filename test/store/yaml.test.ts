// Tests of the YAML door: what it accepts, what it refuses, and on which line.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { parseYaml, parseYamlText, printYaml } from '../../src/store/yaml.ts';

function problemOf(action: () => unknown): { what: string; where?: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseYaml', () => {
  it('reads the core schema of YAML 1.2: no dates, no octal, no sexagesimal', () => {
    expect(parseYaml('d: 2026-01-02\no: 010\nt: 12:30\ny: yes\nn: 1_000\nb: true\n', 'f')).toEqual({
      d: '2026-01-02',
      o: 10,
      t: '12:30',
      y: 'yes',
      n: '1_000',
      b: true,
    });
  });

  it('reads CRLF and a BOM without leaving traces in values', () => {
    expect(parseYaml('\uFEFFa: x\r\nb:\r\n  - y\r\n', 'f')).toEqual({ a: 'x', b: ['y'] });
  });

  it('names the line of what is wrong', () => {
    expect(problemOf(() => parseYaml('a: 1\nb: [\n', 'config.yaml')).where).toMatch(/^config\.yaml:[23]$/);
    expect(problemOf(() => parseYaml('a: 1\nb: 2\na: 3\n', 'f'))).toMatchObject({
      what: 'The key “a” is there twice.',
      where: 'f:3',
    });
  });

  it.each([
    [
      'an alias bomb',
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
        .split('')
        .map((k, i) => `${k}: &${k} [${`*${'abcdefgh'[i]}, `.repeat(10)}]`)
        .join('\n')}\n`,
    ],
    ['a circular alias', '- &x [*x]\n'],
    ['an unknown tag', 'a: !!js/function "x"\n'],
    ['nesting of 20,000 levels', '['.repeat(20_000)],
    ['more than 256 KB', `a: ${'x'.repeat(300_000)}`],
    ['two documents', 'a: 1\n---\nb: 2\n'],
  ])('refuses %s as an expected failure', (_, text) => {
    expect(problemOf(() => parseYaml(text, 'f')).where).toMatch(/^f/);
  });

  it('reads 20,000 keys', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n');
    expect(Object.keys(parseYaml(text, 'f') as object)).toHaveLength(20_000);
  });

  it('keeps __proto__ an ordinary key', () => {
    const value = parseYaml('__proto__: { polluted: true }\n', 'f') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('does not merge `<<`', () => {
    expect(parseYaml('a: { <<: { b: 1 } }\n', 'f')).toEqual({ a: { '<<': { b: 1 } } });
  });

  it('knows the line of each key, through mappings and lists', () => {
    const { lineOf } = parseYamlText('a: 1\nb:\n  c: 2\n  d:\n    - e: 3\n    - e: 4\n', 'f');
    expect([
      lineOf(['a']),
      lineOf(['b']),
      lineOf(['b', 'c']),
      lineOf(['b', 'd', 1, 'e']),
      lineOf(['b', 'nothing']),
    ]).toEqual([1, 2, 3, 6, 2]);
  });
});

describe('printYaml', () => {
  it('quotes what a reader of YAML 1.1 would take for something else', () => {
    const value = { y: 'yes', t: '12:30', d: '2026-01-02', o: '010', n: null, b: false };
    const text = printYaml(value);
    expect(parseYaml(text, 'f')).toEqual(value);
    expect(text).toContain(': "yes"');
    expect(text).toContain('t: "12:30"');
    expect(text).toContain('d: "2026-01-02"');
  });

  it('never folds long lines', () => {
    expect(
      printYaml({ a: 'word '.repeat(100).trim() })
        .trim()
        .split('\n'),
    ).toHaveLength(1);
  });
});
