// A stored session as markdown that a person can read and pass on; whatever the transcript says lies in fences and can't break out of them.
import { count, headAndTail, safeForTerminal } from '../base/text.ts';
import { type Block, type Header, isToolResult, isToolUse, type SessionEvent } from '../domain/events.ts';
import { conversation } from './conversation.ts';
import { foldUpdates, isHeader } from './transcript-read.ts';

const LONGEST = 20_000; // characters of one text: this is for reading, the JSONL has it all

/** The session in the order in which it happened; thinking and records of unknown kinds are left out, and counted. */
export function sessionMarkdown(session: string, events: readonly SessionEvent[]): string {
  const header = events.find(isHeader);
  const lines = [`# Session ${session}`, '', ...facts(header === undefined ? undefined : foldUpdates(header, events))];
  let lane = 'main';
  let silent = 0;
  for (const placed of conversation(events.map((event) => ({ event })))) {
    const part = partOf(placed.item.event);
    if (part === undefined) {
      silent++;
      continue;
    }
    if (placed.lane !== lane) lines.push(`---`, '', `Thread ${code(placed.lane)}:`, '');
    lane = placed.lane;
    lines.push(...part);
  }
  if (silent > 0) lines.push(`${count(silent, 'event')} of other kinds left out.`, '');
  return lines.join('\n');
}

function facts(header: Header | undefined): string[] {
  if (header === undefined) return [];
  const told: [string, string | undefined][] = [
    ['Title', header.title],
    ['From', header.source.tool],
    ['Model', header.model],
    ['Began', header.at],
    ['Outcome', header.label?.outcome],
  ];
  const lines = told.flatMap(([name, value]) => (value === undefined ? [] : [`- ${name}: ${code(value)}`]));
  return [...lines, ''];
}

function partOf(event: SessionEvent): string[] | undefined {
  if (event.type === 'user.message') return spoken('User', event.content);
  if (event.type === 'agent.message') return spoken('Agent', event.content);
  if (event.type === 'system.message') return spoken('System', event.content);
  if (event.type === 'agent.thread_context_compacted' && event.summary !== undefined)
    return spoken('Summed up', event.summary as Block[]); // checked by the reader
  if (isToolUse(event))
    return [`**Call** ${code(event.name)}`, '', ...fence(JSON.stringify(event.input, null, 2) ?? '', 'json')];
  if (isToolResult(event)) return spoken(event.denied ? 'Refused' : event.is_error ? 'Error' : 'Result', event.content);
  if (event.type === 'span.outcome_evaluation_end')
    return [`**Graded** ${code(event.result)} by ${code(event.rubric.name)}`, ''];
  return undefined;
}

function spoken(who: string, blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    const mark = 'injected' in block && block.injected !== undefined ? ` (put there by ${code(block.injected)})` : '';
    return [`**${who}**${mark}`, '', ...fence(textOf(block), 'text')];
  });
}

function textOf(block: Block): string {
  if (block.type === 'text') return block.text;
  return block.type === 'image' ? '[image]' : (JSON.stringify(block.value, null, 2) ?? '');
}

// A fence is longer than every run of its own character inside it (CommonMark 4.5).
function fence(text: string, language: string): string[] {
  const clean = safeForTerminal(headAndTail(text, LONGEST));
  const longest = Math.max(2, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return [`${ticks}${language}`, clean, ticks, ''];
}

function code(text: string): string {
  const clean = safeForTerminal(text)
    .replace(/[\s`]+/g, ' ')
    .trim();
  return clean === '' ? '(empty)' : `\`${clean}\``;
}
