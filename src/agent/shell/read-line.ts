// Reads a bash command line into the simple commands that it would run, or says why it can't; runs nothing and never throws.
import { readCase, readCondition, readFor } from './compound.ts';
import { readWord } from './read-word.ts';
import { readDocuments, readRedirection } from './redirection.ts';
import { runsOthers } from './runs-others.ts';
import { isAssignment, skipBlanks } from './skip.ts';
import {
  type Findings,
  isBare,
  MAX_DEPTH,
  MAX_LINE,
  type Reader,
  type ShellPart,
  type ShellReading,
  type ShellWord,
} from './word.ts';

/**
 * The simple commands of a line for `bash -c`, also those in substitutions, compound commands and the arguments of commands
 * that run others. Where `opaque` is empty, bash runs no command that is not among the parts (what a program does once it
 * runs is another matter); where it is not, there may be more. Takes time in proportion to the line.
 */
export function readShellLine(line: string): ShellReading {
  const found: Findings = {
    parts: [],
    opaque: new Set(),
    moves: false,
    inputs: [],
    shellReadsInput: false,
    budget: 4 * MAX_LINE,
  };
  if (line.length > MAX_LINE) found.opaque.add('a line of more than 100,000 characters');
  else {
    if (line.includes('\0')) found.opaque.add('a NUL character');
    readText(found, line, 0);
    // Which input goes to which shell is not followed up: all of it is taken for commands.
    if (found.shellReadsInput) for (const input of found.inputs.splice(0)) readText(found, input, 1);
  }
  return { parts: found.parts, opaque: [...found.opaque], moves: found.moves };
}

function readText(found: Findings, text: string, depth: number): void {
  found.budget -= text.length;
  if (depth > MAX_DEPTH || found.budget < 0) {
    found.opaque.add('nested too deeply');
    return;
  }
  // A line that goes on within a word or an operator joins what stands apart here.
  if (/[^ \t\n](?:\\\n)+(?!\\\n)[^ \t\n]/.test(text)) found.opaque.add('a \\ at the end of a line, inside a word');
  const reader: Reader = {
    text,
    at: 0,
    depth,
    found,
    pending: [],
    substitutions: 0,
    afterDocument: false,
    list: (inside) => readList(inside, ')'),
    inner: (inside, inner) => readText(found, inner, inside.depth + 1),
  };
  readList(reader, 'end');
  if (reader.pending.length > 0) found.opaque.add('a << without its lines');
}

type Closer = 'end' | ')' | 'esac';

// Reads commands until what closes the list, and takes that along. `item` is the end of one branch of a `case`.
function readList(reader: Reader, closer: Closer): 'item' | 'esac' | 'end' {
  if (reader.depth++ > MAX_DEPTH) {
    reader.found.opaque.add('nested too deeply');
    reader.at = reader.text.length;
  }
  let ended: 'item' | 'esac' | 'end' | undefined;
  while (ended === undefined) {
    const from = reader.at;
    skipBlanks(reader);
    const char = reader.text[reader.at];
    // bash 5.2 misreads what follows: after a comment there it ran what stood between single quotes.
    if (reader.afterDocument && (!'\n)'.includes(char ?? ')') || reader.text.slice(from, reader.at).includes('#')))
      reader.found.opaque.add('more after a << inside $( )');
    if (char === undefined) {
      if (closer !== 'end') reader.found.opaque.add('a bracket or a case without its end');
      ended = 'end';
    } else if (char === ')' && closer === ')') {
      reader.at++;
      ended = 'end';
    } else ended = readNext(reader, closer, char);
  }
  reader.depth--;
  return ended;
}

function readNext(reader: Reader, closer: Closer, char: string): 'item' | 'esac' | undefined {
  const two = reader.text.slice(reader.at, reader.at + 2);
  if (char === '\n') {
    reader.at++;
    readDocuments(reader);
  } else if (two === ';;' || two === ';&') {
    reader.at += reader.text.startsWith(';;&', reader.at) ? 3 : 2;
    if (closer === 'esac') return 'item';
    reader.found.opaque.add('a ;; outside of case');
  } else if (char === ';' || char === '|' || (char === '&' && two !== '&>')) reader.at++;
  else if (char === ')') {
    reader.found.opaque.add('a ) without its other half');
    reader.at++;
  } else if (char === '(') {
    if (two === '((') reader.found.opaque.add('arithmetic as (( ))');
    reader.at++;
    readList(reader, ')');
    readTrailing(reader);
  } else return readCommand(reader, closer);
  return undefined;
}

interface Making {
  start: number;
  words: ShellWord[];
  assignments: ShellWord[];
  writesTo: ShellWord[];
}

