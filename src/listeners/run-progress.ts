// What a running session does, in lines that a person can follow; turns events into notes and progress, and prints nothing itself.
import { clip, count, oneLine } from '../base/text.ts';
import type { Emit } from '../domain/emit.ts';
import {
  type Evaluation,
  isToolResult,
  isToolUse,
  type SessionEvent,
  spokenText,
  type ToolResult,
} from '../domain/events.ts';

export interface RunProgress {
  /** Takes each stored event. */
  onEvent: (event: SessionEvent) => void;
  /** Shows what a running call or a streaming answer is at. */
  activity: (text: string) => void;
}

interface Shown {
  text: string;
  at: number;
}

/** Progress of one session, said through `emit`. */
export function runProgress(emit: Emit, now: () => Date): RunProgress {
  const started = now().getTime();
  const calls = new Map<string, Shown>();
  const said = new Map<string, string>(); // by thread
  let turns = 0;
  let tokens = 0;
  let usd = 0;
  const note = (text: string) => emit({ type: 'note', stage: 'run', text });
  const activity = (text: string) => {
    const seconds = Math.round((now().getTime() - started) / 1000);
    const money = usd > 0 ? ` · $${usd.toFixed(usd < 1 ? 3 : 2)}` : '';
    const facts = `${tokens.toLocaleString('en-US')} tokens${money} · ${clock(seconds)}`;
    emit({ type: 'progress', stage: 'run', done: turns, unit: 'turn', note: `${facts} · ${clip(oneLine(text), 60)}` });
  };
  const onEvent = (event: SessionEvent) => {
    const who = event.thread === undefined ? '' : `${event.thread}: `;
    if (event.type === 'session.created') note(`session ${event.session}`);
    else if (event.type === 'session.thread_created') note(`${who}starts: ${String(event.title)}`);
    else if (event.type === 'memory.loaded') note(who + loadedText(event));
    else if (event.type === 'span.model_request_start')
      activity(event.purpose === 'compaction' ? 'summing up what was done, to make room' : 'waiting for the model');
    else if (event.type === 'agent.message') said.set(who, spokenText(event.content).trim());
    else if (isToolUse(event)) {
      // What is said before a call is a remark; what is said last is the answer, which goes to stdout.
      const remark = said.get(who) ?? '';
      if (remark !== '') note(clip(who + remark, 600));
      said.delete(who);
      const text = `${who}${event.name} ${clip(oneLine(subjectOf(event.input)), 100)}`.trim();
      calls.set(event.id, { text, at: now().getTime() });
      activity(text);
    } else if (isToolResult(event)) note(resultText(event, calls.get(event.tool_use_id ?? ''), now().getTime()));
    else if (event.type === 'span.model_request_end') {
      turns++;
      const usage = event.usage as Record<string, unknown> | undefined; // a record by its schema
      for (const key of ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'])
        tokens += Number(usage?.[key] ?? 0) || 0;
      usd += typeof event.cost_usd === 'number' ? event.cost_usd : 0;
    } else if (event.type === 'session.status_rescheduled') {
      const wait = Math.round(Number(event.wait_ms) / 1000);
      emit({
        type: 'warning',
        stage: 'run',
        text: `${String(event.reason)}; trying again in ${count(wait, 'second')}`,
      });
    } else if (event.type === 'span.outcome_evaluation_start') activity('grading');
    else if (event.type === 'span.outcome_evaluation_end' && 'criteria' in event) note(gradeText(event as Evaluation));
    else if (event.type === 'agent.thread_context_compacted') note(compactedText(event));
  };
  return { onEvent, activity };
}

function gradeText({ result, criteria }: Evaluation): string {
  const open = criteria.filter((c) => c.verdict !== 'met');
  const why = open.map((c) => `${c.id}: ${clip(oneLine(c.reason), 120)}`);
  return [`graded ${result}, ${criteria.length - open.length} of ${criteria.length} met`, ...why].join('\n  ');
}

function loadedText(event: SessionEvent): string {
  const { entries, commit } = event as { entries?: unknown; commit?: unknown };
  const n = Array.isArray(entries) ? entries.length : 0;
  const from = typeof commit === 'string' ? ` from ${commit.slice(0, 10)}` : '';
  return n === 0 ? `no lesson applies${from}` : `briefed with ${count(n, 'lesson')}${from}`;
}

function compactedText(event: SessionEvent): string {
  const { summary, answers, by, shortened } = event as Record<string, unknown> & SessionEvent;
  if (summary !== undefined) {
    const what =
      typeof answers === 'number' ? `${count(answers, 'answer')} summed up` : 'the conversation was summed up';
    return `${what} to make room${by === 'code' ? '; the model gave no summary, so this one is counted' : ''}`;
  }
  if (shortened !== undefined) return 'earlier tool results were shortened to make room';
  return 'earlier thinking is not sent any more';
}

function resultText(result: ToolResult, call: Shown | undefined, now: number): string {
  const mark = result.denied ? '⊘' : result.is_error ? '✗' : '✓';
  const ms = call === undefined ? 0 : now - call.at;
  const time = ms >= 1000 ? ` (${(ms / 1000).toFixed(1)} s)` : '';
  const why = result.is_error ? ` — ${clip(oneLine(spokenText(result.content)), 120)}` : '';
  return `${mark} ${call?.text ?? 'a call'}${time}${why}`;
}

// The argument that says most about a call, whatever the tool: the first short string.
function subjectOf(input: unknown): string {
  if (input === null || typeof input !== 'object') return '';
  const strings = Object.values(input).filter((value) => typeof value === 'string');
  return strings[0] ?? '';
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
