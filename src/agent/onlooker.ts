// Whoever looks at an agent's answers while it works, and how the agent hears of it; a contract and its use by the loop, criticises nothing itself.
import type { Block, SessionEvent } from '../domain/events.ts';
import type { Journal } from './journal.ts';

/** Critics, say. Neither may throw but for bugs. */
export interface Onlooker {
  /** Before the calls of an answer run: ids of calls (the model's) that wait for what will be said, with the reason. */
  before(answer: readonly SessionEvent[]): Promise<ReadonlyMap<string, string>>;
  /** After they have run, or where the answer says that the agent is done: what it has to hear before it goes on. */
  after(answer: readonly SessionEvent[]): Promise<Block[]>;
}

export interface Onlooking {
  journal: Journal;
  /** Looks at what the agent says and does, and may say something to it. */
  onlooker?: Onlooker;
}

/** Lets the onlooker see an answer before its calls run; the calls that must not run, with those of `skip`. */
export async function heldBack(
  { onlooker }: Onlooking,
  answer: readonly SessionEvent[],
  skip: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const held = await onlooker?.before(answer);
  return held === undefined ? skip : new Map([...held, ...skip]);
}

/** Says to the agent what the onlooker has to say after a turn; true if it had anything to say. */
export async function hear({ onlooker, journal }: Onlooking, answer: readonly SessionEvent[]): Promise<boolean> {
  const content = (await onlooker?.after(answer)) ?? [];
  if (content.length > 0) journal.append({ type: 'user.message', content });
  return content.length > 0;
}

/** The same for an answer without calls: true where an agent that thought it was done has to hear something. */
export async function objected(onlooking: Onlooking, answer: readonly SessionEvent[]): Promise<boolean> {
  await onlooking.onlooker?.before(answer);
  return await hear(onlooking, answer);
}
