// The dream: sessions and the memory in force go in, a review branch comes out; never touches the checkout.
import { join } from 'node:path';
import { throwIfInterrupted, UserError } from '../base/errors.ts';
import type { Card } from '../domain/card.ts';
import type { DreamStatus, LearnedChange, Quarantined, Silence, Withheld } from '../domain/dream.ts';
import type { Emit } from '../domain/emit.ts';
import { isForProof } from '../domain/run-marks.ts';
import type { Settings } from '../domain/settings.ts';
import { buildCommits } from '../git/fast-import.ts';
import { commitDate } from '../git/history.ts';
import { resolveCommit } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { type BranchPlan, planCommits } from '../learning/commit-plan.ts';
import { dreamId, newestDay } from '../learning/dream-id.ts';
import { doubtfulNotes, type MemoryAt, memoryAt } from '../learning/memory-at.ts';
import { notesIn } from '../learning/note-edits.ts';
import type { NoteFinding } from '../learning/note-findings.ts';
import { pendingEntries } from '../learning/pending.ts';
import { type Policy, readPolicy } from '../learning/policy.ts';
import { evidenceLines, renderReport } from '../learning/report.ts';
import { type DreamWords, planDream, recordedAnswers, spentOn, wordsReport } from '../learning/words/dream-words.ts';
import type { WordsEstimate } from '../learning/words/estimate.ts';
import type { WordsTold } from '../learning/words/plan-in-words.ts';
import { MOST_UNSEEN } from '../learning/words/smith.ts';
import { activityOf } from '../mining/activity.ts';
import { EXTRACT_VERSION } from '../mining/extract-types.ts';
import { loadExtracts } from '../mining/load.ts';
import { type Mined, mine } from '../mining/mine.ts';
import { unseenDigests } from '../mining/unseen.ts';
import { openCache } from '../store/cache.ts';
import { weakCriteria } from '../store/calibration.ts';
import { appendDreamRecord, isNew, raiseWatermark, readWatermark } from '../store/dream-log.ts';
import type { Layout } from '../store/layout.ts';
import { acquireLock } from '../store/lock.ts';
import type { IndexEntry } from '../store/session-index.ts';

export interface DreamRequest {
  layout: Layout;
  repo: Repository;
  settings: Settings;
  /** Path of `.agentmem` in the repository. */
  prefix: string;
  /** The sessions to read, already chosen. Those that are kept for proving are left out, whoever chose them. */
  sessions: IndexEntry[];
  /** The ref to grow from: the memory branch unless told otherwise. */
  base: string;
  /** Whoever words the lessons; without it our own wording stands. */
  words?: DreamWords | undefined;
  dryRun: boolean;
  /** Only for the log and the lock, never for the branch. */
  now: () => Date;
  emit: Emit;
  signal?: AbortSignal;
}

/** What `agent dream --json` prints. */
export interface DreamReport {
  dream: string | null;
  status: DreamStatus;
  reason?: string;
  branch: string | null;
  base: string | null;
  head: string | null;
  read: { sessions: number; new: number; collapsed: number; from_cache: number; held_out: number };
  cards: number;
  changes: (Pick<
    LearnedChange,
    'entry' | 'playbook' | 'change' | 'kind' | 'grade' | 'title' | 'sessions' | 'tasks' | 'evidence'
  > & { commit: string | null })[];
  quarantined: { claim: string; reason: string; grade: string }[];
  withheld: Withheld[];
  silent: Silence[];
  /** Doubtful places in notes. */
  notes: NoteFinding[];
  /** What became of a model's words, where one was asked. */
  words?: WordsTold;
  /** What they may cost at most, where only that was asked. */
  estimate?: WordsEstimate;
  usage: { usd: number; input_tokens: number; output_tokens: number };
}

