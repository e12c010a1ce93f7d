// The name of a dream, made of everything that its result depends on; reads no clock.
import { canonicalJson, shortHash } from '../base/hash.ts';
import { VERSION } from '../base/version.ts';
import type { Settings } from '../domain/settings.ts';

/** What a dream's name needs to know of a session that it read. */
export interface DreamInput {
  session: string;
  /** Hash of what the session says, whatever order it was imported in. */
  content: string;
  outcome: 'pass' | 'fail' | null;
  /** Its last dated event, RFC 3339. */
  last?: string | undefined;
}

/**
 * `d20261120-8c1f`: the day of the newest session, and a hash of base, sessions, settings and version; where models word the lessons,
 * of their names and prompts too (`words`).
 */
export function dreamId(
  date: string,
  base: string,
  inputs: readonly DreamInput[],
  settings: Settings,
  words?: string,
): string {
  const sessions = inputs
    .map(({ session, content, outcome }) => [session, content, outcome])
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  // How transcripts are shared and kept, how agents run and what they may do has no part in what is learned from them.
  const { version, memory, playbooks, redaction } = settings;
  const { words: _, sample, ...counted } = settings.dream;
  const dream = words === undefined ? counted : { ...counted, sample };
  const relevant = { version, memory, dream, playbooks, redaction };
  const hash = shortHash(
    canonicalJson([base, sessions, relevant, VERSION, ...(words === undefined ? [] : [words])]),
    4,
  );
  return `d${date.replaceAll('-', '')}-${hash}`;
}

/** The day (YYYY-MM-DD) of the newest dated session, if any is dated. */
export function newestDay(inputs: readonly DreamInput[]): string | undefined {
  return inputs
    .flatMap(({ last }) => last?.slice(0, 10) ?? [])
    .sort()
    .at(-1);
}
