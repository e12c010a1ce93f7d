// One attempt at a step: a session is ordered, or one that broke off gone on with, and what came of it logged; judges no work itself.
import { UserError } from '../../base/errors.ts';
import { sha256, shortHash } from '../../base/hash.ts';
import { clip, count, oneLine } from '../../base/text.ts';
import { MOST_RUNS } from '../../domain/workflow.ts';
import type { RunEnd, RunOrder } from '../run-order.ts';
import { type Verdict, verdictOf } from './answer.ts';
import type { Move } from './moves.ts';
import type { PlannedStep } from './plan.ts';
import { MOST_PROMPT, promptOf } from './prompt.ts';
import { again, ended, keyOf, nameOf, note, type Place, progress, timeOf, type Work, write } from './work.ts';

export type RunMove = Extract<Move, { do: 'run' }>;

/** Runs one session for a step, or one item of it. Throws for bugs and for a disk that refuses. */
export async function attempt(work: Work, move: RunMove): Promise<void> {
  const { state, request, broken } = work;
  const place = placeOf(move);
  const order = orderOf(work, move, place);
  const session = broken.get(keyOf(place));
  if (order.prompt.length > MOST_PROMPT)
    return notStarted(work, place, `the prompt is longer than ${count(MOST_PROMPT, 'character')}`);
  if (session === undefined && state.runs >= MOST_RUNS)
    return notStarted(work, place, `${count(MOST_RUNS, 'run')} are used up`);
  broken.delete(keyOf(place));
  write(work, { type: 'begun', at: timeOf(work), ...place, ...(session !== undefined && { session }) });
  progress(work, `${nameOf(place)} began`);
  let end: RunEnd;
  try {
    end = await (session === undefined ? request.runner.start(order) : request.runner.goOn(session, order));
  } catch (error) {
    // A session that cannot be had is an end of this step alone.
    if (!(error instanceof UserError)) throw error;
    const { what, where } = error.problem;
    return notStarted(work, place, where === undefined ? what : `${what} (${where})`);
  }
  // What counts is what is stored: a resumed run reads it back from there.
  take(work, move.step, place, { ...end, text: work.results.text(end.session) ?? end.text });
}

function orderOf(work: Work, { step, scope }: RunMove, place: Place): RunOrder {
  const { request, state, results, head } = work;
  const { words, schema, rubric, budget, agent } = step;
  const { earlier } = state.unit(place.step, place.item);
  const plain = promptOf({ words, scope, schema });
  const session = earlier?.kind === 'correction' ? earlier.session : undefined;
  const answer = session === undefined ? undefined : results.text(session);
  const told = earlier && { ...earlier, ...(answer !== undefined && { answer }) };
  return {
    agent,
    prompt: told === undefined ? plain : promptOf({ words, scope, schema, earlier: told }),
    folder: request.folder,
    // What an attempt is told of earlier ones makes it no other task.
    task: `${head.workflow}.${step.id}.${shortHash(plain, 6)}`,
    ...(rubric !== undefined && { rubric }),
    ...(budget !== undefined && { budget }),
    ...(head.memory !== undefined && { memory: head.memory === false ? false : { ref: head.memory } }),
    workflow: { workflow: head.workflow, run: head.run, ...place },
    activity: (text) => progress(work, `${nameOf(place)}: ${text}`),
  };
}

function take(work: Work, step: PlannedStep, place: Place, end: RunEnd): void {
  const { session, usage, text } = end;
  const verdict = verdictOf(end, step.schema, work.check);
  switch (verdict.kind) {
    case 'done':
      ended(work, place, { status: 'done', session, sha256: sha256(text), usd: usage.usd });
      break;
    case 'open': {
      work.held.set(keyOf(place), verdict.waiting ? 'waiting' : 'interrupted');
      const why = clip(oneLine(verdict.why), 200);
      note(work, verdict.waiting ? `… ${nameOf(place)} waits: ${why} (${session})` : `⊘ ${nameOf(place)}: ${why}`);
      break;
    }
    case 'no_model':
      work.halt ??= { why: 'no_model' };
      again(work, place, { failure: 'error', why: verdict.why, session, usd: usage.usd, next: 'same' });
      break;
    case 'failed':
      failedAttempt(work, step, place, { ...verdict, session, usd: usage.usd });
      break;
  }
}

// The form of an answer is corrected once for each attempt; a correction is no retry.
function failedAttempt(
  work: Work,
  { retry }: PlannedStep,
  place: Place,
  { failure, why, session, usd }: Extract<Verdict, { kind: 'failed' }> & { session: string; usd: number },
): void {
  const { corrected, retries } = work.state.unit(place.step, place.item);
  const facts = { failure, why, session, usd };
  const counts = retry?.on.some((on) => on === 'failed' || on === failure) === true;
  if (failure === 'schema' && !corrected) again(work, place, { ...facts, next: 'correction' });
  else if (counts && retries < (retry?.times ?? 0)) again(work, place, { ...facts, next: 'retry' });
  else ended(work, place, { status: 'failed', ...facts });
}

function notStarted(work: Work, place: Place, why: string): void {
  ended(work, place, { status: 'failed', failure: 'not_started', why, usd: 0 });
}

function placeOf({ step, item }: RunMove): Place {
  return { step: step.id, ...(item !== undefined && { item }) };
}