function readCommand(reader: Reader, closer: Closer): 'esac' | undefined {
  const { text, found } = reader;
  const part: Making = { start: reader.at, words: [], assignments: [], writesTo: [] };
  let end = reader.at;
  for (;;) {
    skipBlanks(reader);
    const char = text[reader.at];
    if (char === '(') {
      readFunction(reader, part);
      break;
    }
    if (readRedirection(reader, part.writesTo)) {
      end = reader.at;
      continue;
    }
    const word = readWord(reader);
    if (word.raw === '') break;
    end = reader.at;
    if (part.words.length > 0) part.words.push(word);
    else if (isBare(word) && RESERVED.has(word.text)) {
      if (part.assignments.length + part.writesTo.length > 0) found.opaque.add(`a ${word.text} in an odd place`);
      return readReserved(reader, word.text, closer);
    } else if (isAssignment(word)) part.assignments.push(word);
    else part.words.push(word);
  }
  const { words, assignments, writesTo } = part;
  if (words.length + assignments.length + writesTo.length === 0) return undefined;
  addPart(reader, { words, assignments, writesTo, raw: text.slice(part.start, end), handsOn: false }, 0);
  return undefined;
}

// `name ()`: whatever the name meant before, it means something else from here on.
function readFunction(reader: Reader, part: Making): void {
  reader.found.opaque.add(part.words.length === 1 ? 'a function' : 'a bracket in an odd place');
  if (part.words.length !== 1) return;
  part.words = [];
  reader.at++;
  skipBlanks(reader);
  if (reader.text[reader.at] === ')') reader.at++;
}

const RESERVED = new Set(
  '! { } if then else elif fi while until do done for select case esac function coproc time [['.split(' '),
);

function readReserved(reader: Reader, word: string, closer: Closer): 'esac' | undefined {
  const { found } = reader;
  switch (word) {
    case 'esac':
      if (closer === 'esac') return 'esac';
      found.opaque.add('an esac without its case');
      break;
    case 'case':
      readCase(reader, (inside) => readList(inside, 'esac'));
      break;
    case 'for':
    case 'select':
      readFor(reader);
      return undefined;
    case '[[':
      readCondition(reader);
      break;
    case 'function':
      found.opaque.add('a function');
      skipBlanks(reader);
      readWord(reader);
      skipBlanks(reader);
      if (/^\([ \t]*\)/.test(reader.text.slice(reader.at, reader.at + 10)))
        reader.at = reader.text.indexOf(')', reader.at) + 1;
      return undefined;
    case 'coproc':
      found.opaque.add('a coproc');
      return undefined;
    case 'time':
      TIME.lastIndex = reader.at;
      reader.at += TIME.exec(reader.text)?.[0].length ?? 0;
      return undefined;
    case '}':
    case 'fi':
    case 'done':
      break;
    default:
      return undefined; // a command follows
  }
  readTrailing(reader);
  return undefined;
}

const TIME = /(?:[ \t]+-p(?=[ \t\n]))?(?:[ \t]+--(?=[ \t\n]))?/y;

// Redirections behind a compound command hold for all of it.
function readTrailing(reader: Reader): void {
  const start = reader.at;
  const writesTo: ShellWord[] = [];
  skipBlanks(reader);
  while (readRedirection(reader, writesTo)) skipBlanks(reader);
  const raw = reader.text.slice(start, reader.at).trim();
  if (writesTo.length > 0) reader.found.parts.push({ words: [], assignments: [], writesTo, raw, handsOn: false });
}

// A command, and those that it would run in turn: `env timeout 5 bash -c "…"`.
function addPart(reader: Reader, part: ShellPart, chain: number): void {
  const { found } = reader;
  if (chain > MAX_CHAIN) {
    found.opaque.add('nested too deeply');
    return;
  }
  const others = runsOthers(part.words);
  found.parts.push({ ...part, handsOn: others.handsOn });
  for (const reason of others.opaque) found.opaque.add(reason);
  found.moves ||= others.moves;
  found.shellReadsInput ||= others.readsInput;
  for (const words of others.guesses) {
    const raw = words.map((word) => word.raw).join(' ');
    found.parts.push({ words, assignments: [], writesTo: [], raw, handsOn: false });
  }
  const inherited = others.handsOn ? part.assignments : [];
  for (const { words, assignments } of others.commands) {
    const raw = words.map((word) => word.raw).join(' ');
    const all = [...inherited, ...assignments];
    addPart(reader, { words, assignments: all, writesTo: [], raw, handsOn: false }, chain + 1);
  }
  for (const line of others.lines) reader.inner(reader, line);
}

const MAX_CHAIN = 20;
