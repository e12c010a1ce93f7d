// What people said amid the work and what verdicts came, each with the work that followed; compares no session with another, and looks at no outcome.
import { groupBy } from '../../base/collections.ts';
import type { Asked, GradedFact, SayingFact, SignedWords, TurnFact, WorkFact } from '../asked-types.ts';
import type { Action, Extract, Turn } from '../extract-types.ts';
import { sayingIn } from './corrective.ts';
import { DeedRoom, Stretches } from './deeds.ts';
import { shortfallIn } from './shortfall.ts';

/** @param places where each of the session's actions stands */
export function askedIn(session: Extract, places: ReadonlyMap<Action, number>): Asked {
  const room = new DeedRoom(places);
  return { turns: turnsIn(session, room), graded: gradedIn(session, room) };
}

function turnsIn(session: Extract, room: DeedRoom): TurnFact[] {
  const { turns } = session;
  const works = worksAfter(session, room);
  return turns.flatMap((turn, place) => {
    // Before the agent did or said anything there is nothing to correct.
    const opens = place === 0 && turn.afterActions === 0;
    const work = works.get(turn);
    // What a person pasted from a page is no wish of theirs.
    const saying = opens || turn.borrowed === true ? undefined : sayingOf(turns, turn);
    if (saying === undefined && work === undefined) return [];
    const lacks = work === undefined || turn.borrowed === true ? undefined : lackedIn(turn);
    return [
      {
        place,
        ...(turn.at !== undefined && { at: turn.at }),
        ...(saying && { saying }),
        ...(work && { work }),
        ...(lacks && { lacks }),
      },
    ];
  });
}

function sayingOf(turns: readonly Turn[], turn: Turn): SayingFact | undefined {
  const found = sayingIn(turn.text, turn.afterInterrupt);
  return found && { points: found.points, words: apart(found.words), since: callsSince(turns, turn) };
}

/** Calls between a person's last word before a turn and the turn. */
export function callsSince(turns: readonly Turn[], { step, afterActions }: Turn): number {
  const before = turns.findLast((turn) => turn.step < step)?.afterActions ?? 0;
  return Math.max(0, afterActions - before);
}

function lackedIn({ text, afterInterrupt }: Turn): SignedWords | undefined {
  const found = shortfallIn(text, afterInterrupt);
  return found && apart(found.words);
}

function apart(words: ReadonlyMap<string, 1 | -1>): SignedWords {
  const signed: SignedWords = { wanted: [], unwanted: [] };
  for (const [word, sign] of words) (sign > 0 ? signed.wanted : signed.unwanted).push(word);
  return signed;
}

// The work after each turn with work before it in its lane, lane by lane.
function worksAfter({ turns, actions }: Extract, room: DeedRoom): Map<Turn, WorkFact> {
  const works = new Map<Turn, WorkFact>();
  const lanes = groupBy(actions, (action) => action.lane);
  for (const [lane, said] of groupBy(turns, (turn) => turn.lane)) {
    const stretches = new Stretches(room);
    const calls = [...(lanes.get(lane) ?? [])].sort(byStep);
    let done = 0;
    const until = (step: number) => {
      const from = done;
      while ((calls[done]?.step ?? Number.POSITIVE_INFINITY) < step) done++;
      return calls.slice(from, done);
    };
    const inOrder = [...said].sort(byStep);
    stretches.pass(until(inOrder[0]?.step ?? 0));
    for (const [i, turn] of inOrder.entries()) {
      const before = done;
      const between = until(inOrder[i + 1]?.step ?? Number.POSITIVE_INFINITY);
      if (between.length === 0) continue;
      if (before === 0 || turn.afterActions === 0) stretches.pass(between);
      else works.set(turn, stretches.next(between));
    }
  }
  return works;
}

function gradedIn({ evaluations = [], actions }: Extract, room: DeedRoom): GradedFact[] {
  return [...groupBy(evaluations.entries(), ([, { rubric }]) => rubric).values()].flatMap((grades) => {
    const stretches = new Stretches(room);
    const facts: GradedFact[] = [];
    let from = -1;
    for (const [grade, { step }] of grades.sort(([, a], [, b]) => a.step - b.step)) {
      const after = from;
      const work = actions.filter((action) => action.step > after && action.step < step);
      const last = facts.at(-1);
      if (last === undefined) {
        stretches.pass(work);
        facts.push({ grade });
      } else if (work.length === 0) last.grade = grade;
      else facts.push({ grade, work: stretches.next(work) });
      from = step;
    }
    return facts;
  });
}

function byStep(a: { step: number }, b: { step: number }): number {
  return a.step - b.step;
}
