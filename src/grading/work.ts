// What graders see of a stored session, ours or another tool's; leaves out what the agent thought, and reads nothing but the transcript.
import {
  type AgentMessage,
  type Block,
  isToolResult,
  isToolUse,
  type SessionEvent,
  type ToolResult,
} from '../domain/events.ts';
import { occursIn } from '../domain/quote.ts';
import { conversation } from '../store/conversation.ts';
import { readSpilled, spilledNames } from '../store/spilled-files.ts';
import { isHeader, readTranscript } from '../store/transcript-read.ts';
import type { Work } from './graded.ts';

/** The work of the transcript at this path. Throws the system error where it can't be read. */
export function readWork(sessionFile: string, artefacts?: string): Work {
  const events: SessionEvent[] = [];
  for (const line of readTranscript(sessionFile)) if (line.kind === 'event') events.push(line.event);
  return workOf(events, { sessionFile, ...(artefacts !== undefined && { artefacts }) });
}

/** The work of these events, in whatever order they are stored. `artefacts` is the folder with what was made, where it was kept. */
export function workOf(events: readonly SessionEvent[], place: { sessionFile: string; artefacts?: string }): Work {
  const { sessionFile, artefacts } = place;
  const placed = conversation(events.map((event) => ({ event })));
  const main = placed.filter(({ lane }) => lane === 'main').map(({ item }) => item.event);
  const header = events.find(isHeader);
  const shown = new Map(events.filter(isShown).map((event) => [event.id, event]));
  return {
    session: header?.session ?? '',
    sessionFile,
    task: header?.task?.prompt ?? firstWords(main),
    output: finalMessage(main),
    // A rewind takes nothing back that a tool did, so calls of abandoned branches count too.
    calls: callsOf(placed.map(({ item }) => item.event)),
    artefacts,
    quoteOccurs: (id, quote) => {
      const event = shown.get(id);
      return event !== undefined && (occursIn(event, quote) || spilledHas(sessionFile, event, quote));
    },
  };
}

// A grade must not be argued from another grade, a label that came with an import, or what the agent told itself.
function isShown({ type }: SessionEvent): boolean {
  const own = type === 'agent.thinking' || type === 'agent.thread_context_compacted';
  return !own && !type.startsWith('span.') && !type.startsWith('session.');
}

function firstWords(events: readonly SessionEvent[]): string {
  for (const event of events) {
    if (event.type !== 'user.message') continue;
    const text = textOf(event);
    if (text !== '') return text;
  }
  return '';
}

function finalMessage(events: readonly SessionEvent[]): Work['output'] {
  const last = events.findLast((event) => event.type === 'agent.message' && textOf(event) !== '');
  return last === undefined ? { text: '', event: undefined } : { text: textOf(last), event: last.id };
}

function callsOf(events: readonly SessionEvent[]): Work['calls'] {
  const results = new Map<string, ToolResult>();
  for (const event of events) {
    if (isToolResult(event) && event.tool_use_id !== undefined) results.set(event.tool_use_id, event);
  }
  return events
    .filter(isToolUse)
    .map((use) => ({ use, result: results.get(use.id) }))
    .filter(({ result }) => result?.denied !== true);
}

// What a hook, a reminder or a context file put there was said by nobody.
function textOf(event: SessionEvent): string {
  const { content } = event as Partial<AgentMessage>; // checked by the reader, as far as it is used here
  const blocks: Block[] = Array.isArray(content) ? content : [];
  return blocks
    .flatMap((block) => (block.type === 'text' && block.injected === undefined ? [block.text] : []))
    .join('\n')
    .trim();
}

function spilledHas(sessionFile: string, event: SessionEvent, quote: string): boolean {
  if (quote === '') return false;
  return spilledNames(event).some((name) => readSpilled(sessionFile, name)?.includes(quote) === true);
}
