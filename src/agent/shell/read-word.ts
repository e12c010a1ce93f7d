// Reads one word of a shell line: quotes, escapes, globs, braces, and the expansions in it; runs and expands nothing.
import { readCommands, readDollar, readTicks } from './read-expansion.ts';
import { MAX_DEPTH, type Piece, type Reader, type ShellWord } from './word.ts';

/** The word at the reader's place, which must be where a word can begin; empty (`raw === ''`) where none does. */
export function readWord(reader: Reader): ShellWord {
  const start = reader.at;
  const word: Making = { pieces: [], bare: '', stillBare: true, brace: false, braced: false };
  while (reader.at < reader.text.length && readPiece(reader, word, start));
  const raw = reader.text.slice(start, reader.at);
  // bash and its like do not agree on where the document's lines begin then.
  if (reader.pending.length > 0 && raw.includes('\n'))
    reader.found.opaque.add('a line break inside a word before a <<');
  const pieces = word.braced ? word.pieces.map(opened) : word.pieces;
  return { text: pieces.map((piece) => piece.text).join(''), pieces, raw, bare: word.bare };
}

interface Making {
  pieces: Piece[];
  bare: string;
  stillBare: boolean;
  brace: boolean;
  /** `{a,b}` and `{1..3}` become several words, all of which this one stands for. */
  braced: boolean;
}

// False at the end of the word.
function readPiece(reader: Reader, word: Making, start: number): boolean {
  const char = reader.text[reader.at] ?? '';
  const next = reader.text[reader.at + 1] ?? '';
  if (char === "'") quoted(word, readSingle(reader));
  else if (char === '"') readDouble(reader, word);
  else if (char === '\\') readEscape(reader, word);
  else if (char === '`' || char === '$') quoted(word, char === '$' ? readDollar(reader) : readTicks(reader));
  else if ((char === '<' || char === '>') && next === '(') readProcess(reader, word, start);
  else if (char === '(' && /^[A-Za-z_]\w*\+?=$/.test(word.bare) && word.stillBare) readArray(reader, word);
  else if (/[ \t\n;&|<>()]/.test(char)) return false;
  else readBare(reader, word, char, start);
  return true;
}

function readBare(reader: Reader, word: Making, char: string, start: number): void {
  if (/[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/.test(char))
    reader.found.opaque.add('a control character or a blank that is none');
  const home = char === '~' && reader.at === start;
  word.brace ||= char === '{';
  word.braced ||= word.brace && (char === ',' || (char === '.' && reader.text[reader.at + 1] === '.'));
  put(word, home || char === '*' || char === '?' || char === '[' ? 'open' : 'text', char);
  if (word.stillBare) word.bare += char;
  reader.at++;
}

function readEscape(reader: Reader, word: Making): void {
  const next = reader.text[reader.at + 1];
  reader.at += next === undefined ? 1 : 2;
  if (next === '\n') return;
  word.stillBare = false;
  if (next === undefined) reader.found.opaque.add('a \\ at the very end');
  put(word, 'text', next ?? '\\');
}

function readSingle(reader: Reader): Piece[] {
  const end = reader.text.indexOf("'", reader.at + 1);
  if (end < 0) reader.found.opaque.add("a ' without its other half");
  const text = reader.text.slice(reader.at + 1, end < 0 ? undefined : end);
  reader.at = end < 0 ? reader.text.length : end + 1;
  return [{ kind: 'text', text }];
}

function readDouble(reader: Reader, word: Making): void {
  reader.at++;
  quoted(word, []);
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined) {
      reader.found.opaque.add('a " without its other half');
      return;
    }
    if (char === '"') break;
    if (char === '$' && reader.text[reader.at + 1] !== '"' && reader.text[reader.at + 1] !== "'") {
      quoted(word, readDollar(reader));
      continue;
    }
    if (char === '`') {
      quoted(word, readTicks(reader));
      continue;
    }
    const next = reader.text[reader.at + 1] ?? '';
    const escapes = char === '\\' && next !== '' && '$`"\\\n'.includes(next);
    if (!escapes) put(word, 'text', char);
    else if (next !== '\n') put(word, 'text', next);
    reader.at += escapes ? 2 : 1;
  }
  reader.at++;
}

function readProcess(reader: Reader, word: Making, start: number): void {
  if (reader.at !== start) reader.found.opaque.add('a <( ) inside a word');
  const from = reader.at;
  readCommands(reader);
  quoted(word, [{ kind: 'unknown', text: reader.text.slice(from, reader.at) }]);
}

// What stands in an array is worked out like arithmetic in places; its commands are found, the rest is not judged.
function readArray(reader: Reader, word: Making): void {
  reader.found.opaque.add('an array');
  const from = reader.at++;
  if (reader.depth++ > MAX_DEPTH) {
    reader.found.opaque.add('nested too deeply');
    reader.at = reader.text.length;
  }
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined || char === ')') break;
    if (readWord(reader).raw === '') reader.at++;
  }
  reader.depth--;
  if (reader.at < reader.text.length) reader.at++;
  quoted(word, [{ kind: 'unknown', text: reader.text.slice(from, reader.at) }]);
}

function quoted(word: Making, pieces: readonly Piece[]): void {
  word.stillBare = false;
  for (const { kind, text } of pieces) put(word, kind, text);
}

function put(word: Making, kind: Piece['kind'], text: string): void {
  const last = word.pieces.at(-1);
  if (last?.kind === kind) last.text += text;
  else word.pieces.push({ kind, text });
}

function opened({ kind, text }: Piece): Piece {
  return { kind: kind === 'unknown' ? kind : 'open', text };
}
