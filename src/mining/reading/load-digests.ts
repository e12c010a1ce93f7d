// Digests of chosen sessions out of their transcripts; reads no other session and writes nothing.
import { join } from 'node:path';
import { throwIfInterrupted } from '../../base/errors.ts';
import { spokenText } from '../../domain/events.ts';
import type { Digest } from '../../domain/reading.ts';
import type { Layout } from '../../store/layout.ts';
import type { Stored } from '../../store/session-brief.ts';
import { readTranscript, type StoredEvent } from '../../store/transcript-read.ts';
import type { Extract } from '../extract-types.ts';
import { digestOf } from './digest.ts';

/** In the order of `chosen`. Throws Interrupted between two sessions, and the system error where a transcript cannot be read. */
export function loadDigests(
  chosen: readonly Extract[],
  index: readonly Stored[],
  { sessions }: Pick<Layout, 'sessions'>,
  signal?: AbortSignal,
): Digest[] {
  const paths = new Map(index.map((entry) => [entry.id, entry.path]));
  return chosen.flatMap((extract) => {
    throwIfInterrupted(signal);
    const path = paths.get(extract.session);
    return path === undefined ? [] : [loadDigest(extract, join(sessions, path))];
  });
}

function loadDigest(extract: Extract, path: string): Digest {
  const stored = new Map<string, StoredEvent>();
  let lastWords = '';
  for (const line of readTranscript(path)) {
    if (line.kind !== 'event') continue;
    const { event } = line;
    if (!stored.has(event.id)) stored.set(event.id, line);
    if (event.type !== 'agent.message' || event.thread !== undefined || !('content' in event)) continue;
    const said = Array.isArray(event.content) ? spokenText(event.content).trim() : '';
    if (said !== '') lastWords = said;
  }
  return digestOf(extract, stored, lastWords);
}
