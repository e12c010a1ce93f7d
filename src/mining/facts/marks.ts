// What copies of a session and sessions of its task are found by: hashes of its steps and of its prompt; compares none.
import type { Action, Extract } from '../extract-types.ts';
import type { Marks } from '../fact-types.ts';
import { bandKeysOf, type HashSet, hash32, hashSet, setOf, shingles } from '../minhash.ts';

const LEAST_STEPS = 8; // short runs of one task are alike by nature

/** A pure function of the session. */
export function marksIn(session: Extract): Marks {
  const { actions, turns, task, prompt = '', sketch } = session;
  const steps = actions.length + turns.length < LEAST_STEPS ? NONE : stepsOf(session);
  // Where a task is named the prompt is not looked at.
  const words = task === undefined ? promptSet(prompt) : NONE;
  return { sketch, steps, stepKeys: bandKeysOf(steps), promptKeys: bandKeysOf(words) };
}

const NONE: HashSet = new Uint32Array(0);

/** The set of a prompt's shingles. */
export function promptSet(prompt: string): HashSet {
  return hashSet(shingles(prompt));
}

// A step repeated is a step of its own, so that a run which polled twenty times is not one which polled twice.
function stepsOf({ actions, turns }: Extract): HashSet {
  const times = new Map<number, number>();
  const hashes = [...actions.map(hashOfAction), ...turns.map((turn) => hash32(`turn ${turn.text}`))];
  return setOf(
    hashes.map((hash) => {
      const time = times.get(hash) ?? 0;
      times.set(hash, time + 1);
      return time === 0 ? hash : hash32(`${time} ${hash}`);
    }),
  );
}

function hashOfAction(action: Action): number {
  return hash32(`${action.tool}\0${action.inputHash}\0${action.status}\0${action.resultHash ?? ''}`);
}
