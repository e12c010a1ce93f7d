// Random lines, read by us and run by the real bash with harmless stubs: no command that bash runs may be missing.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readShellLine } from '../../../src/agent/shell/read-line.ts';
import { MAX_LINE } from '../../../src/agent/shell/word.ts';
import { noBash, type StubShell, stubShell } from '../../support/stub-shell.ts';

const NAMES = ['aa', 'bb', 'cc', 'dd', 'ee'];
// Each place in a line gets a stub of its own, so that a command found elsewhere does not stand in for one that was lost.
const STUBS = Array.from({ length: 80 }, (_, i) => `stub${i}`);
const campaign = process.env.AGENTMEM_CAMPAIGN === '1';

const name = fc.constantFrom(...NAMES);
const soup = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: name },
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          ' ',
          ' ',
          ' ',
          '\n',
          ';',
          '&&',
          '||',
          '|',
          '&',
          ' ; ',
          '$(',
          ')',
          '`',
          '(',
          ')',
          '{ ',
          '; }',
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          "'",
          '"',
          '\\',
          '\\\n',
          '#',
          '$',
          '${',
          '}',
          '<(',
          '>(',
          '<<E\n',
          '\nE\n',
          '<<<',
          '$((',
          '))',
          '!',
        ),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'if ',
          'then ',
          'else ',
          'fi',
          'for x in ',
          'do ',
          'done',
          'while ',
          'case x in ',
          'x) ',
          ';;',
          'esac',
          '[[ ',
          ' ]]',
          'x=',
          '{aa,bb}',
          '$x',
          "$'",
          '>f ',
          '2>&1',
          '&>f ',
          'time ',
          '~',
          '*',
          '\t',
          '\r',
          '=(',
          'in ',
          'function ',
          '()',
          '-eq ',
        ),
      },
    ),
    { maxLength: 24 },
  )
  .map((tokens) => tokens.join(''));

/** Lines that are well formed far more often than soup is. */
const { line: wellFormed } = fc.letrec<{ line: string; command: string; word: string }>((tie) => ({
  word: fc.oneof(
    { depthSize: 'small' },
    name,
    fc.constantFrom(
      'x',
      "'a b'",
      '"c d"',
      '\\;',
      "'$(ee)'",
      '"\\$(ee)"',
      '$x',
      '${x:-y}',
      '-v',
      '#x',
      'x#y',
      "$'\\n'",
      '*',
      '2',
    ),
    tie('line').map((line) => `$(${line})`),
    tie('line').map((line) => `"$(${line})"`),
    tie('command').map((command) => `\`${command.replace(/[\\`$]/g, '\\$&')}\``),
    tie('line').map((line) => `<(${line})`),
    tie('line').map((line) => `\${x:-$(${line})}`),
    tie('line').map((line) => `$(case x in x) ${line} ;; esac)`),
  ),
  command: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(name, fc.array(tie('word'), { maxLength: 3 })).map(([first, rest]) => [first, ...rest].join(' ')),
    fc.tuple(name, tie('word')).map(([first, word]) => `x=${word} ${first} > f 2>&1`),
    fc.tuple(name, tie('word')).map(([first, word]) => `>f ${first} <<< ${word}`),
    tie('word').map((word) => `x=${word}`),
    tie('line').map((line) => `( ${line} )`),
    tie('line').map((line) => `{ ${line}\n}`),
    tie('line').map((line) => `! ${line}`),
    fc.tuple(tie('line'), tie('line')).map(([a, b]) => `if ${a}\nthen ${b}\nelse ${b}; fi`),
    fc.tuple(tie('word'), tie('line')).map(([word, line]) => `for y in ${word} z; do ${line}\ndone > f`),
    fc.tuple(tie('word'), tie('line')).map(([word, line]) => `case ${word} in (aa|*) ${line}\n;; esac`),
    fc.tuple(tie('word'), tie('line')).map(([word, line]) => `[[ -z ${word} || x == (aa|bb) ]] || ${line}`),
    fc.tuple(name, tie('line')).map(([first, line]) => `${first} <<E\n$(${line})\nE\n`),
    fc.tuple(name, tie('line')).map(([first, line]) => `${first} <<'E'\n$(${line})\nE\n`),
    tie('line').map((line) => `eval '${line.replaceAll("'", "'\\''")}'`),
    tie('line').map((line) => `command eval "${line.replace(/["\\`$]/g, '\\$&')}"`),
  ),
  line: fc
    .tuple(
      tie('command'),
      fc.option(fc.tuple(fc.constantFrom(';', '&&', '||', '|', '\n', ' & ', ' \\\n && ', ' # x\n'), tie('command')), {
        nil: undefined,
      }),
    )
    .map(([command, more]) => (more === undefined ? command : `${command}${more[0]}${more[1]}`)),
}));

describe('reading any line', () => {
  it('ends, and throws nothing, whatever the characters', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 200 })), (line) => {
        const { parts, opaque } = readShellLine(line);
        expect(parts.every((part) => part.words.every((word) => typeof word.text === 'string'))).toBe(true);
        expect(opaque.every((reason) => reason !== '')).toBe(true);
      }),
      { numRuns: campaign ? 200_000 : 5_000 },
    );
  });

  it('does not go over the same text again and again', () => {
    const long = (unit: string, count = Math.floor(MAX_LINE / unit.length)) => unit.repeat(count);
    const units = [
      '$(',
      '`',
      '(',
      '((',
      '$((',
      '${x:-',
      '"$(',
      "'",
      '\\\n',
      'a;',
      'for x in $(',
      'case $(',
      '<(',
      '<<E\n',
      'env ',
      'sudo -X ',
      'a=(',
      '[[ ',
      '{a,',
      "$'\\",
      '&>',
      'find -exec ',
      'eval ',
      '$((1+',
      '\\',
      '#',
      'if ',
      'bash -c ',
      'xargs ',
    ];
    for (const unit of units) expect(readShellLine(long(unit)).parts.length).toBeLessThan(MAX_LINE);
    expect(readShellLine('a'.repeat(MAX_LINE + 1)).opaque).toHaveLength(1);
  });
});

describe.skipIf(noBash !== undefined)(`against the real bash (${noBash ?? 'stubs only'})`, () => {
  let shell: StubShell;
  beforeAll(() => {
    shell = stubShell(STUBS);
  });
  afterAll(() => shell.remove());

  const check = (template: string): 'certain' | 'opaque' => {
    let next = 0;
    const line = template.replace(/aa|bb|cc|dd|ee/g, () => STUBS[next++ % STUBS.length] ?? '');
    const { parts, opaque } = readShellLine(line);
    if (opaque.length > 0) return 'opaque';
    const { names } = shell.ran(line);
    const found = parts.map((part) => part.words[0]?.text ?? '');
    expect(names.filter((each) => !found.includes(each), line)).toEqual([]);
    return 'certain';
  };

  it('finds every command of token soup, or says that there may be more', () => {
    let certain = 0;
    fc.assert(
      fc.property(soup, (line) => {
        if (check(line) === 'certain') certain++;
      }),
      { numRuns: campaign ? 50_000 : 1_000 },
    );
    expect(certain).toBeGreaterThan(200); // or the property would be about nothing
  });

  it('finds every command of lines that are well formed', () => {
    let certain = 0;
    fc.assert(
      fc.property(wellFormed, (line) => {
        if (check(line) === 'certain') certain++;
      }),
      { numRuns: campaign ? 50_000 : 500 },
    );
    expect(certain).toBeGreaterThan(75);
  });
});
