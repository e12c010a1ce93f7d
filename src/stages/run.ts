// Run: an agent works on a task, and all that happens becomes a session; starts one or goes on with one, and grades nothing.

import { existsSync } from 'node:fs';
import type { Briefing } from '../agent/briefing.ts';
import { goOn } from '../agent/going-on.ts';
import { liveHeader } from '../agent/live-header.ts';
import { closeOpenCalls, type LoopRequest, runLoop } from '../agent/loop.ts';
import { type Outcome, type OutcomeEnd, workForOutcome } from '../agent/outcome-loop.ts';
import { readPast } from '../agent/past.ts';
import { endEvents, type OpenSession, openSession, type Totals, textBlocks } from '../agent/session.ts';
import type { Team } from '../agent/team/team.ts';
import { liveSessionId } from '../base/ids.ts';
import type { Agent } from '../domain/agent.ts';
import type { Artefacts } from '../domain/artefacts.ts';
import type { Block, Evaluation, EventDraft, Header, SessionEvent, StopReason } from '../domain/events.ts';
import type { Layout } from '../store/layout.ts';
import type { Redact } from '../store/redaction.ts';
import { newPath } from '../store/session-files.ts';
import { createTranscript, openTranscript } from '../store/transcript.ts';

/** What every run needs, new or resumed. */
export interface RunRequest
  extends Pick<
    LoopRequest,
    | 'model'
    | 'modelId'
    | 'effort'
    | 'tools'
    | 'budget'
    | 'rule'
    | 'progress'
    | 'warn'
    | 'signal'
    | 'watcher'
    | 'compaction'
  > {
  layout: Layout;
  redact: Redact;
  agent: Agent;
  now: () => Date;
  random: () => string;
  onEvent: (event: SessionEvent) => void;
  /** The outcome to work for, by a session's transcript and what is stored in it; absent where nothing is graded. */
  outcome?: (path: string, past: readonly SessionEvent[]) => Outcome;
  /** The agent's team, where it has one: it is attached to the session before anything is asked. */
  team?: Pick<Team, 'attach' | 'onlooker' | 'close'>;
  /** Keeps what was made, so that it can be graded later; undefined where nothing was. */
  keep?: (session: string, path: string) => Promise<Artefacts | undefined>;
}

export interface NewRun extends RunRequest {
  task: { id?: string; prompt: string };
  by: string;
  workspace: { folder: string; project: string; git?: Header['git'] };
  /** The larger work that it is a part of. */
  marks?: Pick<Header, 'suite' | 'workflow'>;
  /** What people keep for agents in the project; comes before the lessons, which refine it. */
  context?: readonly Block[];
  /** The lessons that the agent starts with; absent where it runs without memory. */
  briefing?: Briefing;
}

export interface ResumedRun extends RunRequest {
  session: { id: string; path: string };
  /** What the person says now: an answer to what the agent asked, or the next thing to do. */
  say?: string;
}

/** What `agent run` reports. */
export interface RunReport {
  session: string;
  path: string;
  stop_reason: StopReason;
  text: string;
  why?: string;
  /** The questions that wait for an answer. */
  waiting: string[];
  usage: Totals;
  /** What the work was graded, where it was. */
  graded?: Evaluation['result'];
  /** True where the model never answered because of key, address or name: nothing was started. */
  never_started: boolean;
}

/** Starts a session and works until it ends. Throws UserError where the disk refuses. */
export async function startRun(request: NewRun): Promise<RunReport> {
  const { layout, redact, now, random, agent, context = [], briefing, task } = request;
  const at = now();
  const { id, path } = freshPlace(layout, at, random);
  const { writer, header } = createTranscript(path, headerOf(request, id, at), { redact, since: at.toISOString() });
  request.onEvent(header);
  try {
    const session = openSession({ ...request, id, path, writer }, [header]);
    request.team?.attach(session, []);
    session.journal.append(
      ...loadedEvents(briefing),
      { type: 'system.message', content: [...textBlocks(agent.prompt), ...context, ...briefingBlocks(briefing)] },
      { type: 'user.message', content: textBlocks(task.prompt) },
      running(request),
    );
    return await work(request, session);
  } finally {
    writer.close();
  }
}

