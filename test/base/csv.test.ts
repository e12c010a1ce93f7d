// CSV: every table that is written by the rules is read back as it was; what breaks them is named with its line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/base/csv.ts';

const rowsOf = (text: string) => {
  const parsed = parseCsv(text);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.rows.map(({ fields }) => fields);
};

describe('a table', () => {
  it('is read with quotes, line breaks in fields, either end of line, and a mark of byte order', () => {
    expect(rowsOf('\ufeffid,prompt\r\n1,"Say ""yes"",\nthen stop"\r\n\r\n2,plain\n')).toEqual([
      ['id', 'prompt'],
      ['1', 'Say "yes",\nthen stop'],
      ['2', 'plain'],
    ]);
  });

  it('may end without a line break, and with an empty field', () => {
    expect(rowsOf('a,b')).toEqual([['a', 'b']]);
    expect(rowsOf('a,')).toEqual([['a', '']]);
    expect(rowsOf('a,\nb,c\n')).toEqual([
      ['a', ''],
      ['b', 'c'],
    ]);
    expect(rowsOf('')).toEqual([]);
  });

  it('knows the line on which each row begins', () => {
    const parsed = parseCsv('a\n"x\ny"\n\nb\n');
    expect('rows' in parsed && parsed.rows.map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it('is refused with the line where quotes do not fit', () => {
    expect(parseCsv('a\nb"c\n')).toMatchObject({ line: 2, fault: expect.stringContaining('quotation mark') });
    expect(parseCsv('a\n"b"c\n')).toMatchObject({ line: 2, fault: expect.stringContaining('after the end') });
    expect(parseCsv('a\n\n"b')).toMatchObject({ line: 3, fault: expect.stringContaining('never ends') });
  });

  it('comes back as it was, whatever the fields hold', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quoted).join(',') + end).join('');
        expect(rowsOf(text)).toEqual(rows);
      }),
    );
  });
});
