// What commands print: tables of any length, cleaned of what others wrote into them.
import { afterEach, expect, it, vi } from 'vitest';
import { safeForTerminal } from '../../src/base/text.ts';
import { createPrinter } from '../../src/commands/print.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function printed(show: (print: ReturnType<typeof createPrinter>) => void): string {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  show(createPrinter({ color: false, quiet: true }));
  return text;
}

it('a table has its columns one below the other, without escapes and on one line a row', () => {
  const rows = [
    ['a', 'first'],
    ['long id', 'se\u001b[31mcond\u0007 \n\t title\u202e'],
  ];
  expect(printed((print) => print.table(['id', 'title'], rows))).toBe(
    'id       title\na        first\nlong id  second title\n',
  );
});

// A list of the widths as arguments of one call overflowed the stack.
it('a table may have more rows than a call may have arguments', () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [String(i), 'x']);
  const text = printed((print) => print.table(['n', 'sign'], rows));
  expect(text.split('\n')).toHaveLength(200_002);
  expect(text.endsWith('199999  x\n')).toBe(true);
});

it('every cell is cleaned, whatever stands above it, and the columns are as wide as what is shown', () => {
  const odd = [
    '\u001b[1mx\u001b[0m',
    ' a  b ',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\u200e',
    '…',
    'é 日本',
    '\u007f',
    'a\nb',
    '',
  ];
  const cells = [...odd, 'plain', ...odd.flatMap((cell) => [cell, cell])];
  const shown = (cell: string) => safeForTerminal(cell).replace(/\s{2,}|[^\S ]+/g, ' ');
  const width = Math.max(...cells.map((cell) => shown(cell).length));
  const text = printed((print) =>
    print.table(
      ['n', 'c'],
      cells.map((cell) => [cell, cell]),
    ),
  );
  expect(text.split('\n').slice(1, -1)).toEqual(cells.map((cell) => `${shown(cell).padEnd(width)}  ${shown(cell)}`));
});
