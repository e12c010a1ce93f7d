// The text of a file that a person named; knows no format and never writes one.
import { readFileSync } from 'node:fs';
import { systemCode, UserError } from '../base/errors.ts';

/** The whole text, as UTF-8. Throws UserError that calls the file `what`, at `where`, if it cannot be read. */
export function readGiven(path: string, what = 'this file', where = path): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `${what} cannot be read (${code})`, where });
  }
}
