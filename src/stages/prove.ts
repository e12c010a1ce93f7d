// Prove: a branch against the memory in force and against neutral text, on tasks that no dream has read; the verdict is committed to the branch. Never touches the checkout.
import { join } from 'node:path';
import { readPast } from '../agent/past.ts';
import { type ArmTrials, armKey, type HeldTrial, runArmTrials } from '../agent/suite/arm-trials.ts';
import { folderStays } from '../agent/suite/folders.ts';
import type { TrialRecord } from '../agent/suite/trial-record.ts';
import { Interrupted, UserError } from '../base/errors.ts';
import type { PlannedTrial, Proof, ProofPlan } from '../domain/proof.ts';
import { buildCommits } from '../git/fast-import.ts';
import type { Repository } from '../git/repository.ts';
import { proofMessage } from '../learning/commit-message.ts';
import { memoryHash, proofFiles, proofsIn, textsOf } from '../learning/proof-files.ts';
import { type ReviewBranch, type ReviewEntry, readReviewBranch } from '../learning/review-branch.ts';
import { extractSession } from '../mining/extract.ts';
import { occurrencesOf } from '../mining/occurrences.ts';
import { type Analysis, analyse, type Countable } from '../proving/analysis.ts';
import { type Bets, betsOn, isSettled } from '../proving/bets.ts';
import { proofChart } from '../proving/chart.ts';
import { missedTrial, type Trial, trialOf } from '../proving/trial.ts';
import { type EarlierProof, usedBefore } from '../proving/used.ts';
import { verdictOf } from '../proving/verdict.ts';
import { acquireLock } from '../store/lock.ts';
import { writeProofPlan } from '../store/proof-plans.ts';
import { readTranscript } from '../store/transcript-read.ts';

export interface ProveRequest extends Omit<ArmTrials, 'tell'> {
  repo: Repository;
  /** Path of `.agentmem` in the repository. */
  prefix: string;
  /** Ids of criteria that must be met for a pass. */
  required: ReadonlySet<string>;
  /** What a person found out about tasks that collapsed, by task. */
  explained: ReadonlyMap<string, string>;
  /** A held-out set that decided before may decide once more. */
  again: boolean;
  /** Names the lessons that hurt as to be turned down. */
  dropHarmful: boolean;
  /** Proofs of other dreams, and of this one, that may have used the same tasks. */
  earlier: readonly EarlierProof[];
  who: { name: string; email: string };
  now: () => Date;
}

/** What `agent prove --json` prints: the record as it lies on the branch, and where. */
export interface ProveReport extends Proof {
  branch: string;
  /** The commit that holds the verdict. */
  commit: string;
}

/**
 * Runs what is not done of the plan, judges, and writes the verdict. Throws Interrupted after Ctrl-C and UserError where money is used
 * up, another process proves the same run, or the branch has changed meanwhile; the sessions stay, and the run can be gone on with.
 */
export async function prove(request: ProveRequest): Promise<ProveReport> {
  const { layout, plan, now } = request;
  const lock = acquireLock(join(layout.state, 'proofs', `${plan.run}.lock`), {
    what: `the proof ${plan.run}`,
    since: now().toISOString(),
  });
  try {
    const ran = await runAll(request);
    const state = await unchanged(request);
    const proof = proofOf(request, state, ran);
    const commit = await write(request, state, proof);
    writeProofPlan(layout, { ...plan, finished: { at: proof.at, verdict: proof.verdict } });
    return { ...proof, branch: plan.branch, commit };
  } finally {
    for (const { key, why } of await request.folders.close()) request.emit(folderStays('prove', key, why));
    lock.release();
  }
}

interface Ran {
  trials: Trial[];
  /** Transcripts by session. */
  paths: Map<string, string>;
  bets?: Bets;
}

async function runAll(request: ProveRequest): Promise<Ran> {
  const { plan, required, signal } = request;
  const order = [...new Set(plan.schedule.map((t) => t.task))];
  const progress = progressOf(request);
  const done: PlannedTrial[] = [];
  const held = new Map<string, HeldTrial>();
  const missed = new Map<string, string>();
  let bets: Bets | undefined;
  for (const wave of wavesOf(plan, order, request.jobs)) {
    const outcome = await runArmTrials({ ...request, tell: progress }, wave);
    if (signal.aborted) throw interrupted(request);
    if (outcome.stopped !== undefined) throw outOfMoney(plan, outcome.stopped);
    done.push(...wave);
    for (const [key, found] of outcome.held) held.set(key, found);
    for (const [key, why] of outcome.missed) missed.set(key, why);
    if (!plan.sequential) continue;
    bets = betsOn(trialsOf(done, held, missed), order, required);
    if (isSettled(bets)) break;
  }
  const paths = new Map([...held.values()].map(({ record, path }) => [record.session, path]));
  return { trials: trialsOf(done, held, missed), paths, ...(bets !== undefined && { bets }) };
}

