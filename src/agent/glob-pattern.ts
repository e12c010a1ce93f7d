// Patterns for paths (`src/**/*.ts`), matched without regular expressions, so that no pattern can make a match slow; touches no file.

export interface GlobPattern {
  /** Whether a path with `/` between its names fits; names that begin with a dot are names like any other. */
  matches(path: string): boolean;
  /** Names that the pattern spells out, so that what is passed over by default can be asked for. */
  names: Set<string>;
}

const LONGEST = 1000;
const MOST_ALTERNATIVES = 200;

/**
 * Reads `*` (within a name), `**` (any number of folders), `?`, `[a-z]`, `[!a-z]`, `{a,b}` and `\` before a character that
 * means itself. Gives back what is wrong where the pattern is absolute, leaves the folder with `..`, or is too large.
 * Matching takes time in proportion to pattern times path.
 */
export function globPattern(pattern: string): GlobPattern | { fault: string } {
  if (pattern === '' || pattern.length > LONGEST) return { fault: `expected 1 to ${LONGEST} characters` };
  const alternatives = expand(pattern);
  if (alternatives === undefined) return { fault: `the braces give more than ${MOST_ALTERNATIVES} alternatives` };
  const compiled: Segment[][] = [];
  for (const alternative of alternatives) {
    if (alternative.startsWith('/') || alternative.startsWith('~'))
      return { fault: 'expected a pattern below the folder' };
    const parts = alternative.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) return { fault: 'a pattern cannot lead out of the folder with ..' };
    compiled.push(parts.map(segment));
  }
  return {
    matches: (path) => {
      const names = path.split('/');
      return compiled.some((segments) => fitsPath(segments, names));
    },
    names: new Set(alternatives.flatMap((alternative) => alternative.split('/'))),
  };
}

/** One name's pattern: a list of what each character may be; undefined for `**`. */
type Segment = Token[] | undefined;
type Token = { type: 'any' } | { type: 'one' } | { type: 'char'; char: string } | Class;
interface Class {
  type: 'class';
  not: boolean;
  ranges: [string, string][];
}

function expand(pattern: string): string[] | undefined {
  const braces = firstBraces(pattern);
  if (braces === undefined) return [pattern];
  const out: string[] = [];
  for (const option of braces.options) {
    const inner = expand(pattern.slice(0, braces.start) + option + pattern.slice(braces.end));
    if (inner === undefined || out.length + inner.length > MOST_ALTERNATIVES) return undefined;
    out.push(...inner);
  }
  return out;
}

// The first complete pair of braces with a comma inside; braces that never close, or hold no choice, mean themselves.
function firstBraces(pattern: string): { start: number; end: number; options: string[] } | undefined {
  const open: { start: number; commas: number[] }[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '{') open.push({ start: i, commas: [] });
    else if (char === ',') open.at(-1)?.commas.push(i);
    else if (char === '}') {
      const pair = open.pop();
      // Pairs inside others come first; each expansion takes one pair away, so the order does not matter.
      if (pair === undefined || pair.commas.length === 0) continue;
      const cuts = [pair.start, ...pair.commas, i];
      return {
        start: pair.start,
        end: i + 1,
        options: cuts.slice(1).map((cut, n) => pattern.slice((cuts[n] ?? 0) + 1, cut)),
      };
    }
  }
  return undefined;
}

function segment(text: string): Segment {
  if (text === '**') return undefined;
  const chars = [...text];
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    const set = char === '[' ? classAt(chars, i) : undefined;
    if (set !== undefined) {
      tokens.push(set.token);
      i = set.end;
    } else if (char === '*') {
      if (tokens.at(-1)?.type !== 'any') tokens.push({ type: 'any' });
    } else if (char === '?') tokens.push({ type: 'one' });
    else tokens.push({ type: 'char', char: char === '\\' && i + 1 < chars.length ? (chars[++i] ?? '') : char });
  }
  return tokens;
}

function classAt(chars: readonly string[], start: number): { token: Class; end: number } | undefined {
  const not = chars[start + 1] === '!' || chars[start + 1] === '^';
  const first = start + (not ? 2 : 1);
  const end = chars.indexOf(']', first + 1); // a bracket right at the beginning means itself
  if (end === -1) return undefined;
  const ranges: [string, string][] = [];
  for (let i = first; i < end; i++) {
    const from = chars[i] ?? '';
    const isRange = chars[i + 1] === '-' && i + 2 < end;
    ranges.push([from, isRange ? (chars[i + 2] ?? from) : from]);
    if (isRange) i += 2;
  }
  return { token: { type: 'class', not, ranges }, end };
}

function fitsPath(segments: readonly Segment[], names: readonly string[]): boolean {
  const isAny = (p: number) => segments[p] === undefined;
  return fits(segments.length, names.length, isAny, (p, i) => fitsName(segments[p] ?? [], names[i] ?? ''));
}

function fitsName(tokens: readonly Token[], name: string): boolean {
  const chars = [...name];
  const isAny = (p: number) => tokens[p]?.type === 'any';
  return fits(tokens.length, chars.length, isAny, (p, i) => fitsChar(tokens[p], chars[i] ?? ''));
}

function fitsChar(token: Token | undefined, char: string): boolean {
  if (token?.type === 'char') return token.char === char;
  if (token?.type === 'class') return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.not;
  return token !== undefined;
}

/**
 * Wildcard matching with one point to go back to: what the last wildcard swallowed may grow, earlier ones never need to,
 * so the time is bounded by the product of both lengths. `isAny` and `one` are asked about positions.
 */
function fits(
  wants: number,
  items: number,
  isAny: (want: number) => boolean,
  one: (want: number, item: number) => boolean,
): boolean {
  let [want, item] = [0, 0];
  let [star, from] = [-1, 0];
  while (item < items) {
    if (want < wants && isAny(want)) {
      star = want++;
      from = item;
    } else if (want < wants && one(want, item)) {
      want++;
      item++;
    } else if (star !== -1) {
      want = star + 1;
      item = ++from;
    } else return false;
  }
  while (want < wants && isAny(want)) want++;
  return want === wants;
}
