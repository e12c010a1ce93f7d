// The name of what a session is, for caches of what is made of it; computes, and reads nothing.
import { type Key, quickNumbers } from '../base/hash.ts';
import type { Summary } from './session-summary.ts';

/** What the index keeps of a session, wherever its file lies and whenever it was written. */
export type Identity = Summary & { id: string };

/**
 * Another one for every session, and for the same one once anything of it changed: everything that an extract is made of. The content hash covers the events, the rest the header and its updates. Keys inside of its
 * values come in the order in which the header has them; where that should change, the extract is made anew. It stands in the
 * index: whoever changes what it is made of raises the version of that (session-shard.ts).
 */
export function sessionKey({ content, id, title, source, agent, model, project, by, task, ...rest }: Identity): Key {
  const { suite, dream, at, last_at, counts, outcome, evaluations, rubric } = rest;
  const named = [id, title, source, agent, model, project, by, task, suite, dream, rubric];
  const [one, other] = quickNumbers(content);
  const [third, last] = quickNumbers(JSON.stringify([...named, at, last_at, counts, outcome, evaluations]));
  return [one, other, third, last];
}