// Whole tasks, as many at a time as keep all lanes busy; one wave where nothing may stop early.
function wavesOf({ schedule, sequential }: ProofPlan, order: readonly string[], jobs: number): PlannedTrial[][] {
  if (!sequential) return [schedule];
  const each = Math.max(1, schedule.length / Math.max(1, order.length));
  const tasks = Math.max(1, Math.ceil(jobs / each));
  return Array.from({ length: Math.ceil(order.length / tasks) }, (_, i) => {
    const wave = new Set(order.slice(i * tasks, (i + 1) * tasks));
    return schedule.filter((t) => wave.has(t.task));
  });
}

function trialsOf(
  planned: readonly PlannedTrial[],
  held: ReadonlyMap<string, HeldTrial>,
  missed: ReadonlyMap<string, string>,
): Trial[] {
  return planned.map((trial) => {
    const found = held.get(armKey(trial));
    if (found === undefined) return missedTrial(trial, missed.get(armKey(trial)) ?? 'it was not started');
    return trialOf(trial, found.record, readPast(found.path));
  });
}

function progressOf({ plan, emit }: ProveRequest): ArmTrials['tell'] {
  const counts = new Map<string, { passed: number; failed: number }>();
  let done = 0;
  return ({ arm }, { result }: TrialRecord) => {
    done++;
    const count = counts.get(arm) ?? { passed: 0, failed: 0 };
    counts.set(arm, count);
    if (result === 'passed') count.passed++;
    if (result === 'failed') count.failed++;
    const arms = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const note = arms.map(([name, c]) => `${name} ${c.passed}/${c.passed + c.failed}`).join(' · ');
    emit({ type: 'progress', stage: 'prove', done, total: plan.schedule.length, unit: 'trial', note });
  };
}

function interrupted({ plan, emit }: ProveRequest): Interrupted {
  emit({ type: 'note', stage: 'prove', text: `go on with it: agent prove --resume ${plan.run}` });
  return new Interrupted();
}

function outOfMoney({ run }: ProofPlan, why: string): UserError {
  return new UserError(
    { what: why, hint: `no verdict yet; go on when there is money: agent prove --resume ${run}` },
    1,
  );
}

// The branch may have gained verdicts of a reviewer meanwhile, but not other lessons than those that were compared.
async function unchanged({ repo, prefix, plan }: ProveRequest): Promise<ReviewBranch> {
  const state = await readReviewBranch(repo, prefix, plan.base, plan.branch);
  const then = await readReviewBranch(repo, prefix, plan.base, plan.head);
  if (JSON.stringify(textsOf(state.entries)) === JSON.stringify(textsOf(then.entries))) return state;
  throw new UserError({
    what: `${plan.branch} was changed since this proof began, so the verdict is not about it`,
    hint: `the sessions are kept; begin a new proof: agent prove ${plan.branch} --suite ${plan.suite}`,
  });
}

function proofOf(request: ProveRequest, state: ReviewBranch, ran: Ran): Proof {
  const { plan, required, explained, earlier, again } = request;
  const ranTasks = new Set(ran.trials.map((t) => t.task));
  const tasks = plan.tasks.filter(({ id }) => ranTasks.has(id));
  const analysis = analyse({
    ...{
      trials: ran.trials,
      tasks,
      required,
      explained,
      seed: plan.seed,
      perEntry: plan.per_entry,
      together: plan.by_hand,
    },
    predicted: predictedBy(state, ran),
  });
  const { verdict, reasons } = verdictOf(analysis, ran.bets);
  const used = usedBefore(
    plan.tasks.map((t) => t.key),
    [...earlier, ...[...proofsIn(state.at.files).values()].flat()],
    plan.run,
  );
  const counts = verdict === 'validated' && (used === undefined || again);
  const { falls: _falls, ...evidence } = ran.bets ?? { falls: '', better: 1, than_placebo: 1, worse: 1 };
  return {
    ...{ version: 1, run: plan.run, dream: plan.dream, verdict, reasons, at: request.now().toISOString() },
    ...{ suite: plan.suite, base: plan.base, head: plan.head, trials: plan.trials },
    memory: memoryHash(state),
    entries: entriesOf(state),
    method: plan.sequential ? 'sequential' : 'fixed',
    ...analysis,
    ...(plan.sequential && { evidence }),
    ...(used !== undefined && { exploratory: used }),
    ...(again && { again }),
    proven: counts ? provenEntries(state, analysis, ran.trials) : [],
    dropped: request.dropHarmful ? harmfulEntries(state, analysis, verdict === 'harmful') : [],
  };
}

