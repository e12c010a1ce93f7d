// Command lines for /bin/sh and for crontab, in which any path stays one word; runs nothing.
import { UserError } from '../base/errors.ts';

/** One word for /bin/sh, quoted where it holds anything but plain characters. Throws UserError for a line break or NUL. */
export function shellWord(word: string): string {
  if (/[\n\r\0]/.test(word)) {
    throw new UserError({
      what: 'A path with a line break in its name cannot stand in a command line.',
      where: JSON.stringify(word),
      hint: 'rename the folder',
    });
  }
  return /^[\w/.:=@+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Words as one line for /bin/sh. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/**
 * A shell line as it must stand in a crontab, where a bare `%` would become a line break. cron takes the backslash away
 * from `\%` and leaves every other pair of backslash and character alone, so a backslash of the line's own right before a
 * `%` would swallow ours: between those two the quotes, in which it must stand, are closed and opened again.
 */
export function cronLine(line: string): string {
  let out = '';
  let escaped = false;
  for (const char of line) {
    if (char === '%') {
      out += escaped ? "''\\%" : '\\%';
      escaped = false;
      continue;
    }
    out += char;
    escaped = char === '\\' && !escaped;
  }
  return out;
}
