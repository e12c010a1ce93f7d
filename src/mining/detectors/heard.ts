// What people said amid the work of all sessions, from facts, in one walk that every detector shares; judges none of it.
import type { SignedWords } from '../asked-types.ts';
import type { Extract } from '../extract-types.ts';
import { askedOf, sizeOf } from '../stored-extract.ts';
import type { Done } from './gap-control.ts';
import { type Wish, WishAt, WorkAt } from './gap-wishes.ts';
import { type Said, SaidAt, type Signs } from './said.ts';

export interface Heard {
  /** What may correct the agent. */
  sayings: Said[];
  /** Work after words that it falls short, and after other turns; none of sessions that failed in the end. */
  wishes: Wish[];
  others: Done[];
}

export function heardIn(sessions: readonly Extract[]): Heard {
  const found = known.get(sessions) ?? hear(sessions);
  known.set(sessions, found);
  return found;
}

// Silence is explained from the same.
const known = new WeakMap<readonly Extract[], Heard>();

function hear(sessions: readonly Extract[]): Heard {
  const heard: Heard = { sayings: [], wishes: [], others: [] };
  const signsOf = newSigns();
  for (const session of sessions) {
    // Most sessions have only a first turn, with no work before it.
    if (sizeOf(session).later === 0) continue;
    for (const { place, at, saying, work, lacks } of askedOf(session).turns) {
      const turn = { session, place, at };
      if (saying !== undefined) heard.sayings.push(new SaidAt(turn, saying, signsOf(saying.words)));
      if (work === undefined || session.outcome === 'fail') continue;
      if (lacks === undefined) heard.others.push(new WorkAt(turn));
      else heard.wishes.push(new WishAt(turn, work, signsOf(lacks)));
    }
  }
  return heard;
}

// What is said in the same words shares them.
function newSigns(): (words: SignedWords) => Signs {
  const known = new Map<string, Signs>();
  return ({ wanted, unwanted }) => {
    const key = `${wanted.join(' ')}\n${unwanted.join(' ')}`;
    const found = known.get(key) ?? signsIn(wanted, unwanted);
    known.set(key, found);
    return found;
  };
}

function signsIn(wanted: readonly string[], unwanted: readonly string[]): Signs {
  return new Map([...wanted.map((word) => [word, 1] as const), ...unwanted.map((word) => [word, -1] as const)]);
}
