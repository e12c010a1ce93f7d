// Makes one request out of the records of one message of the API; counts no token twice.
import { importedEventId } from '../../base/ids.ts';
import type { SessionEvent } from '../../domain/events.ts';
import { asObject, asText } from '../fields.ts';
import { NO_MODEL } from './assistant.ts';
import { POSITION, type Stamp } from './conversion.ts';
import type { Line } from './line.ts';

/** Knows which records make up one message of the API; each of them repeats the message's usage. */
export class Requests {
  readonly #lastOf = new Map<string, Line>();

  constructor(lines: readonly Line[]) {
    for (const line of lines) {
      const key = messageKey(line);
      if (key !== undefined) this.#lastOf.set(key, line);
    }
  }

  /**
   * The end of the request whose last record this is. Its id comes from the message's, without a time: the same
   * whichever of the message's records a file holds, so that no import counts its tokens again.
   */
  endedBy(line: Line, stamp: (position: number) => Stamp): SessionEvent[] {
    const key = messageKey(line);
    if (key === undefined || this.#lastOf.get(key) !== line) return [];
    return [requestEnd(line, { ...stamp(POSITION.usage), id: importedEventId(`claude-code/message/${key}`, 0) })];
  }
}

function messageKey(line: Line): string | undefined {
  if (line.kind !== 'assistant') return undefined;
  const message = asObject(line.record.message);
  if (message === undefined || asObject(message.usage) === undefined || message.model === NO_MODEL) return undefined;
  return asText(message.id) ?? line.origin;
}

function requestEnd(line: Line, common: Stamp): SessionEvent {
  const message = asObject(line.record.message) ?? {};
  const [model, stop, request] = [asText(message.model), asText(message.stop_reason), asText(line.record.requestId)];
  return {
    ...common,
    type: 'span.model_request_end',
    ...(model !== undefined && { model }),
    usage: asObject(message.usage) ?? {},
    ...(stop !== undefined && { stop_reason: stop }),
    ...(request !== undefined && { request }),
  };
}
