// The dream: sessions and the memory in force go in, a review branch comes out; never touches the checkout.
import { join } from 'node:path';
import { throwIfInterrupted, UserError } from '../base/errors.ts';
import type { DreamStatus } from '../domain/dream.ts';
import { isForProof, isKeptFromLearning } from '../domain/run-marks.ts';
import { resolveCommit } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { appendDreamRecord, isNew, raiseWatermark, readWatermark } from '../store/dream-log.ts';
import { acquireLock } from '../store/lock.ts';
import type { DreamReport, DreamRequest, GivenOrders } from './dream/contract.ts';
import { withConversation } from './dream/conversation.ts';
import { findCards } from './dream/find.ts';
import { readMaterial } from './dream/read.ts';
import { reportOf } from './dream/tell.ts';
import { think } from './dream/think.ts';
import { writeBranch } from './dream/write.ts';

export type { DreamReport, DreamRequest, GivenOrders };

/**
 * Dreams under a lock. Throws UserError if another dream runs or the base is missing, Interrupted after Ctrl-C; in both
 * cases no ref has moved.
 */
export async function dream(request: DreamRequest): Promise<DreamReport> {
  const sessions = request.sessions.filter((session) => !isKeptFromLearning(session));
  const heldOut = request.sessions.filter(isForProof).length;
  const report = await dreamOf({ ...request, sessions });
  return { ...report, read: { ...report.read, held_out: heldOut } };
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
  const { layout, repo, sessions, dryRun, signal } = request;
  const base = await baseCommit(repo, request.base);
  const mark = readWatermark(layout);
  const fresh = sessions.filter((s) => isNew(mark, s)).length;
  const material = await readMaterial(request, base);
  say(request, 'looking for what happened again and again');
  const { found, thought } = await withConversation(request, material.id, async () => {
    const found = await findCards(request, material);
    for (const text of material.policy.problems) request.emit({ type: 'warning', stage: 'dream', text });
    return { found, thought: await think(request, material, found) };
  });
  throwIfInterrupted(signal);
  const isWritten = thought.changes.length > 0 && !dryRun;
  const written = isWritten ? await writeBranch(request, base, thought.branch) : undefined;
  if (!dryRun) raiseWatermark(layout, sessions);
  say(request, 'done');
  return reportOf(request, { material, found, thought, fresh, written });
}

// Every session has been read by the time there is something to say.
function say({ emit, sessions: { length } }: DreamRequest, note: string): void {
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
