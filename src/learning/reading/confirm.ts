// Passages that readers took for one wish, read again by fresh contexts that know nothing else; what two of three do not confirm is refused.
import type { Candidate, Cited, RefusedReading } from '../../domain/reading.ts';
import { sameSchema, voteSchema } from './answers.ts';
import type { ReadingParts } from './parts.ts';
import { MOST_GROUPS, MOST_PASSAGES, sameQuestion, voteQuestion } from './questions.ts';
import { mergedWishes, sessionsOf, type Wish } from './same.ts';

export const SAME_TOKENS = 2000;
export const VOTE_TOKENS = 800;
export const VOTES = 3;
const NEEDED = 2;
/** Candidates that fresh contexts read; those in fewest sessions wait. */
export const MOST_CONFIRMED = 12;
const LEAST_SESSIONS = 2;

export interface Confirmed {
  candidates: Candidate[];
  refused: RefusedReading[];
  /** What could not be asked, and why. */
  missing: string[];
}

/**
 * Wishes are put together by one more question, then each that two sessions or more show is read by three fresh contexts, and so are gaps
 * that people's words alone speak of. What code can check by itself passes as it is.
 */
export async function confirmed(candidates: readonly Candidate[], parts: ReadingParts): Promise<Confirmed> {
  const done: Confirmed = { candidates: [], refused: [], missing: [] };
  const wishes = await reduced(
    candidates.filter((one) => one.kind === 'preference'),
    parts,
    done,
  );
  const asking = [...wishes, ...candidates.filter(isAskedGap)];
  const often = asking.filter((one) => isOften(one, done)).map(shortened);
  for (const one of often.slice(MOST_CONFIRMED))
    refuse(
      done,
      one.kind,
      'room',
      `more than ${MOST_CONFIRMED} were seen; those in fewer sessions wait`,
      placesOf(one),
    );
  for (const [at, one] of often.slice(0, MOST_CONFIRMED).entries())
    done.candidates.push(...(await readAgain(one, at, parts, done)));
  done.candidates.push(...candidates.filter((one) => one.kind !== 'preference' && !isAskedGap(one)));
  return done;
}

async function reduced(seen: readonly Wish[], { asker, prompt }: ReadingParts, done: Confirmed): Promise<Wish[]> {
  if (seen.length < 2) return [...seen];
  if (seen.length > MOST_GROUPS)
    done.missing.push(
      `${seen.length - MOST_GROUPS} of ${seen.length} groups of wishes were not compared with the others`,
    );
  const asked = await asker.ask({
    role: 'reader',
    stage: 'same',
    card: 'sample, wishes',
    system: prompt,
    user: sameQuestion(seen.map(({ said }) => said)),
    tool: { name: 'same', description: 'Says which groups state one and the same wish.' },
    schema: sameSchema,
    maxTokens: SAME_TOKENS,
  });
  if (asked.kind === 'none') {
    done.missing.push(`nobody said which wishes are the same: ${asked.reason}`);
    return [...seen];
  }
  return mergedWishes(
    seen,
    asked.value.same.map((list) => list.map((number) => number - 1)),
  );
}

function isAskedGap(one: Candidate): boolean {
  return one.kind === 'gap' && one.criterion === undefined;
}

function isOften(one: Candidate, done: Confirmed): boolean {
  if (sessionsOf(placesOf(one)).size >= LEAST_SESSIONS) return true;
  refuse(done, one.kind, 'anecdote', 'seen in a single session', placesOf(one));
  return false;
}

function shortened(one: Candidate): Candidate {
  return withPlaces(one, placesOf(one).slice(0, MOST_PASSAGES));
}

async function readAgain(
  one: Candidate,
  at: number,
  { asker, prompt }: ReadingParts,
  done: Confirmed,
): Promise<Candidate[]> {
  const places = placesOf(one);
  const votes: number[][] = [];
  for (let vote = 1; vote <= VOTES; vote++) {
    const asked = await asker.ask({
      role: 'verifier',
      stage: 'passages',
      card: `sample, candidate ${at + 1}`,
      system: prompt,
      user: voteQuestion(one.kind === 'gap' ? 'gap' : 'preference', places),
      tool: { name: 'passages', description: 'Says which passages state one and the same thing.' },
      schema: voteSchema,
      maxTokens: VOTE_TOKENS,
      vote,
    });
    if (asked.kind === 'none') {
      done.missing.push(`something seen in ${sessionsOf(places).size} sessions was not read again: ${asked.reason}`);
      return [];
    }
    votes.push(asked.value.holds ? asked.value.states : []);
  }
  return kept(one, votes, done);
}

// A passage that one reader alone finds to state it is dropped; a finding that one reader alone believes is refused.
function kept(one: Candidate, votes: readonly number[][], done: Confirmed): Candidate[] {
  const places = placesOf(one);
  const holding = votes.filter((states) => states.length > 0).length;
  if (holding < NEEDED) {
    const reason = `${holding} of ${votes.length} fresh readers found that the passages say one thing; ${NEEDED} are needed`;
    refuse(done, one.kind, 'readers', reason, places);
    return [];
  }
  const good = places.filter((_, at) => votes.filter((states) => states.includes(at + 1)).length >= NEEDED);
  const dropped = places.filter((place) => !good.includes(place));
  if (dropped.length > 0)
    refuse(done, one.kind, 'readers', 'fresh readers found that these passages say something else', dropped);
  return good.length === 0 ? [] : [withPlaces(one, good)];
}

function placesOf(one: Candidate): Cited[] {
  return one.kind === 'preference' ? one.said : one.cited;
}

function withPlaces(one: Candidate, places: Cited[]): Candidate {
  return one.kind === 'preference' ? { ...one, said: places } : { ...one, cited: places };
}

function refuse(
  { refused }: Confirmed,
  kind: Candidate['kind'],
  rule: string,
  reason: string,
  places: readonly Cited[],
): void {
  refused.push({ kind, rule, reason, sessions: [...sessionsOf(places)] });
}
