// Reads what a shell works out in a word: `$x`, `${…}`, `$(…)`, `$((…))`, `$'…'` and backticks; finds the commands in it, runs none.
import { MAX_DEPTH, type Piece, type Reader } from './word.ts';

/** What begins with `$` at the reader's place. A lone `$` is a character like any other. */
export function readDollar(reader: Reader): Piece[] {
  const start = reader.at;
  const next = reader.text[start + 1] ?? '';
  if (next === "'") return readAnsi(reader);
  if (next === '(') readSubstitution(reader);
  else if (next === '{') readBraces(reader);
  else if (next === '[') {
    reader.found.opaque.add('arithmetic as $[ ]');
    reader.at += 2;
  } else if (next === '"') {
    reader.at++; // a text to be translated: the quotes after it are read as ever
    return [];
  } else {
    NAME.lastIndex = start + 1;
    const name = NAME.exec(reader.text)?.[0];
    reader.at = start + 1 + (name?.length ?? 0);
    if (name === undefined) return [{ kind: 'text', text: '$' }];
  }
  return [{ kind: 'unknown', text: reader.text.slice(start, reader.at) }];
}

/** What stands between backticks; the text between them is a line of its own once its backslashes are taken away. */
export function readTicks(reader: Reader): Piece[] {
  const start = reader.at;
  let text = '';
  for (reader.at++; reader.at < reader.text.length && reader.text[reader.at] !== '`'; reader.at++) {
    const char = reader.text[reader.at] ?? '';
    const next = reader.text[reader.at + 1] ?? '';
    const escaped = char === '\\' && next !== '' && '$`\\'.includes(next);
    // Within double quotes a backslash before a quote goes too, outside it stays: which one it is changes the commands.
    if (char === '\\' && next === '"') reader.found.opaque.add('a quoted quote between backticks');
    text += escaped ? next : char;
    if (escaped) reader.at++;
  }
  if (reader.at >= reader.text.length) reader.found.opaque.add('a ` without its other half');
  else reader.at++;
  reader.inner(reader, text);
  return [{ kind: 'unknown', text: reader.text.slice(start, reader.at) }];
}

/** Finds the commands in a here-document whose end was not quoted: only `$`, backticks and backslashes mean anything there. */
export function readDocument(reader: Reader): void {
  while (reader.at < reader.text.length) {
    const char = reader.text[reader.at];
    if (char === '\\') reader.at += 2;
    else if (char === '`') readTicks(reader);
    else if (char === '$' && !`'"`.includes(reader.text[reader.at + 1] ?? "'")) readDollar(reader);
    else reader.at++;
  }
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]/y;
const NUMBERS_ONLY = /\$\(\(([0-9+\-*/%<>=!&|^~?:, \t()]*)\)\)/y;

// `$((` is arithmetic only if it ends in `))`; with names in it, their values may hold commands that bash then runs.
function readSubstitution(reader: Reader): void {
  const { text, at } = reader;
  if (text[at + 2] === '(') {
    NUMBERS_ONLY.lastIndex = at;
    const sum = NUMBERS_ONLY.exec(text);
    if (sum !== null && isBalanced(sum[1] ?? '')) {
      reader.at += sum[0].length;
      return;
    }
    reader.found.opaque.add('arithmetic with names');
  }
  readCommands(reader);
}

/** The commands of a `$( )` or `<( )` at the reader's place, brackets included. */
export function readCommands(reader: Reader): void {
  const { pending } = reader;
  reader.pending = [];
  reader.at += 2;
  reader.substitutions++;
  reader.list(reader);
  if (--reader.substitutions === 0) reader.afterDocument = false;
  if (reader.pending.length > 0) reader.found.opaque.add('a << that its brackets do not hold');
  reader.pending = pending;
}

// The expression is greedy: it must not have run on into a second `$((`, which the `$` prevents, or past its own end.
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

// Only forms that merely read a variable are taken as understood; others assign, or evaluate what the variable holds.
const SIMPLE = /\$\{(?:#?(?:[A-Za-z_]\w*|[0-9]+|[@*#?$!-])(?:\[(?:[0-9]+|@|\*)\])?|[A-Za-z_]\w*:[0-9]+(?::[0-9]+)?)\}/y;
const WITH_TEXT = /\$\{(?:[A-Za-z_]\w*|[0-9]+|[@*])(?:\[(?:[0-9]+|@|\*)\])?(?::?[-+?]|##?|%%?|\/\/?|\^\^?|,,?)/y;

function readBraces(reader: Reader): void {
  SIMPLE.lastIndex = reader.at;
  const simple = SIMPLE.exec(reader.text);
  if (simple !== null) {
    reader.at += simple[0].length;
    return;
  }
  WITH_TEXT.lastIndex = reader.at;
  const head = WITH_TEXT.exec(reader.text);
  if (head === null) reader.found.opaque.add('a ${ } that does more than read');
  const from = reader.at + 2;
  reader.at += head?.[0].length ?? 2;
  readBracesText(reader);
  if (head === null && /^[\s|(]/.test(reader.text.slice(from, from + 1)))
    reader.inner(reader, reader.text.slice(from, reader.at - 1));
}

// Which quotes count in here depends on what stands around it, so with any of them the text is not taken as understood.
function readBracesText(reader: Reader): void {
  if (reader.depth++ > MAX_DEPTH) {
    reader.found.opaque.add('nested too deeply');
    reader.at = reader.text.length;
  }
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined) {
      reader.found.opaque.add('a ${ without its other half');
      break;
    }
    if (char === '}') break;
    if (`'"\\`.includes(char) || char === '\n') reader.found.opaque.add('quotes inside ${ }');
    if (char === '$') readDollar(reader);
    else if (char === '`') readTicks(reader);
    else reader.at += char === '\\' ? 2 : 1;
  }
  reader.depth--;
  reader.at = Math.min(reader.at + 1, reader.text.length);
}

// Characters written as \n, \x41, \u2026 or \101 (bash manual, ANSI-C quoting). A NUL ends the text, so it is not taken as understood.
function readAnsi(reader: Reader): Piece[] {
  ANSI.lastIndex = reader.at;
  const whole = ANSI.exec(reader.text);
  if (whole === null) {
    reader.found.opaque.add("a $' without its other half");
    reader.at = reader.text.length;
    return [];
  }
  reader.at += whole[0].length;
  const text = (whole[1] ?? '').replace(ANSI_ESCAPE, (written, ...groups: (string | undefined)[]) => {
    const [octal, hex, four, eight, control, letter] = groups;
    if (control !== undefined) reader.found.opaque.add('a control character');
    if (letter !== undefined) return LETTERS.get(letter) ?? (`\\'"?`.includes(letter) ? letter : written);
    const code =
      octal !== undefined ? Number.parseInt(octal, 8) & 0xff : Number.parseInt(hex ?? four ?? eight ?? '0', 16);
    const plain = code > 0 && code < 0x80;
    if (!plain) reader.found.opaque.add('a character written as its number');
    return plain ? String.fromCharCode(code) : written;
  });
  return [{ kind: 'text', text }];
}

const ANSI = /\$'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y;
const ANSI_ESCAPE =
  /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c([\s\S])|([\s\S]))/g;
const LETTERS = new Map(
  Object.entries({ a: '\u0007', b: '\b', e: '\u001b', E: '\u001b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }),
);
