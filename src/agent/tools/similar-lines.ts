// Why a text is not in a file, as far as can be seen: other white space, line numbers taken along, or the lines most like it; pure.
import { clip } from '../../base/text.ts';

const MOST_LINES = 20_000;
const MOST_ASKED = 200;
const LONGEST_LINE = 300;
const SHOWN = 3;

/** A hint for a model whose `wanted` is not in `text`. */
export function notFoundHint(text: string, wanted: string): string {
  const asked = wanted.split(/\r?\n/);
  if (asked.every((line) => line === '' || /^ *\d+\t/.test(line)))
    return 'It begins with line numbers; those are not part of the file.';
  if (wanted.includes('[redacted:'))
    return 'It holds a mark like [redacted:…]; the file has something else in that place, which was hidden from you. Leave that line out.';
  const lines = text.split('\n', MOST_LINES);
  const spaced = sameButSpace(lines, asked);
  if (spaced !== undefined) {
    const there = lines
      .slice(spaced, spaced + Math.min(asked.length, SHOWN))
      .map((line) => JSON.stringify(clip(line, LONGEST_LINE)));
    return `Line ${spaced + 1} differs only in white space; the file has: ${there.join(', ')}.`;
  }
  const near = nearestLines(lines, asked.find((line) => line.trim() !== '') ?? '');
  if (near.length === 0) return 'No line of the file is like it; read the file again.';
  const rows = near.map((i) => `${String(i + 1).padStart(6)}\t${clip(lines[i] ?? '', LONGEST_LINE)}`);
  return `Lines most like its first line:\n${rows.join('\n')}\n`;
}

function sameButSpace(lines: readonly string[], asked: readonly string[]): number | undefined {
  const plain = asked.slice(0, MOST_ASKED).map(squeezed);
  const first = plain.findIndex((line) => line !== '');
  if (first === -1) return undefined;
  const there = lines.map(squeezed);
  // Only whole lines are compared; an old_string that begins within a line is left to the likeness.
  const at = there.findIndex(
    (line, i) =>
      line === plain[first] &&
      plain.slice(first).every((want, j) => there[i + j] === want || (want === '' && first + j === plain.length - 1)),
  );
  return at === -1 ? undefined : at;
}

function squeezed(line: string): string {
  return line.replace(/\s+/g, '');
}

// The likeness of two lines is the share of their pairs of characters that both have (Dice's coefficient).
function nearestLines(lines: readonly string[], asked: string): number[] {
  const want = pairs(asked);
  if (want.size === 0) return [];
  const scored = lines.map((line, i) => {
    const have = pairs(line);
    let both = 0;
    for (const pair of have) if (want.has(pair)) both++;
    return { i, score: (2 * both) / (want.size + have.size) };
  });
  return scored
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .slice(0, SHOWN)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
}

function pairs(line: string): Set<string> {
  const text = squeezed(line).slice(0, LONGEST_LINE);
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)));
}
