// Turns one session's records into our events, in order; a record of a kind that it does not know is kept whole.
import { importedEventId } from '../../base/ids.ts';
import type { Block, SessionEvent } from '../../domain/events.ts';
import { asList, asObject, asText } from '../fields.ts';
import { assistantEvents } from './assistant.ts';
import { attachmentBlocks } from './attachment.ts';
import { asIs, type Conversion, type KnownCall, POSITION, type Stamp } from './conversion.ts';
import { saidBlocks } from './injected.ts';
import type { Line } from './line.ts';
import { Requests } from './requests.ts';
import { Rewinds } from './rewinds.ts';
import { Threads } from './threads.ts';
import { userEvents } from './user.ts';

/** The events of one session. Titles are left to the header; every other record becomes at least one event. */
export function eventsOf(lines: readonly Line[]): SessionEvent[] {
  const [calls, requests, threads, rewinds] = [
    new Map<string, KnownCall>(),
    new Requests(lines),
    new Threads(),
    new Rewinds(),
  ];
  const events: SessionEvent[] = [];
  for (const line of lines) {
    const thread = threads.threadOf(line);
    const stamp = (position: number): Stamp => ({
      id: importedEventId(`claude-code/${line.origin}`, position, line.at),
      ...(line.at !== undefined && { at: line.at }),
      ...(thread !== undefined && { thread }),
    });
    const rewoundTo = rewinds.rewoundTo(line, thread);
    const conversion: Conversion = { line, stamp, calls, threads };
    const made = [...eventsOfLine(conversion), ...requests.endedBy(line, stamp)];
    const [first] = made;
    if (first !== undefined && rewoundTo !== undefined) made[0] = { ...first, rewound_to: rewoundTo };
    const last = made.at(-1);
    if (last !== undefined) rewinds.placed(line, last.id);
    const started = threads.announcedBy(line, thread);
    if (started !== undefined) events.push({ ...stamp(POSITION.thread), type: 'session.thread_created', ...started });
    for (const event of made) events.push(event);
  }
  return events;
}

function eventsOfLine(conversion: Conversion): SessionEvent[] {
  const { line } = conversion;
  switch (line.kind) {
    case 'user':
      return userEvents(conversion) ?? [asIs(conversion)];
    case 'assistant':
      return assistantEvents(conversion) ?? [asIs(conversion)];
    case 'system':
      return [systemEvent(conversion)];
    case 'attachment':
      return [attachmentEvent(conversion)];
    default:
      return isTitle(line) ? [] : [asIs(conversion)];
  }
}

/** True for a record that says nothing but the session's title: it goes into the header. */
export function isTitle(line: Line): boolean {
  return (
    (line.kind === 'custom-title' && asText(line.record.customTitle) !== undefined) ||
    (line.kind === 'ai-title' && asText(line.record.aiTitle) !== undefined)
  );
}

function systemEvent(conversion: Conversion): SessionEvent {
  const { line, stamp } = conversion;
  const { subtype, content } = line.record;
  if (subtype === 'compact_boundary')
    return { ...stamp(0), type: 'agent.thread_context_compacted', record: line.record };
  if (subtype === 'api_error' || line.record.level === 'error') {
    return { ...stamp(0), type: 'session.error', message: errorMessage(line), error: line.record };
  }
  if (subtype === 'local_command' && typeof content === 'string') {
    return { ...stamp(0), type: 'user.message', content: saidBlocks(content, undefined) };
  }
  return asIs(conversion);
}

// The API's error lies at a depth that differs from version to version.
function errorMessage(line: Line): string {
  const error = asObject(line.record.error);
  const inner = asObject(error?.error);
  const cause = asObject(line.record.cause) ?? asObject(error?.cause);
  const found = [
    line.record.content,
    asObject(inner?.error)?.message,
    inner?.message,
    error?.message,
    cause?.message,
    cause?.code,
    error?.status,
  ];
  return (
    found.map((v) => (typeof v === 'number' ? `status ${v}` : asText(v))).find((v) => v !== undefined) ??
    'an error without a message'
  );
}

function attachmentEvent(conversion: Conversion): SessionEvent {
  const { line, stamp } = conversion;
  const attachment = asObject(line.record.attachment);
  if (attachment === undefined) return asIs(conversion);
  if (attachment.type === 'queued_command') {
    const said = queuedBlocks(attachment);
    if (said.length > 0) return { ...stamp(0), type: 'user.message', content: said };
  }
  const content = attachmentBlocks(attachment);
  return content === undefined ? asIs(conversion) : { ...stamp(0), type: 'system.message', content };
}

// What a person typed while the agent worked; notices of finished tasks queue up in the same way.
function queuedBlocks(attachment: Record<string, unknown>): Block[] {
  const mode = asText(attachment.commandMode);
  const by = mode === undefined || mode === 'prompt' ? undefined : mode === 'task-notification' ? mode : 'command';
  const { prompt } = attachment;
  const texts = typeof prompt === 'string' ? [prompt] : asList(prompt).map((b) => asText(asObject(b)?.text) ?? '');
  const meta = attachment.isMeta === true ? 'meta' : by;
  return texts.filter((t) => t !== '').flatMap((text) => saidBlocks(text, meta));
}
