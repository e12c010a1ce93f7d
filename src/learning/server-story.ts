// What happened to one review branch between this machine and a server, told from commits and texts; reads git, changes nothing.
import { isAncestor } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import { type BranchFate, branchFate, type LessonState, type ReadMemory } from './fate.ts';
import type { MemoryAt } from './memory-at.ts';

/**
 * `merged`: its commits are in force. `squashed`: its content is, or was decided about, under other commits. `waiting`:
 * the same on both sides. `not there`: never seen on the server. `ahead`: this machine has more. `changed there`: the
 * server has more. `diverged`: both have. `only there`: no branch here. `dropped`: deleted on the server, not in force.
 */
export type BranchState =
  | 'merged'
  | 'squashed'
  | 'waiting'
  | 'not there'
  | 'ahead'
  | 'changed there'
  | 'diverged'
  | 'only there'
  | 'dropped';

export interface BranchStory {
  branch: string;
  here: string | null;
  server: string | null;
  state: BranchState;
  /** True where nothing of the branch would be lost with it: merged, or every lesson in force as it is or turned down. */
  complete: boolean;
  lessons: { entry: string; state: LessonState; also_on?: string[] }[];
  /** What somebody did to the branch on the server, where it has more there. */
  changes: { entry: string; what: 'added' | 'edited' | 'removed' | 'accepted' | 'turned down' }[];
}

export interface Sides {
  branch: string;
  here: string | null;
  server: string | null;
  /** What earlier pushes and looks left behind. */
  note: { seen?: string | undefined; ours?: string | undefined };
}

/** @param memories commits of the memory branch, the server's first; a lesson that is in force in any of them is in force */
export async function tellStory(
  repo: Repository,
  read: ReadMemory,
  memories: readonly string[],
  sides: Sides,
): Promise<BranchStory> {
  const { branch, here, server } = sides;
  const tip = here ?? server;
  if (tip === null) throw new Error(`${branch} is on neither side`);
  const fate = await bestFate(repo, read, memories, tip);
  const story = { branch, here, server, lessons: fate.lessons, changes: [], complete: isComplete(fate) };
  if (fate.state !== 'waiting') return { ...story, state: fate.state === 'merged' ? 'merged' : 'squashed' };
  const state = await stateOf(repo, sides);
  if (here === null || server === null || (state !== 'changed there' && state !== 'diverged'))
    return { ...story, state };
  return { ...story, state, changes: changesBetween(await read(here), await read(server)) };
}

/** What the second memory has done to the lessons of the first; pure. */
export function changesBetween(before: MemoryAt, after: MemoryAt): BranchStory['changes'] {
  const [old, now] = [textsOf(before), textsOf(after)];
  const decided = new Set(before.decisions.map((d) => JSON.stringify(d)));
  const verdicts = after.decisions.filter((d) => !decided.has(JSON.stringify(d)));
  const changes: BranchStory['changes'] = verdicts.map((d) => ({
    entry: d.entry,
    what: d.verdict === 'accepted' ? 'accepted' : 'turned down',
  }));
  for (const entry of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    if (old.get(entry) === now.get(entry)) continue;
    const what = !old.has(entry) ? 'added' : now.has(entry) ? 'edited' : 'removed';
    // A verdict against a lesson takes its section out: one thing, told once.
    if (what === 'removed' && verdicts.some((d) => d.entry === entry && d.verdict !== 'accepted')) continue;
    changes.push({ entry, what });
  }
  return changes;
}

async function bestFate(
  repo: Repository,
  read: ReadMemory,
  memories: readonly string[],
  tip: string,
): Promise<BranchFate> {
  let first: BranchFate | undefined;
  for (const memory of memories) {
    const fate = await branchFate(repo, read, memory, tip);
    if (fate.state !== 'waiting') return fate;
    first ??= fate;
  }
  return first ?? { state: 'waiting', lessons: [] };
}

async function stateOf(repo: Repository, { here, server, note }: Sides): Promise<BranchState> {
  if (here === null) return 'only there';
  if (server === null) return note.seen === undefined ? 'not there' : 'dropped';
  if (here === server) return 'waiting';
  if (await isAncestor(repo, here, server)) return 'changed there';
  // A branch that was rebuilt here has other commits; what this machine itself put there it may replace.
  if (server === note.ours || (await isAncestor(repo, server, here))) return 'ahead';
  return 'diverged';
}

function isComplete({ state, lessons }: BranchFate): boolean {
  return (
    state === 'merged' ||
    (state === 'taken' && lessons.every((l) => l.state === 'in force' || l.state === 'turned down'))
  );
}

function textsOf({ playbooks, broken }: MemoryAt): Map<string, string> {
  const all = [...playbooks, ...broken.map((b) => b.playbook)].flatMap((p) => p.sections);
  return new Map(all.flatMap(({ mark, raw }): [string, string][] => (mark ? [[mark.id, raw.trimEnd()]] : [])));
}
