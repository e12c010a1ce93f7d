// Boils one stored session down to what mining needs; reads no file and keeps no whole result.
import { UserError } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import {
  type Block,
  type Evaluation,
  type Header,
  isToolResult,
  isToolUse,
  type SessionEvent,
  SIMULATED_USER,
  spokenText,
  type ToolResult,
  type ToolUse,
} from '../domain/events.ts';
import { outcomeOf } from '../domain/outcome.ts';
import { conversation, type Placed } from '../store/conversation.ts';
import { contentHash } from '../store/session-summary.ts';
import { foldUpdates, type StoredEvent, type StoredLine } from '../store/transcript-read.ts';
import { type Borrowed, borrowedIn } from './borrowed.ts';
import { type Action, type Cite, type Evaluated, EXTRACT_VERSION, type Extract, type Turn } from './extract-types.ts';
import { observedIn } from './observed.ts';
import { noteShownValues } from './shown-values.ts';
import { headOf, shrink } from './shrink.ts';
import { spanOf } from './span.ts';
import { spendingOf } from './spending.ts';
import { failureIn } from './unflagged.ts';

const MAX_WORDS = 4000;
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

function actionsOf(placed: readonly Placed<StoredEvent>[], borrowed: Borrowed): Action[] {
  const results = resultsOf(placed);
  const flagging = flaggingTools(placed, results);
  const spending = spendingOf(placed);
  const actions: Action[] = [];
  for (const [step, { item, lane }] of placed.entries()) {
    if (!isToolUse(item.event)) continue;
    const answer = results.get(item.event.id);
    const told = answer && !flagging.has(item.event.name) ? failureIn(answer.event.content) : undefined;
    const action = actionOf(item.event, item, { lane, step }, answer, told);
    const ofOthers = borrowed.calls.get(item.event.id);
    const spent = spending.get(item.event.id);
    if (ofOthers !== undefined) action.borrowed = ofOthers;
    if (spent !== undefined) action.spent = spent;
    actions.push(action);
  }
  noteShownValues(actions, placed);
  return actions;
}

// A tool that marks its errors means it where it marks none; others report them in words.
function flaggingTools(placed: readonly Placed<StoredEvent>[], results: ReadonlyMap<string, Answer>): Set<string> {
  return new Set(
    placed.flatMap(({ item: { event } }) =>
      isToolUse(event) && results.get(event.id)?.event.is_error !== undefined ? [event.name] : [],
    ),
  );
}

interface Answer {
  event: ToolResult;
  stored: StoredEvent;
  step: number;
}

// A call that was answered twice (a resumed session repeats its last result) keeps the first answer.
function resultsOf(placed: readonly Placed<StoredEvent>[]): Map<string, Answer> {
  const results = new Map<string, Answer>();
  placed.forEach(({ item }, step) => {
    const { event } = item;
    if (!isToolResult(event) || event.tool_use_id === undefined || results.has(event.tool_use_id)) return;
    results.set(event.tool_use_id, { event, stored: item, step });
  });
  return results;
}

function actionOf(
  event: ToolUse,
  stored: StoredEvent,
  { lane, step }: Pick<Action, 'lane' | 'step'>,
  answer: Answer | undefined,
  told: string | undefined,
): Action {
  const input = shrink(event.input ?? null);
  const status = statusOf(answer?.event, told !== undefined);
  return {
    call: citeOf(stored),
    // Nobody quotes an answer that was as it should be, and hashing its line costs as much as parsing it.
    ...(answer && status !== 'ok' && { result: citeOf(answer.stored) }),
    lane,
    tool: event.name,
    input,
    inputHash: sha256(canonicalJson(input)).slice(0, 32),
    status,
    ...(answer && status === 'error' && { error: headOf(told ?? resultText(answer.event.content), MAX_WORDS) }),
    ...(answer && { resultHash: resultHash(answer.event.content), answered: answer.step }),
    ...(answer && status === 'ok' && given('values', observedIn(answer.event.content))),
    step,
    ...(event.type === 'agent.mcp_tool_use' && { mcp: true as const }),
    ...given('at', event.at),
  };
}

function statusOf(result: ToolResult | undefined, failed: boolean): Action['status'] {
  if (result === undefined) return 'unanswered';
  if (result.denied === true) return 'denied';
  return result.is_error === true || failed ? 'error' : 'ok';
}

function citeOf(stored: StoredEvent): Cite {
  return { event: stored.event.id, sha256: stored.sha256 };
}

function resultText(content: readonly Block[]): string {
  const spoken = spokenText(content);
  if (spoken !== '') return spoken;
  return content
    .flatMap((b) => (b.type === 'json' && b.injected === undefined ? [JSON.stringify(b.value) ?? ''] : []))
    .join('\n');
}

// Injected text is left out: a reminder that comes and goes would make equal answers look different.
function resultHash(content: readonly Block[]): string {
  const rest = content.filter((b) => b.type !== 'text' && !('injected' in b && b.injected !== undefined));
  return sha256(spokenText(content) + (rest.length === 0 ? '' : canonicalJson(rest))).slice(0, 32);
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
  const hashes = new Set(stored.map((s) => fnv1a(s.event.id)));
  return [...hashes].sort((a, b) => a - b).slice(0, SKETCH);
}

// FNV-1a, 32 bits, with a final mix (its low bits alone are too regular for ids that count up).
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
