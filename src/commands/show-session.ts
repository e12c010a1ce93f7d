// A stored session as a person reads it in a pager: who said what, which tool was called, how it ended, thread by thread.
import { clip, count } from '../base/text.ts';
import { type Block, isToolResult, isToolUse, type SessionEvent } from '../domain/events.ts';
import { conversation } from '../store/conversation.ts';
import type { IndexEntry } from '../store/session-index.ts';
import { readTranscript, type StoredEvent } from '../store/transcript-read.ts';
import type { Printer } from './print.ts';
import { laneLines } from './show-lanes.ts';

export interface ShowFlags {
  thread?: string;
  full?: boolean;
  /** The id of each event before it, as `agent run --fork` takes it. */
  ids?: boolean;
  /** A line an event, threads side by side. */
  threads?: boolean;
  /** Columns of the terminal. */
  width?: number;
  json?: boolean;
}

const SHORT = 400;

/** Prints one session; bad lines are named where they stand. */
export function showSession(print: Printer, file: string, session: IndexEntry, flags: ShowFlags): void {
  const events: StoredEvent[] = [];
  const bad: string[] = [];
  for (const stored of readTranscript(file)) {
    if (stored.kind === 'bad') bad.push(`line ${stored.line}: ${stored.reason}`);
    else events.push(stored);
  }
  const placed = conversation(events).filter(
    ({ lane }) => flags.thread === undefined || lane === flags.thread || lane.startsWith(`${flags.thread}~`),
  );
  if (flags.json) {
    for (const { item } of placed) print.line(JSON.stringify(item.event));
    return;
  }
  head(print, session);
  if (flags.threads) {
    for (const line of laneLines(placed, print, flags.width ?? 100)) print.line(line);
    for (const problem of bad) print.line(print.paint.red(`unreadable: ${problem}`));
    return;
  }
  let current = 'main';
  for (const { item, lane } of placed) {
    if (lane !== current) print.line(print.paint.magenta(`── ${print.outside(laneName(lane))} ──`));
    current = lane;
    const lines = render(item.event, print, flags.full ? Number.POSITIVE_INFINITY : SHORT);
    if (flags.ids && lines.length > 0) print.line(print.paint.dim(print.outside(item.event.id)));
    for (const line of lines) print.line(line);
  }
  for (const problem of bad) print.line(print.paint.red(`unreadable: ${problem}`));
}

function head(print: Printer, session: IndexEntry): void {
  const { counts, source } = session;
  print.line(print.paint.bold(print.outside(session.title ?? session.id)));
  const facts = [
    session.id,
    source.tool,
    session.model,
    session.at,
    session.outcome,
    count(counts.tool_calls, 'call'),
    count(counts.tool_errors, 'error'),
  ];
  print.line(print.paint.dim(print.outside(facts.filter((f) => f !== undefined && f !== null).join(' · '))));
  print.line();
}

// `main~2` is the second branch that a rewind left behind in the main thread.
function laneName(lane: string): string {
  const [thread, branch] = lane.split('~');
  return branch === undefined ? `thread ${thread}` : `thread ${thread}, abandoned branch ${branch}`;
}

/** One event as lines of text, each text cut to `max` characters; none for what only machines care about. */
export function render(event: SessionEvent, print: Printer, max: number): string[] {
  const { paint } = print;
  const body = (text: string) => print.outside(clip(text.trimEnd(), max));
  if (event.type === 'user.message' || event.type === 'agent.message' || event.type === 'system.message') {
    const who = {
      'user.message': paint.cyan('user'),
      'agent.message': paint.green('agent'),
      'system.message': paint.dim('system'),
    }[event.type];
    return event.content.map((block) => `${who}${injected(block, paint)} ${body(textOf(block))}`);
  }
  if (isToolUse(event))
    return [`${paint.yellow('call')} ${print.outside(event.name)} ${body(JSON.stringify(event.input) ?? '')}`];
  if (isToolResult(event)) {
    const mark = event.denied ? paint.red('refused') : event.is_error ? paint.red('error') : paint.dim('result');
    return [`  ${mark} ${body(event.content.map(textOf).join('\n')).replaceAll('\n', '\n  ')}`];
  }
  if (event.type === 'span.outcome_evaluation_end')
    return [paint.bold(`graded: ${event.result} by ${print.outside(event.rubric.name)}`)];
  if (event.type === 'agent.thread_context_compacted')
    return [paint.dim(`· ${compacted(event)}`), ...summaryOf(event).map(body)];
  // The header is younger than what a fork copied, so it stands where the fork's own part begins.
  if (event.type === 'session.created' && event.forked_from !== undefined)
    return [paint.dim(`· forked here from ${print.outside(event.forked_from.session)}`)];
  const silent = ['session.created', 'source.record', 'agent.thinking', 'span.model_request_end', 'session.updated'];
  return silent.includes(event.type) ? [] : [paint.dim(`· ${event.type}`)];
}

function compacted(event: SessionEvent): string {
  const { answers, by } = event as { answers?: unknown; by?: unknown };
  if (summaryOf(event).length === 0) return event.type;
  const what = typeof answers === 'number' ? count(answers, 'answer') : 'what came before';
  return `${what} summed up by ${by === 'code' ? 'agentmem' : 'the model'}; what people said is still sent word for word`;
}

// Texts of a summary that stands for earlier turns; none where only results were shortened.
function summaryOf(event: SessionEvent): string[] {
  const summary = 'summary' in event && Array.isArray(event.summary) ? (event.summary as Block[]) : []; // checked by the reader
  return summary.map(textOf);
}

function injected(block: Block, paint: Printer['paint']): string {
  return 'injected' in block && block.injected !== undefined ? paint.dim(` [${block.injected}]`) : '';
}

function textOf(block: Block): string {
  if (block.type === 'text') return block.text;
  return block.type === 'image' ? '[image]' : (JSON.stringify(block.value) ?? '');
}
