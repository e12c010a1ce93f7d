// Comma-separated values as RFC 4180 has them: text in, rows of fields out; guesses no separator and no types.

export interface CsvRow {
  /** 1-based line of the file on which the row begins. */
  line: number;
  fields: string[];
}

/** Rows of a file, blank lines left out; a fault, with its line, where it is no CSV. Line breaks may be \n or \r\n, and stand in quoted fields. */
export function parseCsv(text: string): { rows: CsvRow[] } | { fault: string; line: number } {
  const rows: CsvRow[] = [];
  let line = 1;
  let row: CsvRow = { line, fields: [] };
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const field = text[at] === '"' ? quoted(text, at) : plain(text, at);
    if ('fault' in field) return { fault: field.fault, line };
    row.fields.push(field.value);
    line += lines(text, at, field.end);
    at = field.end;
    if (text[at] === ',') {
      at++;
      if (at === text.length)
        row.fields.push(''); // an empty last field
      else continue;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (row.fields.length > 1 || row.fields[0] !== '') rows.push(row);
    row = { line, fields: [] };
  }
  return { rows };
}

type Field = { value: string; end: number } | { fault: string };

function plain(text: string, from: number): Field {
  let end = from;
  while (end < text.length && !',\n\r'.includes(text[end] ?? '')) {
    if (text[end] === '"') return { fault: 'a quotation mark inside a field that does not begin with one' };
    end++;
  }
  return { value: text.slice(from, end), end };
}

function quoted(text: string, from: number): Field {
  let end = from + 1;
  for (; ; end += 2) {
    end = text.indexOf('"', end);
    if (end === -1) return { fault: 'a quoted field that never ends' };
    if (text[end + 1] !== '"') break;
  }
  const next = text[end + 1];
  if (next !== undefined && !',\n\r'.includes(next)) return { fault: 'text after the end of a quoted field' };
  return { value: text.slice(from + 1, end).replaceAll('""', '"'), end: end + 1 };
}

function lines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
