// Exact replacements in a text, several at once or none: where each one stands afterwards, or why one does not fit; pure.
import { count } from '../../base/text.ts';
import { addsMarks, MARK_REFUSED } from './redaction-marks.ts';
import { notFoundHint } from './similar-lines.ts';
import { endsInCrlf, withCrlf } from './text-file.ts';

export interface Replacement {
  old_string: string;
  new_string: string;
  replace_all?: boolean | undefined;
}

export interface Replaced {
  text: string;
  /** How often something was replaced. */
  times: number;
  /** Where the first replacements stand in the new text, as offsets, in order; for showing. */
  spans: { start: number; end: number }[];
}

const MOST_SPANS = 50;

/** Does all replacements one after the other, or none. In a text whose lines end in CRLF, LF in a replacement means that too. */
export function replaceAll(text: string, replacements: readonly Replacement[]): Replaced | { fault: string } {
  const done: Replaced = { text, times: 0, spans: [] };
  const crlf = endsInCrlf(text);
  for (const [i, replacement] of replacements.entries()) {
    const fault = replaceOne(done, replacement, crlf);
    if (fault === undefined) continue;
    const which = replacements.length === 1 ? '' : `Edit ${i + 1} of ${replacements.length}: `;
    return { fault: `${which}${fault} Nothing was changed.` };
  }
  return done;
}

function replaceOne(
  done: Replaced,
  { old_string, new_string, replace_all }: Replacement,
  crlf: boolean,
): string | undefined {
  if (old_string === '') return 'old_string is empty; to make a file use write.';
  if (old_string === new_string) return 'old_string and new_string are the same.';
  const [old, fresh] = spelled(done.text, old_string, new_string, crlf);
  const at = offsetsOf(done.text, old);
  if (at.length === 0) return `old_string is not in the file. ${notFoundHint(done.text, old_string)}`;
  if (at.length > 1 && replace_all !== true) {
    const lines = at.slice(0, 10).map((offset) => lineAt(done.text, offset));
    const more = at.length > lines.length ? ' …' : '';
    return (
      `old_string is in the file ${count(at.length, 'time')} (lines ${lines.join(', ')}${more}). ` +
      'Give more of the lines around it, so that it is there once, or set replace_all.'
    );
  }
  if (addsMarks(old, fresh)) return MARK_REFUSED;
  apply(done, at, old.length, fresh);
  return undefined;
}

// As given where that is in the file, else with CRLF; what comes in has the file's line ends either way.
function spelled(text: string, old: string, fresh: string, crlf: boolean): [string, string] {
  const wanted = crlf ? withCrlf(fresh) : fresh;
  if (!crlf || text.includes(old)) return [old, wanted];
  return [withCrlf(old), wanted];
}

/** Where `part` stands in `text`, without overlaps. */
export function offsetsOf(text: string, part: string): number[] {
  const out: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) out.push(at);
  return out;
}

/** The number, from 1, of the line that holds this offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function apply(done: Replaced, at: readonly number[], oldLength: number, fresh: string): void {
  const pieces: string[] = [];
  const spans: Replaced['spans'] = [];
  const growth = fresh.length - oldLength;
  let end = 0;
  for (const [i, offset] of at.entries()) {
    pieces.push(done.text.slice(end, offset), fresh);
    if (i < MOST_SPANS) spans.push({ start: offset + i * growth, end: offset + i * growth + fresh.length });
    end = offset + oldLength;
  }
  pieces.push(done.text.slice(end));
  const moved = done.spans.map((span) => {
    const before = at.filter((offset) => offset < span.start).length;
    return { start: span.start + before * growth, end: span.end + before * growth };
  });
  done.text = pieces.join('');
  done.times += at.length;
  done.spans = [...moved, ...spans].sort((a, b) => a.start - b.start).slice(0, MOST_SPANS);
}
