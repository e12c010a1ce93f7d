// A piece of the work of extracting, as a thread or this one does it: a few sessions in, packed extracts out; reads transcripts and keeps nothing.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Brief } from '../store/session-brief.ts';
import { readTranscript } from '../store/transcript-read.ts';
import { extractSession } from './extract.ts';
import { type PackedExtract, packExtract } from './packed-extract.ts';

export interface ExtractPiece {
  /** The folder of sessions. */
  folder: string;
  sessions: Pick<Brief, 'path' | 'size' | 'mtimeMs' | 'content'>[];
}

/** By session, in order: its block, and how many of the bytes are its. */
export interface ExtractedPiece {
  blocks: (Omit<PackedExtract, 'bytes'> & { length: number })[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** Throws UserError where a transcript has no readable header. */
export function extractPiece({ folder, sessions }: ExtractPiece): ExtractedPiece {
  const packed = sessions.map((session) => {
    const path = join(folder, session.path);
    const lines = readTranscript(path);
    return packExtract(extractSession(lines, isAsIndexed(path, session) ? session.content : undefined));
  });
  // A buffer of its own, which can be moved from thread to thread.
  const bytes = new Uint8Array(packed.reduce((sum, block) => sum + block.bytes.length, 0));
  let at = 0;
  for (const block of packed) {
    bytes.set(block.bytes, at);
    at += block.bytes.length;
  }
  return { blocks: packed.map(({ bytes: { length }, ...block }) => ({ ...block, length })), bytes };
}

// Else the hash of the index is that of other lines.
function isAsIndexed(path: string, { size, mtimeMs }: ExtractPiece['sessions'][number]): boolean {
  const stat = statSync(path);
  return stat.size === size && stat.mtimeMs === mtimeMs;
}
