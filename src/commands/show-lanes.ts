// The threads of a session side by side, in the order in which things happened: a gutter of lanes, when, who and what; a line an event.
import { clip, count, dollars, oneLine } from '../base/text.ts';
import { type Block, isToolResult, isToolUse, type SessionEvent } from '../domain/events.ts';
import type { Placed } from '../store/conversation.ts';
import type { StoredEvent } from '../store/transcript-read.ts';
import { laneColumns } from './lane-columns.ts';
import type { Printer } from './print.ts';

const NARROW = 60; // columns of a terminal below which times are left out
const LEAST_TEXT = 24;

/** The lines of a session for a terminal of `width` columns. Text from outside is made safe and cut to one line. */
export function laneLines(
  placed: readonly Placed<StoredEvent>[],
  { paint, outside }: Pick<Printer, 'paint' | 'outside'>,
  width: number,
): string[] {
  const most = Math.max(1, Math.min(12, Math.floor((width - 40) / 4)));
  const columns = laneColumns(most);
  const names = Math.min(16, Math.max(4, ...placed.map(({ lane }) => lane.length)));
  columns.of('main');
  return placed.flatMap(({ item: { event }, lane }) => {
    const row = rowOf(event);
    if (row === undefined) return [];
    const gutter = columns.gutter(lane, row.mark ?? '●');
    if (row.ends === true && lane !== 'main') columns.close(lane);
    const time = width < NARROW ? '' : `${event.at?.slice(11, 19) ?? '        '} `;
    const room = Math.max(LEAST_TEXT, width - time.length - gutter.length - names - 2);
    const who = clip(oneLine(outside(lane)), names).padEnd(names);
    const text = clip(oneLine(outside(row.text)), room);
    const color = row.color === undefined ? (plain: string) => plain : paint[row.color];
    return [`${paint.dim(time)}${paint.magenta(gutter)} ${paint.cyan(who)} ${color(text)}`];
  });
}

interface Row {
  text: string;
  mark?: string;
  color?: 'dim' | 'red' | 'yellow' | 'green' | 'bold';
  /** The lane is free for others from here on. */
  ends?: boolean;
}

// Undefined for what only machines care about, and for what another line says already.
function rowOf(event: SessionEvent): Row | undefined {
  if (isToolUse(event)) return { text: `${event.name} ${JSON.stringify(event.input) ?? ''}`, color: 'yellow' };
  if (isToolResult(event)) return resultRow(event);
  switch (event.type) {
    case 'user.message':
      return userRow(event.content);
    case 'agent.message':
      return { text: textOf(event.content), color: 'green' };
    case 'agent.thread_message_sent':
      return { text: `→ ${String(event.to)}: ${textOf(event.content)}`, color: 'bold' };
    case 'user.tool_confirmation':
      return confirmationRow(event);
    case 'user.interrupt':
      return { text: 'interrupted', color: 'red' };
    case 'session.error':
      return { text: `error: ${String(event.message)}`, color: 'red' };
    case 'span.outcome_evaluation_end':
      return { text: `graded: ${String(event.result)}`, color: 'bold' };
    default:
      return statusRow(event);
  }
}

function statusRow(event: SessionEvent): Row | undefined {
  const fields = event as { [key: string]: unknown }; // kinds that no schema of ours looks into
  switch (event.type) {
    case 'session.thread_created': {
      const role = fields.role === undefined || fields.role === 'member' ? '' : `, ${String(fields.role)}`;
      const text = `${String(fields.agent ?? 'a thread')}${role} starts for ${String(fields.parent ?? 'main')}: ${String(fields.title ?? '')}`;
      return { text, mark: '┬', color: 'dim' };
    }
    case 'session.thread_status_idle':
      return { text: endOf(fields), mark: '┴', ends: true, color: fields.stop_reason === 'end_turn' ? 'dim' : 'red' };
    case 'session.status_idle':
      return { text: endOf(fields), color: 'dim' };
    case 'session.status_rescheduled':
      return { text: `waits: ${String(fields.reason)}`, color: 'dim' };
    case 'agent.thread_context_compacted':
      return { text: `the conversation was shortened: ${String(fields.reason ?? '')}`, color: 'dim' };
    default:
      return undefined;
  }
}

// A member's first words are what was sent to it, which has a line of its own.
function userRow(content: readonly Block[]): Row | undefined {
  const by = content.find((block) => 'injected' in block && block.injected !== undefined);
  const injected = by !== undefined && 'injected' in by ? by.injected : undefined;
  if (injected === 'delegate') return undefined;
  const text = textOf(content);
  return injected === undefined
    ? { text: `user: ${text}`, color: 'bold' }
    : { text: `[${injected}] ${text}`, color: 'dim' };
}

function resultRow({ content, denied, is_error }: Extract<SessionEvent, { tool_use_id?: unknown }>): Row {
  const text = textOf(Array.isArray(content) ? content : []);
  if (denied === true) return { text: `refused: ${text}`, color: 'red' };
  return is_error === true ? { text: `error: ${text}`, color: 'red' } : { text: `= ${text}`, color: 'dim' };
}

// Rules decide about most calls, and the call says so itself; what a person decided is news.
function confirmationRow(event: { [key: string]: unknown }): Row | undefined {
  if (event.by !== 'person') return undefined;
  const allowed = event.result === 'allow';
  return { text: `${allowed ? 'allowed' : 'refused'} by a person`, color: allowed ? 'green' : 'red' };
}

function endOf({ stop_reason, why, usage }: { [key: string]: unknown }): string {
  const spent =
    usage !== null && typeof usage === 'object' ? new Map<string, unknown>(Object.entries(usage)) : undefined;
  const [requests, usd] = [spent?.get('requests'), spent?.get('usd')];
  const facts = [
    String(stop_reason ?? 'ended'),
    ...(typeof why === 'string' ? [why] : []),
    ...(typeof requests === 'number' ? [count(requests, 'turn')] : []),
    ...(typeof usd === 'number' && usd > 0 ? [dollars(usd)] : []),
  ];
  return `ends: ${facts.join(' · ')}`;
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((block: Block) =>
      block.type === 'text' ? block.text : block.type === 'image' ? '[image]' : JSON.stringify(block),
    )
    .join(' ');
}
