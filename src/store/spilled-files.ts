// The files that hold what was too long for a line: which ones an event names, and their text; follows no link and changes nothing.
import { lstatSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { type Block, isToolResult, type SessionEvent } from '../domain/events.ts';
import { spilledPath } from './spilled-path.ts';

/** The files that an event names, as it names them: relative to the transcript's folder, and perhaps not there. */
export function spilledNames(event: SessionEvent): string[] {
  const own = isToolResult(event) && typeof event.file === 'string' ? [event.file] : [];
  if (!('content' in event) || !Array.isArray(event.content)) return own;
  const blocks = event.content as Block[]; // checked by the reader, as far as it is used here
  const images = blocks.flatMap((block) =>
    block.type === 'image' && typeof block.file === 'string' ? [block.file] : [],
  );
  return [...new Set([...own, ...images])];
}

/**
 * The text of a file that a line of `transcript` names; undefined if it is not there, leads elsewhere, or is no regular file.
 * Links are not followed: in a transcript that came from outside one could lead to any file of this machine.
 */
export function readSpilled(transcript: string, name: string): string | undefined {
  const path = spilledPath(transcript, name);
  if (path === undefined) return undefined;
  try {
    if (!lstatSync(dirname(path)).isDirectory() || !lstatSync(path).isFile()) return undefined;
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
