// What files below paths look like from outside, to tell when one has changed; opens none of them.
import { statSync } from 'node:fs';
import { UserError } from '../base/errors.ts';
import { walk } from './walk.ts';

/** Size and time of last change by path. */
export type Look = ReadonlyMap<string, string>;

/** Every regular file at or below the absolute paths, as it looks now; a path that is not there has none. */
export function lookAt(paths: readonly string[]): Look {
  return new Map(paths.flatMap((path) => filesBelow(path)).flatMap((file) => seen(file)));
}

/** Whether nothing has come, gone or changed between two looks. */
export function sameLook(a: Look, b: Look): boolean {
  return a.size === b.size && [...a].every(([path, state]) => b.get(path) === state);
}

function filesBelow(path: string): string[] {
  try {
    return walk([path]).files;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
}

function seen(path: string): [string, string][] {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? [] : [[path, `${stat.size}/${stat.mtimeMs}/${stat.ino}`]];
}
