// Finds the prompts that took a conversation back to an earlier point; decides from earlier records only.
import { asList, asObject, type Fields } from '../fields.ts';
import { injectedBy } from './injected.ts';
import type { Line } from './line.ts';

/**
 * Follows one session's records in order. The records form a tree, and a fork in it need not be a rewind: calls made in
 * parallel fork it, as do hooks and progress. A rewind is a user record that is not a tool's result and whose parent
 * lies before a prompt that was already given in the same thread: that prompt, and what followed, was taken back.
 */
export class Rewinds {
  readonly #placeOf = new Map<string, { thread: string; n: number; parent: string | undefined }>();
  readonly #lastPrompt = new Map<string, number>();
  readonly #lastEvent = new Map<string, string>();
  #n = 0;

  /** The event that the conversation went back to before this record. Call once for each record, in order, before `placed`. */
  rewoundTo(line: Line, thread = ''): string | undefined {
    if (line.uuid === undefined) return undefined;
    const parent = line.parent === undefined ? undefined : this.#placeOf.get(line.parent);
    const n = this.#n++;
    this.#placeOf.set(line.uuid, { thread, n, parent: line.parent });
    const lastPrompt = this.#lastPrompt.get(thread);
    if (isPrompt(line)) this.#lastPrompt.set(thread, n);
    if (parent === undefined || parent.thread !== thread || lastPrompt === undefined || parent.n >= lastPrompt)
      return undefined;
    return startsBranch(line) ? this.#eventAtOrAbove(line.parent) : undefined;
  }

  /** Tells which event came last out of a record. */
  placed(line: Line, event: string): void {
    if (line.uuid !== undefined) this.#lastEvent.set(line.uuid, event);
  }

  // A record that made no event of its own stands for the one above it.
  #eventAtOrAbove(start: string | undefined): string | undefined {
    const seen = new Set<string>(); // the tree may be a circle in a damaged file
    for (let uuid = start; uuid !== undefined && !seen.has(uuid); uuid = this.#placeOf.get(uuid)?.parent) {
      seen.add(uuid);
      const event = this.#lastEvent.get(uuid);
      if (event !== undefined) return event;
    }
    return undefined;
  }
}

// A skill's text and the like hang below the call that asked for them, wherever in the tree that is.
function startsBranch(line: Line): boolean {
  return line.kind === 'user' && !isResult(line.record) && line.record.sourceToolUseID === undefined;
}

function isPrompt(line: Line): boolean {
  if (line.kind !== 'user' || isResult(line.record)) return false;
  const by = injectedBy(line.record);
  return by === undefined || by === 'agent';
}

function isResult(record: Fields): boolean {
  return asList(asObject(record.message)?.content).some((block) => asObject(block)?.type === 'tool_result');
}
