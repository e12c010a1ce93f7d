// A question with yes or no at a terminal; anything but y is a no, and nobody is asked where there is no terminal.
import type { CommandContext } from './context.ts';
import { openKeys } from './terminal-keys.ts';

/** Prints the question and reads one key. Ask only where `context.interactive`. */
export async function askYes({ print, signal }: CommandContext, question: string): Promise<boolean> {
  print.part(`${question} [y/N] `);
  const keys = openKeys(process.stdin, signal);
  try {
    const agreed = /^y$/i.test((await keys.next()) ?? '');
    print.line(agreed ? 'yes' : 'no');
    return agreed;
  } finally {
    keys.close();
  }
}
