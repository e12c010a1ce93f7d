// What became of a review branch in a memory, lesson by lesson; decides by what the texts say, so that a squash is seen as a merge. Changes nothing.
import type { Decision } from '../domain/decision.ts';
import { parsePlaybook } from '../domain/playbook.ts';
import { commitsBetween, isAncestor, mergeBase } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import { type MemoryAt, memoryAt } from './memory-at.ts';

/**
 * `in force`: as the branch has it. `edited`: the branch arrived, with other words. `left out`: the branch arrived
 * without it. `turned down`: a verdict says so. `other words`: in force, but not by way of this branch. `open`: nowhere yet.
 */
export type LessonState = 'in force' | 'edited' | 'left out' | 'turned down' | 'other words' | 'open';

export interface BranchFate {
  /** `merged`: its tip is part of the memory. `taken`: its content is, or was decided about. `waiting`: something is open. */
  state: 'merged' | 'taken' | 'waiting';
  lessons: { entry: string; state: LessonState }[];
}

export type ReadMemory = (commit: string) => Promise<MemoryAt>;

/** Reads memories, each commit once. */
export function memoryReader(repo: Repository, prefix: string): ReadMemory {
  const known = new Map<string, Promise<MemoryAt>>();
  return (commit) => {
    const reading = known.get(commit) ?? memoryAt(repo, commit, prefix);
    known.set(commit, reading);
    return reading;
  };
}

/** Compares the branch at `commit` with the memory at `memory`. */
export async function branchFate(
  repo: Repository,
  read: ReadMemory,
  memory: string,
  commit: string,
): Promise<BranchFate> {
  if (await isAncestor(repo, commit, memory)) return { state: 'merged', lessons: [] };
  const from = await mergeBase(repo, memory, commit);
  const base = from === null ? undefined : await read(from);
  const branch = await read(commit);
  const views = { base, branch, memory: await read(memory) };
  const dreamed = arrived(views) ? await read(await reportCommit(repo, from, commit)) : branch;
  return compare({ ...views, dreamed });
}

interface Views {
  /** What the branch grew from. */
  base: MemoryAt | undefined;
  branch: MemoryAt;
  memory: MemoryAt;
  /** The branch as its dream left it, before anybody went on with it. */
  dreamed: MemoryAt;
}

/** The comparison itself; pure. */
export function compare(views: Views): BranchFate {
  const { base, branch, memory, dreamed } = views;
  const texts = { base: textsOf(base), branch: textsOf(branch), memory: textsOf(memory), dreamed: textsOf(dreamed) };
  const came = arrived(views);
  const verdicts = newDecisions(branch.decisions, base?.decisions ?? []);
  const missing = newDecisions(verdicts, memory.decisions);
  const against = newDecisions(memory.decisions, base?.decisions ?? []).filter((d) => d.verdict !== 'accepted');
  const touched = [...new Set([...texts.branch.keys(), ...texts.base.keys()])].filter(
    (id) => texts.branch.get(id) !== texts.base.get(id),
  );
  const lessons: BranchFate['lessons'] = [];
  let settled = otherFilesArrived(views);
  for (const entry of touched.sort()) {
    const ours = texts.branch.get(entry);
    const theirs = texts.memory.get(entry);
    const state = stateOf(ours, theirs, texts.base.get(entry), {
      came,
      decided: against.some((d) => d.entry === entry),
    });
    lessons.push({ entry, state });
    // Where somebody went on with the lesson here, the other text is no answer to that.
    const answered = came && ours === texts.dreamed.get(entry) && !missing.some((d) => d.entry === entry);
    if (state === 'open' || state === 'other words') settled = false;
    if ((state === 'edited' || state === 'left out') && !answered) settled = false;
  }
  for (const { entry } of verdicts.filter((d) => d.verdict !== 'accepted')) {
    if (!lessons.some((l) => l.entry === entry)) lessons.push({ entry, state: 'turned down' });
  }
  if (missing.some((d) => d.verdict !== 'accepted')) settled = false;
  return { state: settled ? 'taken' : 'waiting', lessons };
}

function stateOf(
  ours: string | undefined,
  theirs: string | undefined,
  before: string | undefined,
  { came, decided }: { came: boolean; decided: boolean },
): LessonState {
  if (ours === theirs) return 'in force';
  if (decided) return 'turned down';
  if (theirs === before) return came ? 'left out' : 'open';
  return came ? 'edited' : theirs === undefined ? 'open' : 'other words';
}

// The dream's report comes with every merge, squash or rebase of its branch, and with nothing else.
function arrived({ base, branch, memory }: Omit<Views, 'dreamed'>): boolean {
  const own = [...branch.files.keys()].filter((path) => /^dreams\/[^/]+\.md$/.test(path) && !base?.files.has(path));
  return own.length > 0 && own.every((path) => memory.files.has(path));
}

// Notes and the like have no entries: there the whole file counts.
function otherFilesArrived({ base, branch, memory }: Omit<Views, 'dreamed'>): boolean {
  const paths = new Set([...branch.files.keys(), ...(base?.files.keys() ?? [])]);
  return [...paths]
    .filter((path) => !/^(playbooks|dreams)\/|^decisions\.jsonl$/.test(path))
    .filter((path) => branch.files.get(path) !== base?.files.get(path))
    .every((path) => branch.files.get(path) === memory.files.get(path));
}

function textsOf(at: MemoryAt | undefined): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [path, text] of at?.files ?? []) {
    if (!path.startsWith('playbooks/')) continue;
    for (const { mark, raw } of parsePlaybook('', text).sections) {
      if (mark !== undefined) texts.set(mark.id, raw.replaceAll('\r\n', '\n').trimEnd());
    }
  }
  return texts;
}

function newDecisions(all: readonly Decision[], known: readonly Decision[]): Decision[] {
  const lines = new Set(known.map((d) => JSON.stringify(d)));
  return all.filter((d) => !lines.has(JSON.stringify(d)));
}

async function reportCommit(repo: Repository, from: string | null, head: string): Promise<string> {
  const commits = await commitsBetween(repo, from, head);
  const report = commits.findLast((c) => c.subject.startsWith('Report: dream ') && c.trailers['Agentmem-Dream']);
  return report?.commit ?? head;
}
