// Boils one stored session down to what mining needs; reads no file and keeps no whole result.
import { UserError } from '../base/errors.ts';
import { fnv1a } from '../base/hash.ts';
import {
  type Block,
  type Evaluation,
  type Header,
  isToolUse,
  type SessionEvent,
  SIMULATED_USER,
  spokenText,
} from '../domain/events.ts';
import { outcomeOf } from '../domain/outcome.ts';
import { conversation, type Placed } from '../store/conversation.ts';
import { contentHash } from '../store/session-summary.ts';
import { foldUpdates, type StoredEvent, type StoredLine } from '../store/transcript-read.ts';
import { type Borrowed, borrowedIn } from './borrowed.ts';
import { type Action, type Evaluated, EXTRACT_VERSION, type Extract, type Turn } from './extract-types.ts';
import { given } from './given.ts';
import { actionsOf, citeOf, MAX_WORDS } from './session-actions.ts';
import { headOf } from './shrink.ts';
import { spanOf } from './span.ts';

const SKETCH = 128;
const MAIN = 'main';

/**
 * The extract of one session: a pure function of its stored lines, the same whatever order its parts were imported in.
 * Bad lines are passed over (the reader reports them). Throws UserError where no line is a readable header.
 * @param content the hash of the same lines that the index holds, which saves hashing every line once more
 */
export function extractSession(lines: Iterable<StoredLine>, content?: string): Extract {
  const stored: StoredEvent[] = [];
  for (const line of lines) if (line.kind === 'event') stored.push(line);
  const header = headerOf(stored);
  const talk = ownPart(header, stored).filter((s) => !isBookkeeping(s.event));
  const placed = conversation(talk);
  const borrowed = borrowedIn(placed.map((p) => p.item.event));
  const actions = actionsOf(placed, borrowed);
  const turns = turnsOf(placed, actions, borrowed);
  const times = spanOf(placed.map((p) => p.item.event));
  return {
    version: EXTRACT_VERSION,
    session: header.session,
    content: isWhole(header, stored) && content !== undefined ? content : contentHash(talk.map((s) => s.sha256)),
    tool: header.source.tool,
    ...given('project', header.project),
    ...given('task', header.task?.id),
    ...given('prompt', promptOf(header, turns)),
    ...given('agent', header.agent?.name),
    ...given('model', header.model ?? modelOf(placed)),
    ...given('by', header.by),
    ...given('at', times?.first ?? header.at),
    ...given('last', times?.last ?? header.at),
    outcome: outcomeOf(
      header,
      placed.map((p) => p.item.event),
    ),
    ...given('evaluations', evaluationsOf(placed)),
    ...given('label', header.label?.name),
    ...given('loaded', header.memory?.entries),
    ...given('heldOut', heldOutIn(talk)),
    actions,
    turns,
    sketch: sketchOf(talk),
  };
}

function headerOf(stored: readonly StoredEvent[]): Header {
  const events = stored.map((s) => s.event);
  const first = events.find((e): e is Header => e.type === 'session.created');
  if (first === undefined) throw new UserError({ what: 'a transcript has no readable header', hint: 'agent verify' });
  return foldUpdates(first, events);
}

// What a fork copied happened once, in the session that it came from, and counts there.
function ownPart({ forked_from }: Header, stored: readonly StoredEvent[]): readonly StoredEvent[] {
  const last = forked_from === undefined ? -1 : stored.findIndex((s) => s.event.id === forked_from.event);
  return stored.slice(last + 1);
}

// What the index hashes is what is mined, but for forks and for what a simulated user did.
function isWhole(header: Header, stored: readonly StoredEvent[]): boolean {
  return header.forked_from === undefined && stored.every(({ event }) => event.thread !== SIMULATED_USER);
}

function isBookkeeping(event: SessionEvent): boolean {
  if (event.thread === SIMULATED_USER) return true;
  return event.type === 'session.created' || event.type === 'session.updated';
}

function heldOutIn(stored: readonly StoredEvent[]): string[] | undefined {
  const loaded = stored.find(({ event }) => event.type === 'memory.loaded' && event.thread === undefined)?.event;
  if (loaded?.type !== 'memory.loaded' || !Array.isArray(loaded.held_out)) return undefined;
  const ids = loaded.held_out.filter((id) => typeof id === 'string');
  return ids.length === 0 ? undefined : ids;
}

// In a subagent's thread the lead speaks, not a person.
function turnsOf(placed: readonly Placed<StoredEvent>[], actions: readonly Action[], borrowed: Borrowed): Turn[] {
  const turns: Turn[] = [];
  const deniedAt = new Set(actions.flatMap((a) => (a.status === 'denied' ? [a.answered] : [])));
  let interrupted = false;
  let before = 0;
  placed.forEach(({ item, lane }, step) => {
    const { event } = item;
    if (isToolUse(event)) before++;
    if (deniedAt.has(step) || isInterrupt(event)) interrupted = true;
    if (event.type !== 'user.message' || event.thread !== undefined) return;
    const text = spokenText((event as { content: Block[] }).content).trim();
    if (text === '') return;
    const words = headOf(text, MAX_WORDS);
    turns.push({
      cite: citeOf(item),
      lane,
      text: words,
      afterActions: before,
      afterInterrupt: interrupted,
      step,
      ...(borrowed.turns.has(event.id) && { borrowed: true as const }),
      ...given('at', event.at),
    });
    interrupted = false;
  });
  return turns;
}

function evaluationsOf(placed: readonly Placed<StoredEvent>[]): Evaluated[] | undefined {
  const found = placed.flatMap(({ item }, step): Evaluated[] => {
    const { event } = item;
    if (event.type !== 'span.outcome_evaluation_end' || !('criteria' in event)) return [];
    const { rubric, iteration, result, criteria, at } = event as Evaluation; // its fields are checked by the reader
    const told = criteria.filter((c) => c.verdict === 'met' || c.verdict === 'not_met');
    return [
      {
        cite: citeOf(item),
        rubric: rubric.name,
        iteration,
        result,
        criteria: Object.fromEntries(told.map((c) => [c.id, c.verdict === 'met'])),
        ...given('judged', judgedAmong(told)),
        step,
        ...given('at', at),
      },
    ];
  });
  return found.length === 0 ? undefined : found;
}

function judgedAmong(told: Evaluation['criteria']): string[] | undefined {
  const judged = told.filter((c) => c.by === 'judge').map((c) => c.id);
  return judged.length === 0 ? undefined : judged;
}

function isInterrupt(event: SessionEvent): boolean {
  return (
    event.type === 'user.interrupt' ||
    (event.type === 'session.status_idle' && 'stop_reason' in event && event.stop_reason === 'interrupted')
  );
}

function promptOf(header: Header, turns: readonly Turn[]): string | undefined {
  return (
    (header.task?.prompt === undefined ? undefined : headOf(header.task.prompt, MAX_WORDS)) ??
    turns.find((t) => t.lane === MAIN)?.text
  );
}

function modelOf(placed: readonly Placed<StoredEvent>[]): string | undefined {
  for (const { item } of placed) {
    if (item.event.type === 'agent.message' && 'model' in item.event && typeof item.event.model === 'string')
      return item.event.model;
  }
  return undefined;
}

// Bottom-k of 32-bit hashes: two sessions that share events share the smallest ones.
function sketchOf(stored: readonly StoredEvent[]): number[] {
  const hashes = new Set(stored.map((s) => hashOfId(s.event.id)));
  return [...hashes].sort((a, b) => a - b).slice(0, SKETCH);
}

// Mixed, since ids count up.
function hashOfId(id: string): number {
  const hash = fnv1a(id);
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
