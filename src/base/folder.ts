// Looks at folders, never through a link that stands in the place of one; changes none.
import { lstatSync, readdirSync } from 'node:fs';
import { systemCode } from './errors.ts';

/** False for a link to a folder. Throws the system error where the way there cannot be looked at. */
export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What lies in it, in no order; nothing where it is no folder, or cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

/** False also for what is no folder, or cannot be read. */
export function isEmptyFolder(path: string): boolean {
  try {
    return isFolder(path) && readdirSync(path).length === 0;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}
