// Words survive cron's percent rule and /bin/sh, whatever characters they are made of.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronLine, shellLine, shellWord } from '../../src/host/shell-line.ts';

// What cron hands to the shell, after do_command.c of Debian's cron: stops at a bare %, takes the backslash from \%.
function asCronReadsIt(line: string): string {
  let out = '';
  let escaped = false;
  for (const char of line) {
    if (escaped) {
      out = char === '%' ? `${out.slice(0, -1)}%` : out + char;
      escaped = false;
      continue;
    }
    if (char === '%') return `${out}<cut>`;
    escaped = char === '\\';
    out += char;
  }
  return out;
}

function wordsThatArrive(line: string): string[] {
  const script = `printf '%s\\0' ${line}`;
  const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { LANG: 'C.UTF-8' } });
  return stdout.split('\0').slice(0, -1);
}

describe('command lines', () => {
  it.each([
    ['/home/you/a b/c'],
    ["/it's/here"],
    ['/100 % sure'],
    ['/a\\%b'],
    ['/a\\\\%b\\'],
    ["/'%'\\'%"],
    ['/$HOME/`id`/$(id)'],
    ['/Grüße/日本/😀'],
    ['/"quoted"'],
    ['~root'],
    ['*'],
    ['#no comment'],
    ['!history'],
    [''],
    ['%%'],
  ])('%j arrives as one word', (word) => {
    expect(wordsThatArrive(asCronReadsIt(cronLine(shellLine([word, 'after']))))).toEqual([word, 'after']);
  });

  it('any words arrive as they are', () => {
    const tricky = fc.string({ unit: fc.constantFrom('%', '\\', "'", '"', ' ', 'a', '$', '`', 'é'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(tricky, { minLength: 1, maxLength: 6 }), (words) => {
        expect(wordsThatArrive(asCronReadsIt(cronLine(shellLine(words))))).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it('a line break is refused, plain words stay plain', () => {
    expect(() => shellWord('/a\nb')).toThrow('line break');
    expect(shellWord('/usr/bin/node')).toBe('/usr/bin/node');
  });
});
