// What commands print: tables of any length, cleaned of what others wrote into them.
import { afterEach, expect, it, vi } from 'vitest';
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