/**
 * Goes on with a session of ours: calls without a result are told as interrupted, `say` answers what was asked or comes next.
 * One that died between its last word and its end is only ended.
 * Throws UserError where the session is not ours, is being written, or there is nothing to go on with.
 */
export async function resumeRun(request: ResumedRun): Promise<RunReport> {
  const { session: stored, redact, now } = request;
  const writer = openTranscript(stored.path, { redact, since: now().toISOString() });
  try {
    const past = readPast(stored.path);
    const session = openSession({ ...request, id: stored.id, path: stored.path, writer }, past);
    request.team?.attach(session, past);
    const { say, agent, modelId, tools } = request;
    const words = goOn({
      ...{ session, past, prompt: agent.prompt, modelId, tools: [...tools.keys()] },
      ...(say !== undefined && { say }),
    });
    if (words === undefined || request.outcome !== undefined) {
      session.journal.append(running(request));
      return await work(request, session, past);
    }
    return await finish(request, session, { stop: 'end_turn', text: words, waiting: [] }, session.totals.requests);
  } finally {
    writer.close();
  }
}

async function work(request: RunRequest, session: OpenSession, past: readonly SessionEvent[] = []): Promise<RunReport> {
  const { journal, conversation, totals } = session;
  const answersBefore = totals.requests;
  const onlooker = request.team?.onlooker();
  const loop = { ...request, journal, conversation, ...(onlooker !== undefined && { onlooker }) };
  const outcome = request.outcome?.(session.path, past);
  const end = outcome === undefined ? await runLoop(loop) : await workForOutcome(loop, outcome);
  closeOpenCalls(conversation, journal, new Set(end.waiting.map(({ event }) => event)));
  await request.team?.close();
  return await finish(request, session, end, answersBefore);
}

function running({ modelId, effort, tools }: RunRequest): EventDraft {
  return {
    type: 'session.status_running',
    model: modelId,
    ...(effort !== undefined && { effort }),
    tools: [...tools.keys()],
  };
}

async function finish(
  { keep }: RunRequest,
  session: OpenSession,
  end: OutcomeEnd,
  answersBefore: number,
): Promise<RunReport> {
  const { journal, totals } = session;
  const artefacts = await keep?.(session.id, session.path);
  if (artefacts !== undefined) journal.append({ type: 'session.updated', artefacts });
  journal.append(...endEvents(end, totals));
  await journal.synced();
  return report(session, end, totals.requests - answersBefore);
}

function report({ id, path, totals }: OpenSession, end: OutcomeEnd, requests: number): RunReport {
  const { stop, text, why, waiting, failure, graded } = end;
  return {
    session: id,
    path,
    stop_reason: stop,
    text,
    ...(why !== undefined && { why }),
    waiting: waiting.map(({ need }) => need),
    usage: totals,
    ...(graded !== undefined && { graded }),
    never_started: requests <= 1 && failure?.failure === 'config',
  };
}

// Of hundreds of sessions that begin in one second two may well draw the same digits.
function freshPlace(layout: Layout, at: Date, random: () => string): { id: string; path: string } {
  const drawn = () => {
    const id = liveSessionId(at, random());
    return { id, path: newPath(layout, { session: id, at: at.toISOString() }) };
  };
  let place = drawn();
  for (let tries = 0; tries < 20 && existsSync(place.path); tries++) place = drawn();
  return place;
}

function headerOf(request: NewRun, id: string, at: Date): Header {
  const { task, agent, briefing, marks } = request;
  return liveHeader(
    { ...request, id, at },
    {
      title: task.prompt,
      task,
      agent: { name: agent.name, sha256: agent.sha256 },
      ...(briefing !== undefined && { memory: { commit: briefing.loaded.commit, entries: briefing.loaded.entries } }),
      ...marks,
    },
  );
}

function loadedEvents(briefing: Briefing | undefined): EventDraft[] {
  return briefing === undefined ? [] : [{ type: 'memory.loaded', ...briefing.loaded }];
}

function briefingBlocks(briefing: Briefing | undefined) {
  return briefing === undefined || briefing.text === '' ? [] : textBlocks(briefing.text, 'playbooks');
}