/** What the thinking part of a dream came to: everything that will be written, and nothing written yet. */
interface Plan {
  dream: string;
  base: string;
  mined: Mined;
  changes: LearnedChange[];
  quarantined: Quarantined[];
  withheld: Withheld[];
  doubtful: NoteFinding[];
  branch: BranchPlan;
  fromCache: number;
  told: WordsTold;
  estimate?: WordsEstimate;
}

/**
 * Dreams under a lock. Throws UserError if another dream runs or the base is missing, Interrupted after Ctrl-C; in both
 * cases no ref has moved.
 */
export async function dream(request: DreamRequest): Promise<DreamReport> {
  const sessions = request.sessions.filter((session) => !isForProof(session));
  const report = await dreamOf({ ...request, sessions });
  return { ...report, read: { ...report.read, held_out: request.sessions.length - sessions.length } };
}

async function dreamOf(request: DreamRequest): Promise<DreamReport> {
  const { layout, now } = request;
  const lock = acquireLock(join(layout.state, 'dream.lock'), { what: 'a dream', since: now().toISOString() });
  const log = (status: DreamStatus, more: object = {}) =>
    request.dryRun ? undefined : appendDreamRecord(layout, { at: now().toISOString(), dream: null, status, ...more });
  try {
    log('pending', { sessions: request.sessions.length });
    log('running', { sessions: request.sessions.length });
    const report = await readThinkWrite(request);
    log('completed', {
      dream: report.dream,
      branch: report.branch,
      sessions: report.read.sessions,
      lessons: report.changes.length,
      usd: report.usage.usd,
    });
    return report;
  } catch (error) {
    log(request.signal?.aborted ? 'canceled' : 'failed', {
      reason: error instanceof Error ? error.message : String(error),
    });
    throw error;
  } finally {
    lock.release();
  }
}

async function readThinkWrite(request: DreamRequest): Promise<DreamReport> {
  const { layout, repo, sessions, signal } = request;
  const base = await baseCommit(repo, request.base);
  const mark = readWatermark(layout);
  const fresh = sessions.filter((s) => isNew(mark, s)).length;
  const plan = await think(request, base);
  throwIfInterrupted(signal);
  const written = plan.changes.length === 0 || request.dryRun ? undefined : await write(request, plan);
  if (!request.dryRun) raiseWatermark(layout, sessions);
  tell(request, 'done');
  return reportOf(plan, request, fresh, written);
}

// Every session has been read by the time there is something to tell.
function tell({ emit, sessions: { length } }: DreamRequest, note: string): void {
  emit({ type: 'progress', stage: 'dream', done: length, total: length, unit: 'session', note });
}

async function baseCommit(repo: Repository, ref: string): Promise<string> {
  const commit = await resolveCommit(repo, ref);
  if (commit !== null) return commit;
  throw new UserError({
    what: `there is no commit on ${ref} yet, so there is nothing for a dream to grow from`,
    hint: 'git add .agentmem && git commit -m "Lay out agent memory"; or set memory.branch in .agentmem/config.yaml',
  });
}

async function think(request: DreamRequest, base: string): Promise<Plan> {
  const { layout, repo, settings, prefix, sessions, emit, signal } = request;
  const memory = await memoryAt(repo, base, prefix);
  for (const { name, reason } of memory.broken)
    emit({ type: 'warning', stage: 'dream', text: `playbook left alone: ${reason}`, where: name });
  const cache = openCache(layout.cache, 'extracts', EXTRACT_VERSION);
  const { extracts, fromCache } = await loadExtracts({
    weak: weakCriteria(layout),
    layout,
    sessions,
    cache,
    emit,
    stage: 'dream',
    ...(signal && { signal }),
  });
  tell(request, 'looking for what happened again and again');
  const mined = mine(extracts, settings.dream);
  throwIfInterrupted(signal);
  const policy = readPolicy(memory.files.get('policy.md') ?? '');
  for (const text of policy.problems) emit({ type: 'warning', stage: 'dream', text });
  const notes = notesIn(memory.files);
  const date = newestDay(extracts) ?? (await commitDate(repo, base)).slice(0, 10);
  const { words } = request;
  const id = dreamId(date, base, extracts, settings, words?.name);
  const unseen = (card: Card) => unseenDigests(card, extracts, MOST_UNSEEN);
  const input = {
    cards: mined.cards,
    inForce: memory.playbooks,
    broken: memory.broken,
    recorded: memory.cards,
    decisions: memory.decisions,
    pending: await pendingEntries(repo, prefix, base, settings.memory.branch),
    dream: { id, date },
    activity: activityOf(extracts),
    policy,
    notes,
    settings,
  };
  const { plan: planned, told, estimate } = await planDream(input, words, unseen, signal);
  const doubtful = await doubtfulNotes(repo, memory, prefix);
  const branch = await branchPlan(request, { id, base, memory, mined, ...planned, doubtful, policy, told });
  return { dream: id, base, mined, ...planned, doubtful, branch, fromCache, told, ...(estimate && { estimate }) };
}

