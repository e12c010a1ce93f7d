// Which regular expressions of a person may run over hostile text: those whose cost is bounded; compiles, matches nothing.

/** A pattern that may be used, or why not. */
export type Compiled = { pattern: RegExp } | { refused: string };

const MAX_PATTERN = 200;
const LONGEST_RUN = 1000; // what `*` and `+` may run over: callers show a pattern at most this many characters at a time
const MAX_TRIES = 10_000_000;

/**
 * Compiles a pattern (case does not matter) if the ways in which it can be tried on 1,000 characters from one start are at
 * most ten million. A backtracking engine tries combinations, so repeated groups, look-around and references back are refused.
 */
export function compileSafely(source: string): Compiled {
  if (source.trim() === '') return { refused: 'it is empty' };
  if (source.length > MAX_PATTERN) return { refused: `it is longer than ${MAX_PATTERN} characters` };
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, 'iu');
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message.replace(/^.*\/[a-z]*: /s, '') : String(error);
    return { refused: `it is no regular expression (${why})` };
  }
  const refused = costOf(source);
  return refused === undefined ? { pattern } : { refused };
}

// Outside classes and escapes, what multiplies the ways to try a match; the syntax is known to be right.
function costOf(source: string): string | undefined {
  const bare = source
    .replace(/\\k<|\\[1-9]/g, '\u0001')
    .replace(/\\(?:[pPu]\{[^}]*\}|.)/gsu, 'x')
    .replace(/\[(?:[^\]])*\]/gs, 'x');
  if (bare.includes('\u0001')) return 'it refers back to a group';
  if (/\(\?<?[=!]/.test(bare)) return 'it looks ahead or behind';
  if (/\)(?:[*+]|\{)/.test(bare)) return 'it repeats a group, which can take for ever on some texts';
  let tries = 1;
  for (const [part, least, comma, most] of bare.matchAll(/[*+]|\?(?!:)|\||\{(\d+)(,?)(\d*)\}/g)) {
    if (part === '*' || part === '+') tries *= LONGEST_RUN;
    else if (part === '?' || part === '|') tries *= 2;
    else if (comma !== '') tries *= most === '' ? LONGEST_RUN : Math.max(1, Number(most) - Number(least) + 1);
  }
  return tries > MAX_TRIES ? 'it can be tried in too many ways on a long text: use fewer of * + ? |' : undefined;
}
