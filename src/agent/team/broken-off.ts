// What a lead is told after its process ended while members worked: which threads broke off, which had ended; runs nothing again.
import { type Block, isToolUse, type SessionEvent, type ToolUse } from '../../domain/events.ts';
import { resultOf } from '../calls.ts';
import { textBlocks } from '../session.ts';
import { failed } from '../tools/tool.ts';
import type { Crew, TeamSession } from './crew.ts';

const MARK = 'delegate'; // what the words are injected by

/** Closes the calls of `delegate` that have no result, and tells of threads that nobody waited for. */
export function tellWhatBrokeOff(crew: Crew, session: TeamSession, past: readonly SessionEvent[]): void {
  const { conversation, journal } = session;
  const told = new Set<string>();
  for (const { use, result } of conversation.calls()) {
    if (use.name !== 'delegate' || result !== undefined) continue;
    const threads = threadsOf(past, use);
    for (const thread of threads) told.add(thread);
    journal.append(resultOf(use, failed(brokenOff(crew, use, threads)), { interrupted: true }));
  }
  const untold = withoutWaiting(past).filter((thread) => !told.has(thread) && !wasTold(past, thread));
  if (untold.length > 0) {
    const text = untold.map((thread) => lineOf(crew, thread)).join('\n');
    journal.append({ type: 'user.message', content: wordsFor(text) });
  }
}

/** Words about threads for the conversation of whoever leads them. */
export function wordsFor(text: string): Block[] {
  return textBlocks(text, MARK);
}

// The lead would only hear that its call broke off; what its members had done by then is not lost.
function brokenOff(crew: Crew, { input }: ToolUse, threads: readonly string[]): string {
  const asked = input !== null && typeof input === 'object' && 'tasks' in input ? input.tasks : undefined;
  const missing = Array.isArray(asked) ? asked.length - threads.length : 0;
  return [
    'Interrupted: the session stopped while members worked on this.',
    ...threads.map((thread) => lineOf(crew, thread)),
    ...(missing > 0 ? [`- ${missing} more of these tasks had not been started`] : []),
  ].join('\n');
}

function lineOf(crew: Crew, thread: string): string {
  const record = crew.session.book.find(thread);
  if (record?.status === 'idle')
    return `- ${thread} had ended (${record.stop}); its answer: list_team {"thread": "${thread}"}`;
  return `- ${thread} broke off. What it did so far is kept: tell it to go on with delegate {"tasks": [{"thread": "${thread}", …}]}`;
}

// The threads that a call told something, in order.
function threadsOf(past: readonly SessionEvent[], use: ToolUse): string[] {
  return past.flatMap((event) =>
    event.type === 'agent.thread_message_sent' && event.thread === undefined && event.call === use.id
      ? [String(event.to)]
      : [],
  );
}

// Threads that were last told something by a call that did not wait for them.
function withoutWaiting(past: readonly SessionEvent[]): string[] {
  const calls = past.filter(isToolUse).filter(({ name, input, thread }) => {
    const wait = input !== null && typeof input === 'object' && 'wait' in input ? input.wait : undefined;
    return name === 'delegate' && thread === undefined && wait === false;
  });
  const ids = new Set(calls.map(({ id }) => id));
  const last = new Map<string, unknown>();
  for (const event of past)
    if (event.type === 'agent.thread_message_sent' && event.thread === undefined)
      last.set(String(event.to), event.call);
  return [...last].flatMap(([thread, call]) => (typeof call === 'string' && ids.has(call) ? [thread] : []));
}

// Told is what stands in the conversation after the last message to the thread.
function wasTold(past: readonly SessionEvent[], thread: string): boolean {
  const sent = past.findLastIndex(
    (event) => event.type === 'agent.thread_message_sent' && event.thread === undefined && event.to === thread,
  );
  return past.slice(sent).some((event) => {
    if (event.type !== 'user.message' || event.thread !== undefined) return false;
    const words = event.content.flatMap((block) =>
      block.type === 'text' && block.injected === MARK ? [block.text] : [],
    );
    return words.some((text) => text.includes(`[${thread} `) || text.includes(`- ${thread} `));
  });
}
