// A dream's own conversation with its models as a session that nobody learns from: what was asked, what came back, what it cost; asks nobody.
import { liveHeader } from '../../agent/live-header.ts';
import { endEvents, openSession, textBlocks } from '../../agent/session.ts';
import { UserError } from '../../base/errors.ts';
import { liveSessionId } from '../../base/ids.ts';
import type { EventDraft } from '../../domain/events.ts';
import type { AskRecord } from '../../learning/asking/asker.ts';
import { newPath } from '../../store/session-files.ts';
import { createTranscript } from '../../store/transcript.ts';
import type { DreamRequest, KeptConversation } from './contract.ts';

const AGENT = 'dream';

/** Does the thinking, and stores what was asked in it, also where it was broken off: that was paid for. */
export async function withConversation<T>(
  request: DreamRequest,
  dream: string,
  thinking: () => Promise<T>,
): Promise<T> {
  try {
    return await thinking();
  } finally {
    store(request, dream);
  }
}

// What came out of the cache alone was said, and stored, in an earlier dream.
function store(request: DreamRequest, dream: string): void {
  const { words, keep, dryRun, emit } = request;
  const records = words?.asker.records() ?? [];
  if (keep === undefined || dryRun || !records.some((record) => !record.cached && record.none === undefined)) return;
  try {
    write(request, keep, dream, records);
  } catch (error) {
    // The dream itself is whole without it, and its report holds the same words.
    if (!(error instanceof UserError)) throw error;
    const text = `the conversation of this dream could not be stored: ${error.problem.what}`;
    emit({ type: 'warning', stage: 'dream', text });
  }
}

function write(request: DreamRequest, keep: KeptConversation, dream: string, records: readonly AskRecord[]): void {
  const { layout, now, signal } = request;
  const { redact, random, by, project } = keep;
  const at = now();
  const id = liveSessionId(at, random());
  const place = { folder: layout.root, project };
  const header = liveHeader(
    { id, at, by, modelId: records[0]?.model ?? '', workspace: place, random },
    { title: `The conversation of dream ${dream}`, agent: { name: AGENT }, dream },
  );
  const path = newPath(layout, header);
  const { writer } = createTranscript(path, header, { redact, since: at.toISOString() });
  try {
    const session = openSession({ id, path, writer, redact, now, random, onEvent: () => {} });
    for (const record of records) session.journal.append(...eventsOf(record));
    const stop = signal?.aborted === true ? 'interrupted' : 'end_turn';
    session.journal.append(...endEvents({ stop, text: '', waiting: [] }, session.totals));
  } finally {
    writer.close();
  }
}

// Each question was asked in a conversation of its own; the session holds them one after another.
function eventsOf(record: AskRecord): EventDraft[] {
  const { role, stage, card, model, request, prompt, user, told, cached, usage, usd, answer, none } = record;
  const about = card === undefined ? '' : ` about ${card}`;
  const intro = `${role}, ${stage}${about}${cached ? ', answered in an earlier dream' : ''}; prompt sha256 ${prompt}`;
  const { known: _, ...tokens } = usage;
  return [
    { type: 'system.message', content: textBlocks(intro) },
    // Whole passages of other sessions stay there alone: who removes one removes its words.
    { type: 'user.message', content: textBlocks(told ?? user) },
    ...(none === undefined
      ? [{ type: 'agent.message' as const, content: textBlocks(JSON.stringify(answer, null, 1)), model }]
      : [{ type: 'session.error' as const, message: none }]),
    // What an earlier dream paid for costs nothing here.
    ...(cached || none !== undefined
      ? []
      : [
          {
            type: 'span.model_request_end' as const,
            model,
            usage: tokens,
            request,
            purpose: stage,
            ...(usd !== undefined && { cost_usd: usd }),
          },
        ]),
  ];
}
