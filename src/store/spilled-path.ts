// Where the files lie that keep long output beside a transcript; computes paths, and opens nothing.
import { basename, dirname, join } from 'node:path';

/** Where a file named in a transcript lies; undefined if the name leads out of that transcript's own folder. */
export function spilledPath(transcript: string, name: string): string | undefined {
  const folder = `${basename(transcript, '.jsonl')}.d`;
  const match = /^([^/\\]+)\/([A-Za-z0-9_][A-Za-z0-9_.-]{0,200})$/.exec(name);
  if (match?.[1] !== folder || match[2] === undefined) return undefined;
  return join(dirname(transcript), folder, match[2]);
}
