// The lanes of a session's threads: one line an event, in order, whatever the width, and nothing from outside reaches the terminal raw.
import { describe, expect, it } from 'vitest';
import { safeForTerminal } from '../../src/base/text.ts';
import { laneColumns } from '../../src/commands/lane-columns.ts';
import { painter } from '../../src/commands/print.ts';
import { laneLines } from '../../src/commands/show-lanes.ts';
import type { SessionEvent } from '../../src/domain/events.ts';
import { conversation } from '../../src/store/conversation.ts';
import type { StoredEvent } from '../../src/store/transcript-read.ts';

const printer = { paint: painter(false), outside: safeForTerminal };
let serial = 0;
const event = (fields: Record<string, unknown>, second = 0): StoredEvent => {
  const n = String(++serial).padStart(6, '0');
  const at = `2026-11-21T08:00:${String(second).padStart(2, '0')}.000Z`;
  return {
    kind: 'event',
    line: serial,
    sha256: '',
    event: { id: `evt_${n}`, at, ...fields } as SessionEvent,
  } as StoredEvent;
};
const text = (words: string, injected?: string) => [{ type: 'text', text: words, ...(injected && { injected }) }];
const session = (): StoredEvent[] => [
  event({ type: 'user.message', content: text('Do it.') }, 1),
  event({ type: 'agent.tool_use', name: 'delegate', input: { tasks: [] } }, 2),
  event({ type: 'session.thread_created', thread: 'ana-1', agent: 'ana', title: 'Look at a.' }, 3),
  event({ type: 'agent.thread_message_sent', to: 'ana-1', content: text('Look at a.') }, 4),
  event({ type: 'session.thread_created', thread: 'ben-1', agent: 'ben', title: 'Look at b.' }, 5),
  event({ type: 'agent.thread_message_received', thread: 'ana-1', content: text('Look at a.') }, 6),
  event({ type: 'user.message', thread: 'ana-1', content: text('Look at a.', 'delegate') }, 6),
  event({ type: 'agent.tool_use', thread: 'ana-1', name: 'read', input: { path: 'a' } }, 7),
  event({ type: 'user.tool_confirmation', thread: 'ana-1', by: 'person', result: 'allow' }, 8),
  event({ type: 'agent.tool_result', thread: 'ana-1', content: text('\u001b[31mred\u001b[0m\nand more') }, 9),
  event({ type: 'agent.thread_message_sent', thread: 'ana-1', to: 'main', content: text('a is fine.') }, 10),
  event(
    { type: 'session.thread_status_idle', thread: 'ana-1', stop_reason: 'end_turn', usage: { requests: 2, usd: 0.02 } },
    11,
  ),
  event({ type: 'session.thread_created', thread: 'cas-1', agent: 'cas', parent: 'ben-1', title: 'Help.' }, 12),
  event({ type: 'session.thread_status_idle', thread: 'ben-1', stop_reason: 'refusal', why: 'the model refused' }, 13),
  event({ type: 'agent.message', content: text('Done.') }, 14),
];
const lines = (width: number) => laneLines(conversation(session()), printer, width);

describe('lanes', () => {
  it('show who did what beside each other, and free a lane for the next thread', () => {
    expect(lines(90)).toEqual([
      '08:00:01 ● main  user: Do it.',
      '08:00:02 ● main  delegate {"tasks":[]}',
      '08:00:03 │ ┬ ana-1 ana starts for main: Look at a.',
      '08:00:04 ● │ main  → ana-1: Look at a.',
      '08:00:05 │ │ ┬ ben-1 ben starts for main: Look at b.',
      '08:00:07 │ ● │ ana-1 read {"path":"a"}',
      '08:00:08 │ ● │ ana-1 allowed by a person',
      '08:00:09 │ ● │ ana-1 = red and more',
      '08:00:10 │ ● │ ana-1 → main: a is fine.',
      '08:00:11 │ ┴ │ ana-1 ends: end_turn · 2 turns · $0.02',
      '08:00:12 │ ┬ │ cas-1 cas starts for ben-1: Help.',
      '08:00:13 │ │ ┴ ben-1 ends: refusal · the model refused',
      '08:00:14 ● │ main  Done.',
    ]);
  });

  it('fit a narrow terminal: no times, one shared lane beside the first, text cut', () => {
    const narrow = lines(44);
    expect(narrow[0]).toBe('● main  user: Do it.');
    expect(narrow.every((line) => line.length <= 44)).toBe(true);
    expect(narrow).toHaveLength(13);
  });

  it.each([10, 30, 60, 80, 200])('hold one line an event and no escape at %i columns', (width) => {
    const all = lines(width);
    expect(all).toHaveLength(13);
    expect(all.join('')).not.toContain('\u001b');
    expect(all.every((line) => line.length <= Math.max(width, 40))).toBe(true);
  });

  it('share the last column where more are open than there is room for', () => {
    const columns = laneColumns(3);
    for (const lane of ['main', 'a', 'b', 'c', 'd']) columns.of(lane);
    expect(columns.gutter('d', '●')).toBe('│ │ ●');
    expect(columns.gutter('main', '●')).toBe('● │ ┆');
    for (const lane of ['b', 'c', 'd']) columns.close(lane);
    expect(columns.gutter('main', '●')).toBe('● │');
    expect(columns.gutter('e', '●')).toBe('│ │ ●');
  });
});
