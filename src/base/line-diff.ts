// The lines that two short texts do not share, in reading order; for showing to people, never for patching.

export interface DiffLine {
  sign: '+' | '-' | ' ';
  text: string;
}

const MAX_CELLS = 4_000_000; // above that all lines are shown as exchanged, rather than a table built that nobody waits for

/** Longest common subsequence of lines; line ends do not count. An empty text has no lines. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  if (a.length * b.length > MAX_CELLS)
    return [...a.map((text) => line('-', text)), ...b.map((text) => line('+', text))];
  const length = commonLengths(a, b);
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(line(' ', a[i++] ?? ''));
      j++;
    } else if (j >= b.length || (i < a.length && at(length, i + 1, j) >= at(length, i, j + 1))) {
      out.push(line('-', a[i++] ?? ''));
    } else out.push(line('+', b[j++] ?? ''));
  }
  return out;
}

function linesOf(text: string): string[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

// commonLengths[i][j]: how many lines the rests from i and from j have in common.
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = rows[i];
      if (row === undefined) continue;
      row[j] = a[i] === b[j] ? at(rows, i + 1, j + 1) + 1 : Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
    }
  }
  return rows;
}

function at(rows: readonly Uint16Array[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}

function line(sign: DiffLine['sign'], text: string): DiffLine {
  return { sign, text };
}
