// Imports other tools' transcripts as sessions; changes none of their files and imports nothing twice.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfInterrupted } from '../base/errors.ts';
import { inOrder } from '../base/pool.ts';
import { JOBS, type OpenThreads, openThreads } from '../base/threads.ts';
import { knownAhead } from '../mining/ahead.ts';
import { components } from '../sources/components.ts';
import { walk } from '../sources/walk.ts';
import type { ImportReport, ImportRequest } from './import/contract.ts';
import { type ImportAnswer, type ImportPiece, importPiece } from './import/piece.ts';
import type { GroupAnswer } from './import/prepare.ts';
import { Run, type Sorted } from './import/run.ts';
import { sortOut } from './import/sort.ts';
import { type Group, isSettled, Storing } from './import/storing.ts';

const PROGRAM = './stages/import/thread.js';
const PIECE = { groups: 16, bytes: 2 ** 20 }; // that are read in one go
const FEW = { groups: 8, bytes: 8 * 2 ** 20 }; // that are read before threads have begun and got up to speed
const LARGE = 32 * 2 ** 20; // bytes of a group that has no room in two places
const MANY = 32; // new groups that are worth knowing before anybody asks

type Threads = OpenThreads<ImportPiece, ImportAnswer>;

/**
 * Reads every file of a known kind at or below the paths and stores its sessions. Files that hold parts of one session
 * are read together; few such groups are in memory at a time. Run again, it changes nothing. What lists and mining know of new
 * sessions is kept at once where there are many. Throws UserError for a path that does not exist, Interrupted between groups;
 * sessions stored by then stay.
 */
export async function importSessions(request: ImportRequest): Promise<ImportReport> {
  const { rules, redact } = request;
  const walked = walk(request.paths);
  const run = new Run(request, walked);
  const jobs = rules === undefined ? 1 : (request.jobs ?? JOBS);
  const threads: Threads = openThreads({ program: PROGRAM, jobs, here: (piece) => importPiece(piece, redact) });
  try {
    const sorted = await sortOut(walked.files, run, threads);
    await importGroups(await groupsOf(sorted, run), run, threads);
  } finally {
    await threads.close();
  }
  return run.finish();
}

async function groupsOf(sorted: readonly Sorted[], run: Run): Promise<Group[]> {
  const groups: Group[] = [];
  for (const group of components(sorted, ({ source, keys }) => keys.map((key) => `${source.tool} ${key}`))) {
    const [first] = group;
    if (first === undefined) continue;
    await pause(run.request);
    const files = group.map(({ file }) => file);
    const known = run.memory.group(files);
    groups.push({ source: first.source, files, known, settled: known !== undefined && isSettled(known, run) });
  }
  return groups;
}

// Lets a signal in: Ctrl-C would otherwise be heard only at the end.
async function pause({ signal }: ImportRequest): Promise<void> {
  await nextTurn();
  throwIfInterrupted(signal);
}

async function importGroups(groups: readonly Group[], run: Run, threads: Threads): Promise<void> {
  const fresh = groups.filter(isToBeRead);
  const isShared = threads.size > 1 && fresh.length >= FEW.groups && bytesOf(fresh) >= FEW.bytes;
  const ahead = fresh.length >= MANY ? knownAhead(run.request.layout) : undefined;
  const storing = new Storing(run, ahead);
  const read = readerOf(run.request, threads, { isShared, ahead: ahead !== undefined });
  const pieces = piecesOf(groups, isShared ? PIECE : { groups: 1, bytes: 0 });
  try {
    for await (const { piece, answers } of inOrder(pieces, isShared ? threads.size + 2 : 1, read)) {
      for (const group of piece) {
        await pause(run.request);
        await storing.take(group, isToBeRead(group) ? answers.shift() : undefined);
      }
    }
  } finally {
    await storing.end().finally(() => ahead?.finish());
  }
}

function readerOf(
  { layout, by, redact, rules = [] }: ImportRequest,
  threads: Threads,
  { isShared, ahead }: { isShared: boolean; ahead: boolean },
): (piece: Group[]) => Promise<{ piece: Group[]; answers: GroupAnswer[] }> {
  return async (piece) => {
    const groups = piece.filter(isToBeRead).map(({ source, files }) => ({ tool: source.tool, files }));
    if (groups.length === 0) return { piece, answers: [] };
    const asked: ImportPiece = { read: { layout, by, ahead, groups }, rules };
    const answer = isShared ? await threads.ask(asked) : importPiece(asked, redact);
    return { piece, answers: answer.groups };
  };
}

function isToBeRead(group: Group): boolean {
  return !group.settled && bytesOf([group]) <= LARGE;
}

function bytesOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { files }) => files.reduce((all, { size }) => all + size, sum), 0);
}

// Groups that follow one another, so many that reading them is worth a message to a thread.
function piecesOf(groups: readonly Group[], most: typeof PIECE): Group[][] {
  const pieces: Group[][] = [];
  let piece: Group[] = [];
  for (const group of groups) {
    piece.push(group);
    if (piece.length < most.groups && bytesOf(piece) < most.bytes) continue;
    pieces.push(piece);
    piece = [];
  }
  return piece.length === 0 ? pieces : [...pieces, piece];
}
