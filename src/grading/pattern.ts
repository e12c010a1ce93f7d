// Regular expressions of a rubric over text that somebody else wrote: matched within a second or not at all; never hangs.
import { createContext, Script } from 'node:vm';

/** Where it matched; `none`; or why that could not be found out. */
export type PatternMatch = { kind: 'match'; text: string } | { kind: 'none' } | { kind: 'unknown'; why: string };

const TIME_MS = 1_000;
const MOST_TEXT = 4_000_000;

/**
 * Looks for the pattern in a text. `^` and `$` match at line ends, case matters, and the syntax is that of JavaScript with
 * the flags m and u; `(?i)` and `(?s)` at the beginning switch on i and s. Only a clock bounds a backtracking engine for
 * every pattern, so a search that takes longer than a second is given up, and decides nothing.
 */
export function findPattern(source: string, text: string): PatternMatch {
  if (text.length > MOST_TEXT) return { kind: 'unknown', why: 'the text is longer than 4,000,000 characters' };
  const compiled = splitFlags(source);
  try {
    // The text is handed over as a value, never as code.
    Object.assign(room, { ...compiled, text });
    const found: unknown = search.runInContext(room, { timeout: TIME_MS });
    if (typeof found !== 'string') return { kind: 'none' };
    const [start, length] = found.split(' ').map(Number);
    return { kind: 'match', text: text.slice(start, (start ?? 0) + (length ?? 0)) };
  } catch (error) {
    return { kind: 'unknown', why: whyNot(error) };
  } finally {
    Object.assign(room, { text: '' });
  }
}

/** What is wrong with a pattern before any text is looked at; undefined where nothing is. */
export function patternFault(source: string): string | undefined {
  const { pattern, flags } = splitFlags(source);
  try {
    return new RegExp(pattern, flags).test('') ? 'it matches an empty text, and so any text at all' : undefined;
  } catch (error) {
    return whyNot(error);
  }
}

function splitFlags(source: string): { pattern: string; flags: string } {
  const [whole = '', letters = ''] = /^\(\?([is]{1,2})\)/.exec(source) ?? [];
  return { pattern: source.slice(whole.length), flags: [...new Set(`mu${letters}`)].join('') };
}

const room = createContext(Object.create(null));
const search = new Script(
  '(() => { const m = new RegExp(pattern, flags).exec(text); return m === null ? 0 : [m.index, m[0].length].join(" "); })()',
);

// Errors of another context are no instances of ours.
function whyNot(error: unknown): string {
  const { code, name, message } = asFailure(error);
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'the pattern takes longer than a second on this text';
  if (name !== 'SyntaxError') throw error;
  return `it is no regular expression (${message.replace(/^.*\/[a-z]*: /s, '')})`;
}

function asFailure(error: unknown): { code?: unknown; name: string; message: string } {
  if (error === null || typeof error !== 'object') return { name: '', message: '' };
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown }; // what was thrown may be anything
  return { code, name: String(name), message: String(message) };
}
