// A stored session as a person reads it in a pager: who said what, which tool was called, how it ended, thread by thread.
import { clip, count } from '../base/text.ts';
import { type Block, isToolResult, isToolUse, type SessionEvent } from '../domain/events.ts';
import { conversation } from '../store/conversation.ts';
import type { IndexEntry } from '../store/session-index.ts';
import { readTranscript, type StoredEvent } from '../store/transcript-read.ts';
import type { Printer } from './print.ts';

export interface ShowFlags {
  thread?: string;
  full?: boolean;
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
  let current = 'main';
  for (const { item, lane } of placed) {
    if (lane !== current) print.line(print.paint.magenta(`── ${print.outside(laneName(lane))} ──`));
    current = lane;
    for (const line of render(item.event, print, flags.full ? Number.POSITIVE_INFINITY : SHORT)) print.line(line);
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
  const silent = ['session.created', 'source.record', 'agent.thinking', 'span.model_request_end', 'session.updated'];
  return silent.includes(event.type) ? [] : [paint.dim(`· ${event.type}`)];
}

function injected(block: Block, paint: Printer['paint']): string {
  return 'injected' in block && block.injected !== undefined ? paint.dim(` [${block.injected}]`) : '';
}

function textOf(block: Block): string {
  if (block.type === 'text') return block.text;
  return block.type === 'image' ? '[image]' : (JSON.stringify(block.value) ?? '');
}
