// What of a shell line is judged, and which rules fit each of it: commands, files that redirections write, the line as a whole.
import { basename } from 'node:path/posix';
import { isToolOf } from '../domain/tool-name.ts';
import { type Fit, folded, pathBelow, type ReadyRule } from './permission-judge.ts';
import { readShellLine } from './shell/read-line.ts';
import { isLiteral, type ShellPart, type ShellReading, type ShellWord } from './shell/word.ts';
import { fits, type Run } from './wildcard.ts';

/** One thing that needs a verdict. */
export interface Check {
  what: 'command' | 'line' | 'file';
  /** As it stands in the line. */
  part: string;
  fit: (rule: ReadyRule) => Fit;
  /** It needs no rule that allows it. */
  free: boolean;
}

/** What of the line is judged; `opaque` says why it could not be understood for sure. */
export function checksOf(tool: string, line: string): { checks: Check[]; opaque: string[] } {
  const reading = readShellLine(line);
  const about = (rule: ReadyRule) => isToolOf(rule.tool, tool);
  const whole = (rule: ReadyRule) => about(rule) && (rule.wide || rule.inside === line);
  const checks = reading.parts.flatMap((part): Check[] => [
    ...(part.words.length + part.assignments.length > 0 ? [commandCheck(part, about, whole)] : []),
    ...part.writesTo.map((target) => fileCheck(target, reading, whole)),
  ]);
  // First, because of several that ask the first one is told: no narrow rule helps a line that can't be read.
  return { checks: [lineCheck(line, reading, about, whole), ...checks], opaque: reading.opaque };
}

type Tells = (rule: ReadyRule) => boolean;

function commandCheck(part: ShellPart, about: Tells, whole: Tells): Check {
  const texts = textsOf(part);
  const fit = (rule: ReadyRule): Fit => {
    if (whole(rule)) return 'yes';
    if (!about(rule)) return 'no';
    const { asText } = rule;
    if (rule.rule.verdict === 'allow') return texts.sure.some((runs) => fits(asText, runs)) ? 'yes' : 'no';
    if (texts.read.some((runs) => fits(asText, runs))) return 'yes';
    return texts.possible.some((runs) => fits(asText, runs)) ? 'perhaps' : 'no';
  };
  return { what: 'command', part: part.raw, fit, free: part.handsOn };
}

// A relative name says where it leads only as long as the line stays in the workspace; .git and our own files are no
// ordinary files of it.
function fileCheck(target: ShellWord, { moves }: ShellReading, whole: Tells): Check {
  const below = isLiteral(target) && !moves ? pathBelow(target.text) : undefined;
  const inside = below !== undefined && !/(?:^|\/)\.(?:git|agentmem)(?:\/|$)/i.test(below) ? below : undefined;
  const fit = (rule: ReadyRule): Fit => {
    if (whole(rule)) return 'yes';
    const writes = isToolOf(rule.tool, 'write');
    if (rule.rule.verdict === 'allow') {
      const covered = rule.inside === undefined || fits(rule.asPath, [{ text: inside ?? '', as: 'exact' }]);
      return writes && inside !== undefined && covered ? 'yes' : 'no';
    }
    if (!writes && !isToolOf(rule.tool, 'edit')) return 'no';
    if (rule.inside === undefined || rule.inside === '**') return 'yes';
    const names = [below ?? target.text, target.text].map(folded);
    if (isLiteral(target) && names.some((text) => fits(rule.asFoldedPath, [{ text, as: 'exact' }]))) return 'yes';
    return isLiteral(target) && !moves ? 'no' : 'perhaps';
  };
  return { what: 'file', part: target.raw, fit, free: false };
}

// A rule whose pattern spans operators (`curl * | sh`) is about lines. Of a line that can't be read for sure, every rule
// that forbids or asks may hold, and no narrow one can allow it.
function lineCheck(line: string, { opaque, parts }: ShellReading, about: Tells, whole: Tells): Check {
  const understood = opaque.length === 0;
  const fit = (rule: ReadyRule): Fit => {
    if (whole(rule)) return rule.rule.verdict === 'allow' || !understood || parts.length === 0 ? 'yes' : 'no';
    if (!about(rule) || rule.rule.verdict === 'allow') return 'no';
    const spans = /[;&|<>$`(\n]/.test(rule.inside ?? '');
    if (spans && fits(rule.asText, [{ text: line.trim(), as: 'exact' }])) return 'yes';
    return understood ? 'no' : 'perhaps';
  };
  return { what: 'line', part: line, fit, free: understood && parts.length > 0 };
}

/** The texts that patterns are compared with, each in pieces. */
interface Texts {
  /** What a rule must cover to allow the command. */
  sure: Run[][];
  /** What the command is as far as it is known. */
  read: Run[][];
  /** What it may turn out to be. */
  possible: Run[][];
}

function textsOf(part: ShellPart): Texts {
  const { words, assignments, raw, writesTo } = part;
  const matter = words.length > 0 ? assignments.filter((word) => !isHarmless(word)) : assignments;
  const sure = [runsOf([...matter, ...words], covered)];
  if (assignments.length + writesTo.length === 0) sure.push([{ text: raw, as: 'exact' }]);
  const forms = [words, [...assignments, ...words], byName(words)].filter((form) => form.length > 0);
  const read = forms.map((form) => runsOf(form, (piece) => [{ text: piece.text, as: known(piece.kind) }]));
  read.push([{ text: raw, as: 'exact' }]);
  const possible = forms.map((form) =>
    runsOf(form, (piece) => [{ text: piece.text, as: piece.kind === 'text' ? 'exact' : 'anything' }]),
  );
  return { sure, read, possible };
}

type Piece = ShellWord['pieces'][number];

function known(kind: Piece['kind']): Run['as'] {
  return kind === 'unknown' ? 'covered' : 'exact';
}

function runsOf(words: readonly ShellWord[], runs: (piece: Piece) => Run[]): Run[] {
  return words.flatMap((word, i): Run[] => [
    ...(i > 0 ? [{ text: ' ', as: 'exact' } as const] : []),
    ...word.pieces.flatMap(runs),
  ]);
}

// A blank within a word is none between words: the command 'git status' is another one than git status.
function covered({ kind, text }: Piece): Run[] {
  if (kind === 'unknown') return [{ text, as: 'covered' }];
  return text.split(/(\s+)/).map((each): Run => ({ text: each, as: /^\s/.test(each) ? 'covered' : 'exact' }));
}

// `/bin/rm` and, on a disk that does not tell case apart, `RM` are rm.
function byName(words: readonly ShellWord[]): ShellWord[] {
  const [first, ...rest] = words;
  if (first === undefined || !isLiteral(first)) return [];
  const text = basename(first.text).toLowerCase();
  return [{ ...first, text, pieces: [{ kind: 'text', text }] }, ...rest];
}

// They change how output looks and nothing else.
function isHarmless(word: ShellWord): boolean {
  return isLiteral(word) && /^(?:CI|NO_COLOR|FORCE_COLOR|LANG|LC_[A-Z]+)=/.test(word.text);
}