// What an entry's own mark said before any proof of this dream raised it.
function entriesOf(state: ReviewBranch): Proof['entries'] {
  const known = new Map((proofsIn(state.at.files).get(state.dream) ?? []).toReversed().flatMap(namedGrades));
  const grades = new Map(state.entries.map((e) => [e.entry, e.grade]));
  return textsOf(state.entries).map(({ entry, text }) => ({
    ...{ entry, text },
    grade: known.get(entry) ?? grades.get(entry) ?? 'C',
  }));
}

function namedGrades({ entries }: Proof) {
  return entries.map((e) => [e.entry, e.grade] as const);
}

// Where single entries were measured, those that help by themselves; else those that prompts of the branch really held.
function provenEntries(state: ReviewBranch, { effects, tasks }: Analysis, trials: readonly Trial[]): string[] {
  const standing = state.entries.filter((e) => e.verdict !== 'rejected' && e.section !== undefined);
  const byItself = new Map(effects.map((e) => [e.entry, e.effect === 'helps']));
  const enough = Math.min(3, tasks.length);
  return standing.map((e) => e.entry).filter((entry) => byItself.get(entry) ?? loadedIn(entry, trials) >= enough);
}

function loadedIn(entry: string, trials: readonly Trial[]): number {
  return new Set(trials.filter((t) => t.arm === 'B' && t.loaded.includes(entry)).map((t) => t.task)).size;
}

// Those that hurt by themselves. Where the whole hurts and none of them alone was caught at it, nobody knows which: all.
function harmfulEntries(state: ReviewBranch, { effects }: Analysis, harmful: boolean): string[] {
  const caught = effects.filter((e) => e.effect === 'hurts').map((e) => e.entry);
  if (caught.length > 0 || !harmful) return caught;
  return state.entries.filter((e) => e.verdict !== 'rejected').map((e) => e.entry);
}

function predictedBy(state: ReviewBranch, { trials, paths }: Ran): Countable[] {
  const sessions = trials.filter((t) => (t.arm === 'A' || t.arm === 'B') && t.session !== '').map((t) => t.session);
  const extracts = new Map(sessions.map((id) => [id, extractSession(readTranscript(paths.get(id) ?? ''))]));
  const standing = state.entries.filter((e) => e.verdict !== 'rejected');
  return standing.map((entry) => countableOf(entry, extracts));
}

function countableOf(
  { entry, card, change }: ReviewEntry,
  extracts: ReadonlyMap<string, ReturnType<typeof extractSession>>,
): Countable {
  if (change === 'retire') return { entry, reason: 'it is taken out' };
  if (card === undefined) return { entry, reason: 'no card is kept for it' };
  const found = occurrencesOf(card, [...extracts.values()]);
  if ('reason' in found) return { entry, reason: found.reason };
  const count = (session: string) => {
    const extract = extracts.get(session);
    return extract === undefined ? 0 : found.count(extract);
  };
  return { entry, metric: found.metric, count };
}

async function write(request: ProveRequest, state: ReviewBranch, proof: Proof): Promise<string> {
  const { repo, prefix, who, now } = request;
  const touched = proofFiles(state, proof, proofChart(proof));
  const files = new Map([...touched].map(([path, text]) => [`${prefix}/${path}`, text]));
  const message = proofMessage(proof.dream, proof.verdict, proof.reasons[0] ?? '');
  const commit = { message, author: who, atMs: now().getTime(), files };
  const { branch, head } = state;
  const built = await buildCommits(repo, { branch, from: head, parent: head, commits: [commit] });
  return built.head;
}
