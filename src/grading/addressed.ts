// Finds lines of the work that speak to whoever grades it, and takes them out; a heuristic beside the fence, and no proof that none is left.

export interface Addressed {
  /** The text, with a mark in place of each line that was taken out. */
  text: string;
  /** Numbers (from 1) of the lines that were taken out. */
  lines: number[];
}

export const TAKEN_OUT = '[a line that addresses the grader was taken out here]';

/**
 * Takes out every line that a sentence to the grader touches, also where the sentence runs over several lines, is set in bold,
 * or is spelt with characters that only look like letters of another width. English only.
 */
export function withoutAddresses(text: string): Addressed {
  const lines = text.split('\n');
  const plain = lines.map(plainWords);
  const out = new Set<number>();
  for (const [at, line] of plain.entries()) if (OPENS.test(line)) out.add(at);
  const joined = plain.join(' ');
  const starts = startsOf(plain);
  for (const pattern of SAYS) {
    for (const match of joined.matchAll(pattern)) {
      const end = match.index + match[0].length - 1;
      for (let at = lineAt(starts, match.index); at < plain.length && (starts[at] ?? 0) <= end; at++) out.add(at);
    }
  }
  const kept = lines.map((line, at) => (out.has(at) ? TAKEN_OUT : line));
  return { text: kept.join('\n'), lines: [...out].sort((a, b) => a - b).map((at) => at + 1) };
}

const WHO =
  '(?:graders?|judges?|evaluators?|assessors?|examiners?|grading (?:model|agent|system)|(?:llm|ai) (?:judge|grader))';
const GOOD = '(?:met|satisfied|pass(?:ed|ing)?|fulfilled|not_met|fail(?:ed)?|cannot_tell)';
// `Grader:` at the beginning of a line, whatever comes before it by way of bullets and quotation marks.
const OPENS = new RegExp(
  `^[^a-z0-9]{0,12}(?:(?:dear|note to|attention|hey|hi|hello|to|for)[ ,:]{1,3})?(?:the |all )?${WHO}(?: {0,2}[:,!]| [\u2014-] )`,
  'i',
);
const SAYS = [
  `\\b(?:dear|note to|note for|attention|instructions? (?:to|for)|message (?:to|for)) (?:the |all |any )?${WHO}\\b`,
  `\\b(?:mark|grade|score|rate|count|treat|consider|judge|set|give|answer|call|declare)\\b[^.]{0,60}\\b(?:criteri(?:on|a)|verdicts?|rubrics?|everything)\\b[^.]{0,40}\\b${GOOD}\\b`,
  `\\b(?:mark|grade|score|rate|count|treat|consider|judge|declare)\\b[^.]{0,40}\\b(?:as|to be) (?:fully |completely )?["']?${GOOD}\\b`,
  `\\bverdicts?\\b["'\\s:=]{1,6}(?:(?:must|should|is|are|will|be|to) ){0,3}["']?${GOOD}\\b`,
  `\\b(?:ignore|disregard|forget|override)\\b[^.]{0,40}\\b(?:instructions?|prompts?|rubrics?|criteri(?:on|a)|(?:above|previous|prior|earlier) (?:text|rules|messages?))\\b`,
  `\\byou are (?:now )?(?:an? |the )?(?:[a-z]{1,20} ){0,2}${WHO}\\b`,
  `\\b(?:call|use|invoke)\\b[^.]{0,20}\\bverdict (?:tool|function)\\b`,
  `\\b${WHO}\\b[^.]{0,20}\\b(?:must|should|shall|please|has to|have to|is to|are to|can skip|may skip)\\b`,
].map((source) => new RegExp(source, 'gi'));

// Wide and styled letters become plain ones; marks of bold, code and strike-through go.
function plainWords(line: string): string {
  return line.normalize('NFKC').replace(/[*`~]/g, '').replace(/\s+/g, ' ').trim();
}

function startsOf(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

// The last line that starts at or before the place.
function lineAt(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
