// Reads redirections and here-documents of a shell line: which files would be written; opens none.
import { readDocument } from './read-expansion.ts';
import { readWord } from './read-word.ts';
import { skipBlanks } from './skip.ts';
import { isLiteral, type PendingDocument, type Reader, type ShellWord } from './word.ts';

/** Reads the redirection at the reader's place, if there is one, and adds what it writes. False, and nothing read, otherwise. */
export function readRedirection(reader: Reader, writesTo: ShellWord[]): boolean {
  REDIRECTION.lastIndex = reader.at;
  const match = REDIRECTION.exec(reader.text);
  if (match === null) return false;
  const [whole, prefix = '', sign = ''] = match;
  if ((sign === '<' || sign === '>') && reader.text[reader.at + whole.length] === '(') {
    if (prefix === '') return false; // a process substitution, which is a word
    reader.found.opaque.add('a number before <( )');
  }
  if (prefix.startsWith('{')) reader.found.opaque.add('a redirection that sets a variable');
  reader.at += whole.length;
  skipBlanks(reader);
  const target = readWord(reader);
  if (target.raw === '') reader.found.opaque.add('a redirection without its file');
  else if (sign.startsWith('<<')) readInput(reader, sign, target);
  else noteTarget(sign, target, writesTo);
  return true;
}

/** Reads the lines of the here-documents that were announced on the line that just ended. */
export function readDocuments(reader: Reader): void {
  for (const pending of reader.pending.splice(0)) {
    reader.afterDocument ||= reader.substitutions > 0;
    const start = reader.at;
    const end = endOf(reader, pending);
    const body = reader.text.slice(start, end);
    if (pending.quoted) reader.found.inputs.push(body);
    else readBody(reader, body);
  }
}

const REDIRECTION = /([0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(<<<|<<-?|<>|<&|<|>>|>\||>&|>)|&>>?/y;

function noteTarget(sign: string, target: ShellWord, writesTo: ShellWord[]): void {
  const reads = sign === '<' || sign === '<&';
  // bash makes a network connection of these names, whichever way the data goes.
  const network = /^\/+dev\/+(?:tcp|udp)\//.test(target.text);
  if (reads && !network) return;
  const copiesStream = sign.endsWith('&') && /^(?:[0-9]+-?|-)$/.test(target.text);
  if (isLiteral(target) && (copiesStream || HARMLESS.has(target.text))) return;
  writesTo.push(target);
}

const HARMLESS = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/fd/1', '/dev/fd/2']);

function readInput(reader: Reader, sign: string, target: ShellWord): void {
  if (sign === '<<<') {
    reader.found.inputs.push(target.text);
    return;
  }
  if (!isLiteral(target) || /[\n$`]/.test(target.raw))
    reader.found.opaque.add('a << with an end that is no plain word');
  reader.pending.push({ end: target.text, quoted: target.raw !== target.text, tabs: sign === '<<-' });
}

// Leaves the reader behind the closing line and returns where the text ends.
function endOf(reader: Reader, { end, quoted, tabs }: PendingDocument): number {
  const { text } = reader;
  while (reader.at < text.length) {
    const start = reader.at;
    const found = text.indexOf('\n', start);
    const stop = found < 0 ? text.length : found;
    const line = text.slice(start, stop);
    reader.at = Math.min(stop + 1, text.length);
    if ((tabs ? line.replace(/^\t+/, '') : line) === end) return start;
    if (!quoted && line.endsWith('\\')) reader.found.opaque.add('a \\ at the end of a line of a <<');
  }
  reader.found.opaque.add('a << without its end');
  return text.length;
}

function readBody(reader: Reader, body: string): void {
  const inside: Reader = { ...reader, text: body, at: 0, pending: [] };
  reader.found.budget -= body.length;
  if (reader.found.budget < 0) reader.found.opaque.add('nested too deeply');
  else readDocument(inside);
  reader.found.inputs.push(body);
}
