// A sample of sessions read by a model in groups: what it proposes, as far as every place of it is there; makes no card and writes no sentence.
import { throwIfInterrupted } from '../../base/errors.ts';
import { inPool } from '../../base/pool.ts';
import type { Candidate, Digest, RefusedReading } from '../../domain/reading.ts';
import { findingsSchema } from './answers.ts';
import { believed } from './believed.ts';
import { confirmed } from './confirm.ts';
import { groupsOf } from './groups.ts';
import type { ReadingParts } from './parts.ts';
import { groupQuestion } from './questions.ts';
import { mergedPlaces } from './same.ts';
import { type Screened, screened } from './screen.ts';

/** What came of reading. */
export interface SampleRead {
  candidates: Candidate[];
  refused: RefusedReading[];
  groups: { asked: number; answered: number };
  /** Sessions that no reader answered for, and why. */
  unread: { session: string; reason: string }[];
  /** What else could not be asked. */
  missing: string[];
  /** Lines that were shown to nobody. */
  screened: Screened[];
}

export const FINDINGS_TOKENS = 4000;
const NOTHING: SampleRead = {
  screened: [],
  candidates: [],
  refused: [],
  groups: { asked: 0, answered: 0 },
  unread: [],
  missing: [],
};

/** The groups as they are shown: what is asked follows from the digests alone. */
export function readingGroups(digests: readonly Digest[]): Digest[][] {
  const byName = new Map(digests.map((digest) => [digest.session, screened(digest).digest]));
  return groupsOf([...byName.keys()]).map((group) => group.flatMap((session) => byName.get(session) ?? []));
}

/**
 * Each group is read by one context; what they saw is put together by shared places, wishes also by one more question, and each wish is then
 * read by three fresh contexts. Whatever is not answered is told in `unread` and `missing`. Throws Interrupted after
 * Ctrl-C, and nothing for what models do.
 */
export async function readSample(digests: readonly Digest[], parts: ReadingParts): Promise<SampleRead> {
  if (digests.length === 0) return NOTHING;
  const groups = readingGroups(digests);
  const answers = await inPool(
    groups,
    parts.atOnce,
    (group, at) => readGroup(group, at, groups.length, parts),
    parts.signal,
  );
  throwIfInterrupted(parts.signal);
  const refused: RefusedReading[] = [];
  const candidates: Candidate[] = [];
  const why = new Map<string, string>();
  const answered = new Set<string>();
  groups.forEach((group, at) => {
    const answer = answers[at] ?? { kind: 'none' as const, reason: 'interrupted' };
    for (const { session } of group) {
      if (answer.kind === 'answer') answered.add(session);
      else why.set(session, answer.reason);
    }
    if (answer.kind === 'answer') candidates.push(...believed(answer.value, group, refused));
  });
  const done = await confirmed(mergedPlaces(candidates), parts);
  throwIfInterrupted(parts.signal);
  return {
    candidates: done.candidates,
    refused: [...refused, ...done.refused],
    groups: { asked: groups.length, answered: answers.filter((a) => a?.kind === 'answer').length },
    unread: digests.flatMap(({ session }) =>
      answered.has(session) ? [] : [{ session, reason: why.get(session) ?? 'interrupted' }],
    ),
    missing: done.missing,
    screened: digests.flatMap((digest) => screened(digest).left),
  };
}

async function readGroup(group: readonly Digest[], at: number, all: number, { asker, prompt, focus }: ReadingParts) {
  return await asker.ask({
    role: 'reader',
    stage: 'read',
    card: `sample, group ${at + 1} of ${all}`,
    system: prompt,
    user: groupQuestion(group, focus),
    told: `${group.length} digests: ${group.map(({ session }, n) => `s${n + 1} = ${session}`).join(', ')}`,
    tool: { name: 'findings', description: 'Gives what the sessions have in common, each place cited.' },
    schema: findingsSchema,
    maxTokens: FINDINGS_TOKENS,
  });
}
