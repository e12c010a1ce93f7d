// Whether a text that a model wrote would put a redaction's mark where a file holds a secret; pure.

const MARK = /\[redacted:[^\]\n]{0,100}/g;

/** What a model is told whose text carries a mark that the file does not have there. */
export const MARK_REFUSED =
  'The text holds a mark like [redacted:…]. The file has something else in that place, which was hidden from you; writing ' +
  'the mark would destroy it. Change the file around it with edit, and leave the marked line out of old_string.';

/** True where a line of `after` carries a mark and `before` has no such line (as often). */
export function bringsMarks(before: string, after: string): boolean {
  if (!after.includes('[redacted:')) return false;
  return exceeds(markedLines(after), markedLines(before));
}

/** True where `replacement` carries marks that the literal text it replaces does not (as often). */
export function addsMarks(replaced: string, replacement: string): boolean {
  return exceeds(replacement.match(MARK) ?? [], replaced.match(MARK) ?? []);
}

function markedLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.includes('[redacted:'));
}

function exceeds(wanted: readonly string[], there: readonly string[]): boolean {
  const left = new Map<string, number>();
  for (const item of there) left.set(item, (left.get(item) ?? 0) + 1);
  for (const item of wanted) {
    const n = left.get(item) ?? 0;
    if (n === 0) return true;
    left.set(item, n - 1);
  }
  return false;
}
