// Small steps over a shell line: blanks, comments, and what counts as an assignment; finds no command.
import type { Reader, ShellWord } from './word.ts';

/** Moves on to the next thing on this line: over blanks, lines that go on, and a comment (but not the line break after it). */
export function skipBlanks(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    const char = text[reader.at];
    if (char === ' ' || char === '\t') reader.at++;
    else if (char === '\\' && text[reader.at + 1] === '\n') reader.at += 2;
    else break;
  }
  if (text[reader.at] !== '#') return;
  const end = text.indexOf('\n', reader.at);
  reader.at = end < 0 ? text.length : end;
}

/** `NAME=…` or `NAME+=…` as the shell sees it: the name and the sign stand there without quotes. */
export function isAssignment(word: ShellWord): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(word.bare);
}
