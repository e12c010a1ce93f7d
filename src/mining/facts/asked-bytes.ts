// What people and verdicts asked for as bytes, and read back as it was put in; finds none of it.
import type { Asked, DeedFact, GradedFact, SignedWords, TurnFact, WorkFact } from '../asked-types.ts';
import type { FactReader } from './fact-reader.ts';
import type { FactWriter } from './fact-writer.ts';

/** What is there, one bit each; `same` where the words of the saying are those of what was lacking. */
const TURN = { at: 1, saying: 2, work: 4, lacks: 8, same: 16 };
const DEED = { argument: 1, to: 2 };

export function writeAsked(to: FactWriter, { turns, graded }: Asked): void {
  to.list(turns, (turn) => writeTurn(to, turn));
  to.list(graded, ({ grade, work }) => {
    to.count(2 * grade + (work === undefined ? 0 : 1));
    if (work !== undefined) writeWork(to, work);
  });
}

function writeTurn(to: FactWriter, { place, at, saying, work, lacks }: TurnFact): void {
  const isSame = saying !== undefined && lacks !== undefined && areSame(saying.words, lacks);
  to.count(
    (at === undefined ? 0 : TURN.at) +
      (saying === undefined ? 0 : TURN.saying) +
      (work === undefined ? 0 : TURN.work) +
      (lacks === undefined ? 0 : TURN.lacks) +
      (isSame ? TURN.same : 0),
  );
  to.count(place);
  if (at !== undefined) to.text(at);
  if (saying !== undefined) {
    to.count(2 * saying.points);
    to.count(saying.since);
    writeWords(to, saying.words);
  }
  if (lacks !== undefined && !isSame) writeWords(to, lacks);
  if (work !== undefined) writeWork(to, work);
}

function areSame(a: SignedWords, b: SignedWords): boolean {
  const equal = (some: readonly string[], others: readonly string[]) =>
    some.length === others.length && some.every((word, i) => word === others[i]);
  return equal(a.wanted, b.wanted) && equal(a.unwanted, b.unwanted);
}

function writeWords(to: FactWriter, { wanted, unwanted }: SignedWords): void {
  to.words(wanted);
  to.words(unwanted);
}

function writeWork(to: FactWriter, { calls, call, deeds }: WorkFact): void {
  to.count(calls);
  to.count(call);
  to.list(deeds, (deed) => {
    to.count((deed.argument === undefined ? 0 : DEED.argument) + (deed.to === undefined ? 0 : DEED.to));
    to.word(deed.tool);
    if (deed.argument !== undefined) to.word(deed.argument);
    to.count(deed.place);
    if (deed.to !== undefined) to.text(deed.to);
  });
}

export function readAsked(from: FactReader): Asked {
  const turns: TurnFact[] = [];
  for (let left = from.count(); left > 0; left--) turns.push(readTurn(from));
  const graded: GradedFact[] = [];
  for (let left = from.count(); left > 0; left--) {
    const bits = from.count();
    const grade = Math.floor(bits / 2);
    graded.push(bits % 2 === 0 ? { grade } : { grade, work: readWork(from) });
  }
  return { turns, graded };
}

function readTurn(from: FactReader): TurnFact {
  const bits = from.count();
  const turn: TurnFact = { place: from.count() };
  if (bits & TURN.at) turn.at = from.text();
  if (bits & TURN.saying) turn.saying = { points: from.count() / 2, since: from.count(), words: readWords(from) };
  const words = bits & TURN.same ? turn.saying?.words : undefined;
  if (bits & TURN.lacks) turn.lacks = words ?? readWords(from);
  if (bits & TURN.work) turn.work = readWork(from);
  return turn;
}

function readWords(from: FactReader): SignedWords {
  return { wanted: from.words(), unwanted: from.words() };
}

function readWork(from: FactReader): WorkFact {
  const calls = from.count();
  const call = from.count();
  const deeds: DeedFact[] = [];
  for (let left = from.count(); left > 0; left--) {
    const bits = from.count();
    const deed: DeedFact = { tool: from.word(), place: 0 };
    if (bits & DEED.argument) deed.argument = from.word();
    deed.place = from.count();
    if (bits & DEED.to) deed.to = from.text();
    deeds.push(deed);
  }
  return { calls, call, deeds };
}
