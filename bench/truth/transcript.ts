// Writes a made-up session down as transcript events of version 1; knows nothing of what is planted in it.
import { createHash } from 'node:crypto';
import type { Header, SessionEvent } from '../../src/domain/events.ts';
import type { Dice } from './random.ts';

/** What happens in a session, one thing at a time. */
export type Beat =
  | { is: 'user'; text: string }
  | { is: 'say'; text: string }
  | { is: 'think'; text: string }
  | Call
  | Grade;

export interface Call {
  is: 'call';
  tool: string;
  input: Record<string, unknown>;
  /** The answer's fields; absent where the call failed. */
  gave?: Record<string, unknown>;
  failed?: string;
  /** False: the failure is told by the text alone. */
  flagged?: boolean;
}

export interface Grade {
  is: 'grade';
  rubric: string;
  iteration: number;
  verdicts: { id: string; met: boolean; reason: string }[];
  last: boolean;
}

/** One session before it is written down. Segments are runs of beats that nothing may be put between. */
export interface Draft {
  id: string;
  task?: string;
  prompt: string;
  by?: string;
  agent: string;
  model: string;
  project: string;
  /** Start, ms since the epoch; undated without it. */
  start?: number;
  pass?: boolean;
  /** The outcome is in the header; grades are beats. */
  labelled: boolean;
  /** Results as a JSON block instead of JSON text. */
  blocks: boolean;
  segments: Beat[][];
}

export interface StoredEvent {
  kind: 'event';
  event: SessionEvent;
  sha256: string;
  line: number;
  offset: number;
}

/** The calls of a draft in order. */
export function callsOf(draft: Draft): Call[] {
  return draft.segments.flat().filter((beat) => beat.is === 'call');
}

/** The transcript of a draft, header first. */
export function eventsOf(draft: Draft, dice: Dice): SessionEvent[] {
  let clock = draft.start;
  let n = 0;
  const stamp = () => {
    if (clock !== undefined) clock += dice.int(300, 9000);
    const id = `evt_${draft.id}-${String(n++).padStart(4, '0')}`;
    return clock === undefined ? { id } : { id, at: new Date(clock).toISOString() };
  };
  const events: SessionEvent[] = [headerOf(draft, stamp())];
  events.push({ ...stamp(), type: 'user.message', content: [{ type: 'text', text: draft.prompt }] });
  let asked = 0;
  for (const beat of draft.segments.flat()) {
    if (beat.is === 'call' && clock !== undefined) {
      const ms = dice.int(200, 6000);
      const usage = { input_tokens: 900 + 140 * asked++, output_tokens: dice.int(20, 400) };
      events.push({
        ...stamp(),
        type: 'span.model_request_end',
        model: draft.model,
        usage,
        stop_reason: 'tool_use',
        ms,
      });
    }
    events.push(...written(beat, draft, stamp));
  }
  events.push({ ...stamp(), type: 'session.status_idle', stop_reason: 'end_turn' });
  return events;
}

/** Events as the reader of stored transcripts hands them out, each with the hash of its line. */
export function asStored(events: readonly SessionEvent[]): StoredEvent[] {
  let offset = 0;
  return events.map((event, i) => {
    const line = JSON.stringify(event);
    const at = offset;
    offset += Buffer.byteLength(line) + 1;
    return { kind: 'event', event, sha256: createHash('sha256').update(line).digest('hex'), line: i + 1, offset: at };
  });
}

function headerOf(draft: Draft, stamp: { id: string; at?: string }): Header {
  const outcome = draft.pass === true ? 'pass' : 'fail';
  return {
    ...stamp,
    type: 'session.created',
    version: 1,
    session: draft.id,
    task: draft.task === undefined ? { prompt: draft.prompt } : { id: draft.task, prompt: draft.prompt },
    agent: { name: draft.agent },
    model: draft.model,
    project: draft.project,
    source: { tool: 'made-up' },
    ...(draft.by !== undefined && { by: draft.by }),
    ...(draft.labelled && draft.pass !== undefined && { label: { outcome, name: 'checker' } }),
  };
}

function written(beat: Beat, draft: Draft, stamp: () => { id: string; at?: string }): SessionEvent[] {
  switch (beat.is) {
    case 'user':
      return [{ ...stamp(), type: 'user.message', content: [{ type: 'text', text: beat.text }] }];
    case 'say':
      return [{ ...stamp(), type: 'agent.message', model: draft.model, content: [{ type: 'text', text: beat.text }] }];
    case 'think':
      return [{ ...stamp(), type: 'agent.thinking', content: [{ type: 'text', text: beat.text }] }];
    case 'call':
      return callEvents(beat, draft, stamp);
    case 'grade':
      return [gradeEvent(beat, stamp())];
  }
}

function callEvents(call: Call, draft: Draft, stamp: () => { id: string; at?: string }): SessionEvent[] {
  const mcp = call.tool.startsWith('mcp__');
  const use = stamp();
  const bad = call.failed !== undefined;
  const text = call.failed ?? JSON.stringify(call.gave ?? {});
  return [
    { ...use, type: mcp ? 'agent.mcp_tool_use' : 'agent.tool_use', name: call.tool, input: call.input },
    {
      ...stamp(),
      type: mcp ? 'agent.mcp_tool_result' : 'agent.tool_result',
      tool_use_id: use.id,
      content: draft.blocks && !bad ? [{ type: 'json', value: call.gave ?? {} }] : [{ type: 'text', text }],
      ...(bad && call.flagged !== false && { is_error: true }),
    },
  ];
}

function gradeEvent(grade: Grade, stamp: { id: string; at?: string }): SessionEvent {
  const met = grade.verdicts.filter((v) => v.met).length;
  const done = met === grade.verdicts.length;
  return {
    ...stamp,
    type: 'span.outcome_evaluation_end',
    rubric: { name: grade.rubric },
    iteration: grade.iteration,
    result: done ? 'satisfied' : grade.last ? 'max_iterations_reached' : 'needs_revision',
    score: met / Math.max(1, grade.verdicts.length),
    criteria: grade.verdicts.map((v) => ({
      id: v.id,
      verdict: v.met ? 'met' : 'not_met',
      by: 'check',
      reason: v.reason,
    })),
    grader: { model: 'made-up-judge' },
  };
}