async function branchPlan(
  { repo, prefix, settings, sessions, words }: DreamRequest,
  found: {
    id: string;
    base: string;
    memory: MemoryAt;
    mined: Mined;
    changes: LearnedChange[];
    quarantined: Quarantined[];
    withheld: Withheld[];
    doubtful: NoteFinding[];
    policy: Policy;
    told: WordsTold;
  },
): Promise<BranchPlan> {
  const { id, base, memory, mined, changes, quarantined, withheld, doubtful, policy, told } = found;
  const newest = mined.newest === undefined ? 0 : Date.parse(mined.newest);
  return {
    dream: id,
    prefix,
    files: memory.files,
    changes,
    report: renderReport({
      dream: id,
      base,
      sessions: sessions.length,
      mined,
      changes,
      quarantined,
      withheld,
      notes: doubtful,
      policyProblems: policy.problems,
      ...(words && { words: wordsReport(words, told) }),
      settings,
    }),
    evidence: evidenceLines(changes.flatMap((c) => c.card ?? [])),
    ...recordedAnswers(words),
    atMs: Math.max(newest, Date.parse(await commitDate(repo, base))),
  };
}

async function write({ repo }: DreamRequest, plan: Plan): Promise<{ head: string; commits: string[] }> {
  const branch = `dream/${plan.dream}`;
  const existing = await resolveCommit(repo, `refs/heads/${branch}`);
  if (existing !== null) {
    throw new UserError({
      what: `the branch ${branch} is there already`,
      hint: `it holds the dream of these sessions: \`agent review ${branch}\`, or delete it (git branch -D ${branch}) to dream again`,
    });
  }
  return buildCommits(repo, { branch, from: null, parent: plan.base, commits: planCommits(plan.branch) });
}

function reportOf(
  plan: Plan,
  { words, sessions: { length: sessions } }: DreamRequest,
  fresh: number,
  written: { head: string; commits: string[] } | undefined,
): DreamReport {
  const { changes, mined, told, estimate } = plan;
  return {
    dream: plan.dream,
    status: 'completed',
    ...(changes.length === 0 && { reason: 'nothing worth changing was found' }),
    branch: written === undefined ? null : `dream/${plan.dream}`,
    base: plan.base,
    head: written?.head ?? null,
    read: { sessions, new: fresh, collapsed: mined.collapsed, from_cache: plan.fromCache, held_out: 0 },
    cards: mined.cards.length,
    changes: changes.map(({ entry, playbook, change, kind, grade, title, sessions: n, tasks, evidence }, i) => ({
      entry,
      playbook,
      change,
      kind,
      grade,
      title,
      commit: written?.commits[i] ?? null,
      sessions: n,
      tasks,
      evidence,
    })),
    quarantined: plan.quarantined.map(({ card, reason }) => ({ claim: card.claim, reason, grade: card.grade })),
    withheld: plan.withheld,
    silent: mined.silent,
    notes: plan.doubtful,
    ...(words && !words.estimate && { words: told }),
    ...(estimate && { estimate }),
    usage: spentOn(words),
  };
}
