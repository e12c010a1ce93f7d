// A note as the statements it makes: list items and paragraphs with their lines and headings; never changes the text.

/** One list item (with what hangs below it) or paragraph. Code, tables, quotations, comments and front matter are none. */
export interface NoteBlock {
  path: string;
  /** Index of its first line, and of the line after its last. */
  start: number;
  end: number;
  /** `numbered` items are compared, but not taken out: others may refer to them by number. */
  kind: 'item' | 'numbered' | 'paragraph';
  /** The words as they stand, on one line, without the bullet. */
  text: string;
  /** The words for comparing: lower case, single blanks, no closing punctuation. */
  key: string;
  /** The nearest heading above, normalised in the same way; '' above the first. */
  heading: string;
}

/** The lines of a text, each with its line end. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The level of a heading line (1 to 6), or 0. */
export function headingLevel(line: string): number {
  return /^ {0,3}(#{1,6})(?:[ \t]|\r?\n|$)/.exec(line)?.[1]?.length ?? 0;
}

/** True for each line inside front matter, a fenced code block or a comment: nothing there is a statement or a heading. */
export function shieldedLines(lines: readonly string[]): boolean[] {
  let fence: string | undefined;
  let inComment = false;
  let inFront = /^\uFEFF?---(?:yaml)?\s*$/.test(lines[0] ?? '');
  return lines.map((line, i) => {
    if (inFront) {
      if (i > 0 && /^---\s*$/.test(line)) inFront = false;
      return true;
    }
    if (fence !== undefined) {
      const mark = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1];
      if (mark?.[0] === fence[0] && (mark?.length ?? 0) >= fence.length) fence = undefined;
      return true;
    }
    const shielded = inComment || line.includes('<!--');
    if (shielded)
      inComment = line.lastIndexOf('<!--') > line.lastIndexOf('-->') || (inComment && !line.includes('-->'));
    else fence = /^\s{0,12}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
    return shielded || fence !== undefined;
  });
}

/** The statements of a note, in order. */
export function blocksOf(path: string, text: string): NoteBlock[] {
  const lines = linesOf(text);
  const shielded = shieldedLines(lines);
  const blocks: NoteBlock[] = [];
  let heading = '';
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] ?? '';
    if (!shielded[i] && headingLevel(line) > 0) heading = keyOf(line.replace(/^ {0,3}#+/, '').replace(/#+\s*$/, ''));
    const kind = shielded[i] ? undefined : kindOf(line);
    const end = kind === undefined ? i + 1 : endOf(lines, shielded, i, kind);
    if (kind !== undefined) {
      const words = lines.slice(i, end).join(' ').replace(/\s+/g, ' ').trim();
      const said = kind === 'paragraph' ? words : words.replace(/^(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/, '');
      // An item that holds a code block is more than its words.
      if (!shielded.slice(i, end).some((s) => s))
        blocks.push({ path, start: i, end, kind, text: said, key: keyOf(said), heading });
    }
    i = end;
  }
  return blocks;
}

function kindOf(line: string): NoteBlock['kind'] | undefined {
  if (line.trim() === '' || headingLevel(line) > 0 || /^ {0,3}(?:[-*_][ \t]*){3,}\s*$/.test(line)) return undefined;
  if (/^\s*[-*+]\s+\S/.test(line)) return 'item';
  if (/^\s*\d{1,9}[.)]\s+\S/.test(line)) return 'numbered';
  return /^(?: {4}|\t)|^\s*[|>]/.test(line) ? undefined : 'paragraph';
}

// A paragraph ends where another block begins; an item goes on over whatever is indented deeper than its bullet.
function endOf(lines: readonly string[], shielded: readonly boolean[], start: number, kind: NoteBlock['kind']): number {
  const indent = indentOf(lines[start] ?? '');
  let end = start + 1;
  for (let i = end; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const blank = line.trim() === '';
    if (
      kind === 'paragraph' ? blank || shielded[i] || kindOf(line) !== 'paragraph' : !blank && indentOf(line) <= indent
    )
      break;
    if (!blank) end = i + 1;
    else if (indentOf(lines[i + 1] ?? '') <= indent) break;
  }
  return end;
}

function indentOf(line: string): number {
  return (/^[ \t]*/.exec(line)?.[0] ?? '').replaceAll('\t', '    ').length;
}

function keyOf(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.!;,:]+$/, '');
}
