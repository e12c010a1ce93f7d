// Whether two findings are about the same thing under different names; compares templates, never counts.
import type { Card } from '../domain/card.ts';

const MARK = /<[a-z_*]+>/g;
const LEAST_LETTERS = 8;
const LEAST_SHARE = 0.6;

/** True if both are of one kind and tool, and one error template is the other's with more of it masked. */
export function isLike(a: Card, b: Card): boolean {
  if (a.fingerprint === b.fingerprint) return true;
  if (a.kind !== b.kind || a.tool !== b.tool || a.template === undefined || b.template === undefined) return false;
  return covers(a.template, b.template) || covers(b.template, a.template);
}

/**
 * True if every text of template `special` is one of `general`: each mark of `general` stands for at least one character.
 * A template that is nearly all marks covers nothing, or it would swallow every lesson of its tool.
 */
export function covers(general: string, special: string): boolean {
  const letters = lettersIn(general);
  if (letters < LEAST_LETTERS || letters < lettersIn(special) * LEAST_SHARE) return false;
  const [head = '', ...pieces] = general.split(MARK);
  const text = special.replaceAll(MARK, '\u0001');
  if (pieces.length === 0) return text === head;
  const tail = pieces.pop() ?? '';
  if (!text.startsWith(head)) return false;
  let from = head.length;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from + 1); // leftmost is enough: what matches later also matches after an earlier start
    if (at < 0) return false;
    from = at + piece.length;
  }
  return text.endsWith(tail) && text.length - tail.length > from;
}

function lettersIn(template: string): number {
  return (template.replaceAll(MARK, '').match(/\p{L}/gu) ?? []).length;
}
