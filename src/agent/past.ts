// What a stored session of ours says about going on with it: its agent, its spending, what waits; reads, appends nothing.

import { UserError } from '../base/errors.ts';
import { type Evaluation, type Header, type SessionEvent, spokenText, stopReasons } from '../domain/events.ts';
import { definedRubric } from '../domain/outcome.ts';
import { readTranscript } from '../store/transcript-read.ts';
import { type Used, usedSoFar } from './budget.ts';
import type { RunEnd } from './run-order.ts';
import { totalsOf } from './session.ts';

/** The agent, model and spending of a stored session, for whoever goes on with it. Throws UserError if it is not one of ours. */
export function storedRun(path: string): { header: Header; used: Used; rubric: string | undefined } {
  const past = readPast(path);
  const header = past[0];
  if (header?.type !== 'session.created' || header.source.tool !== 'agentmem')
    throw new UserError({
      what: 'this session was not run by agentmem, so it cannot be resumed',
      where: path,
      hint: 'start a new one: agent run "<task>"',
    });
  return { header, used: usedSoFar(past), rubric: definedRubric(past) };
}

/** How a stored session ended; undefined where it broke off or was interrupted, so that it can be gone on with. */
export function storedEnd(path: string): RunEnd | undefined {
  const past = readPast(path);
  const idle = past.findLast(
    (event) => event.type === 'session.status_idle' || event.type === 'session.status_running',
  );
  const stop = stopReasons.find((reason) => idle?.type === 'session.status_idle' && reason === idle.stop_reason);
  if (idle === undefined || stop === undefined || stop === 'interrupted') return undefined;
  const header = past[0];
  const grade = lastGrade(past);
  return {
    session: header?.type === 'session.created' ? header.session : '',
    path,
    stop_reason: stop,
    text: lastWords(past),
    ...('why' in idle && typeof idle.why === 'string' && { why: idle.why }),
    usage: totalsOf(past),
    ...(grade !== undefined && { grade }),
    never_started: false,
  };
}

/** The last grade that a session was given. */
export function lastGrade(past: readonly SessionEvent[]): Evaluation | undefined {
  return past.findLast((event): event is Evaluation => event.type === 'span.outcome_evaluation_end');
}

/** Every readable event of a transcript, in its order. */
export function readPast(path: string): SessionEvent[] {
  const events: SessionEvent[] = [];
  for (const line of readTranscript(path)) if (line.kind === 'event') events.push(line.event);
  return events;
}

/** The calls (event ids) that wait for a person's answer. */
export function lastWaiting(past: readonly SessionEvent[]): Set<string> {
  const idle = past.findLast((event) => event.type === 'session.status_idle');
  const ids = idle?.type === 'session.status_idle' && Array.isArray(idle.waiting_for) ? idle.waiting_for : [];
  return new Set(ids.filter((id) => typeof id === 'string'));
}

/** True if the session last ran with another model or other tools. */
export function changedSince(past: readonly SessionEvent[], modelId: string, tools: readonly string[]): boolean {
  const running = past.findLast((event) => event.type === 'session.status_running');
  if (running?.type !== 'session.status_running') return true;
  return running.model !== modelId || JSON.stringify(running.tools) !== JSON.stringify(tools);
}

function lastWords(past: readonly SessionEvent[]): string {
  const said = past.findLast((event) => event.type === 'agent.message' && event.thread === undefined);
  return said?.type === 'agent.message' ? spokenText(said.content).trim() : '';
}
