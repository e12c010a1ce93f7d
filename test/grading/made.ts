// Makes the events of small sessions for tests of grading; writes transcripts only where it is told to.
import { writeFileSync } from 'node:fs';
import type { SessionEvent } from '../../src/domain/events.ts';
import type { Work } from '../../src/grading/graded.ts';
import { workOf } from '../../src/grading/work.ts';

/** A call: the tool, its arguments, and further fields of its result; `null` where no result is known. */
export type MadeCall = [tool: string, input: unknown, result?: Record<string, unknown> | null];

/** Events of a session in which these calls were made, with a final message. */
export function madeEvents(calls: readonly MadeCall[], message?: string): SessionEvent[] {
  const events: Record<string, unknown>[] = [
    {
      id: 'evt_header',
      type: 'session.created',
      version: 1,
      session: 's1',
      source: { tool: 'agentmem' },
      task: { prompt: 'Land.' },
    },
    { id: 'evt_ask', type: 'user.message', content: [{ type: 'text', text: 'Land.' }] },
    { id: 'evt_thought', type: 'agent.thinking', content: [{ type: 'thinking', thinking: 'I shall pretend.' }] },
  ];
  calls.forEach(([name, input, result = {}], i) => {
    events.push({ id: `evt_use${i}`, type: 'agent.tool_use', name, input });
    if (result === null) return;
    const content = [{ type: 'text', text: `result ${i}` }];
    events.push({ id: `evt_result${i}`, type: 'agent.tool_result', tool_use_id: `evt_use${i}`, content, ...result });
  });
  if (message !== undefined)
    events.push({ id: 'evt_end', type: 'agent.message', content: [{ type: 'text', text: message }] });
  return events as unknown as SessionEvent[]; // made by hand above in the shape of the schema
}

/** The work of such a session. */
export function madeWork(calls: readonly MadeCall[], message?: string, artefacts?: string): Work {
  return workOf(madeEvents(calls, message), { sessionFile: '/nowhere/s1.jsonl', ...(artefacts && { artefacts }) });
}

/** Writes events as a transcript. */
export function writeTranscript(path: string, events: readonly SessionEvent[]): void {
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}
