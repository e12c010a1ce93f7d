// One session told in at most 4,000 tokens for a model that looks for what sessions have in common; shows no injected text and no outsider's words.
import { clip, count, oneLine, roughTokens } from '../../base/text.ts';
import { statementsIn } from '../../domain/orders.ts';
import { DIGEST_TOKENS, type Digest, type Passage } from '../../domain/reading.ts';
import { legible } from '../../model/fence.ts';
import type { StoredEvent } from '../../store/transcript-read.ts';
import { isRecord, pointerOf } from '../arguments.ts';
import type { Action, Cite, Evaluated, Extract, Turn } from '../extract-types.ts';
import { bringsOutsideText } from '../outside.ts';
import { headOf, uncut } from '../shrink.ts';
import { tellingLine } from '../signature.ts';

const MAX_LINE = 300;
const MAX_TURN_LINES = 12;
const MAX_ARGUMENT = 160;
const MAX_ARGUMENTS = 4;
const MAX_TASK = 1200;
const MAX_LAST = 800;
const MAX_NAME = 80;
const GAP = 40; // characters that the mark of a gap takes, at most
const SOURCE = 400; // of the 16,000 characters, for the tags that go around a digest

/** Something that happened, as it may be shown; `rank`: 0 is shown first. */
interface Part {
  step: number;
  rank: number;
  head: string;
  /** What somebody said, line by line. */
  said: string[];
  passage?: Omit<Passage, 'shown'>;
}

/**
 * What a session came to, in order: what people said, calls with heads of their arguments and errors, verdicts, the agent's last words.
 * People's words, verdicts and failures are shown before other calls where there is no room for all. A part whose stored line is gone or
 * has another hash than the extract knows is left out. Every line that somebody said begins with a bar, so no such line can pass for a heading.
 * @param stored the session's events by id
 * @param lastWords what the agent said last, injected text left out
 */
export function digestOf(extract: Extract, stored: ReadonlyMap<string, StoredEvent>, lastWords = ''): Digest {
  const parts = [
    ...extract.turns.map((turn) => turnPart(turn, extract)),
    ...extract.actions.map((action, at) => callPart(action, isNearFailure(extract.actions, at), at)),
    ...(extract.evaluations ?? []).map(verdictPart),
  ].filter(({ passage }) => passage === undefined || isStored(passage, stored));
  const head = headLines(extract);
  const last = lastLines(extract, lastWords);
  const room = DIGEST_TOKENS * 4 - SOURCE - sizeOf([...head, ...last]);
  const kept = new Set(fitting(parts, room));
  return assemble(extract.session, head, parts, kept, last, stored);
}

function turnPart(turn: Turn, { turns }: Extract): Part {
  const { cite, step, text, borrowed, afterActions } = turn;
  const speaker = afterActions === 0 ? 'task' : 'person';
  // What a person pasted from outside is no model's to read.
  if (borrowed === true) return { step, rank: 1, head: 'a person pasted something from outside, left out', said: [] };
  const rank = turns[0] === turn ? 0 : 1;
  const passage = { ...citedIn(cite), by: speaker, stored: undefined } as const;
  return { step, rank, head: `${speaker}:`, said: linesOf(text, MAX_TURN_LINES), passage };
}

function callPart(action: Action, isNear: boolean, at: number): Part {
  const { call, step, tool, status, error } = action;
  const outside = bringsOutsideText(action);
  const answer =
    error === undefined
      ? []
      : outside
        ? ['  it answered with an error in words from outside, left out']
        : answerLines(plain(telling(error)));
  const rank = status === 'error' || status === 'denied' ? 3 : isNear ? 4 : at === 0 ? 4 : 5;
  return {
    step,
    rank,
    head: `call ${clip(oneLine(legible(tool)), MAX_NAME)} → ${status}`,
    said: [...argumentLines(action), ...answer],
    passage: { ...citedIn(call), by: 'agent', tool, stored: undefined },
  };
}

// Orders are not passed on, whichever tool printed them.
function answerLines(error: string): string[] {
  const stated = statementsIn(error);
  if (stated === '') return ['  it answered with an error that only gives orders, left out'];
  return ['  it answered:', `| ${headOf(stated, MAX_LINE)}`];
}

// The heads of arguments as they stand in the event's JSON, so that a quote of one is a passage of the event.
function argumentLines(action: Action): string[] {
  const { input } = action;
  const borrowed = [...(action.borrowed ?? []), ...(action.shown ?? [])];
  if (!isRecord(input)) return [];
  return Object.entries(input)
    .slice(0, MAX_ARGUMENTS)
    .map(([key, value]) => {
      const pointer = pointerOf(key);
      if (borrowed.some((p) => p === '' || p === pointer || p.startsWith(`${pointer}/`)))
        return '  an argument in words that it was told, left out';
      const text = uncut(`${JSON.stringify(key)}:${JSON.stringify(value) ?? ''}`);
      return `| ${legible(headOf(text, MAX_ARGUMENT))}`;
    });
}

function verdictPart({ rubric, iteration, result, criteria, step }: Evaluated): Part {
  const named = (met: boolean) =>
    Object.entries(criteria)
      .filter(([, is]) => is === met)
      .map(([id]) => clip(oneLine(legible(id)), MAX_NAME));
  const told = [
    ['met', named(true)],
    ['not met', named(false)],
  ] as const;
  const lists = told.flatMap(([what, ids]) => (ids.length === 0 ? [] : [`${what}: ${ids.slice(0, 12).join(', ')}`]));
  const name = clip(oneLine(legible(rubric)), MAX_NAME);
  return {
    step,
    rank: 2,
    head: `verdict by rubric ${name}, round ${iteration}: ${result}; ${lists.join('; ')}`,
    said: [],
  };
}

function headLines({ outcome, prompt, turns }: Extract): string[] {
  const ended = outcome === null ? 'was not graded' : outcome === 'pass' ? 'passed' : 'failed';
  // A task that nobody typed stands in the header alone.
  const isSaid = prompt === undefined || turns.some((t) => t.text.startsWith(prompt.slice(0, 200)));
  const task = isSaid ? [] : ['task:', ...linesOf(headOf(prompt, MAX_TASK), MAX_TURN_LINES)];
  return [`The session ${ended}.`, ...task];
}

// An agent sums up what it has read, outsiders' words as well.
function lastLines({ actions }: Extract, lastWords: string): string[] {
  if (lastWords.trim() === '' || actions.some(bringsOutsideText)) return [];
  return ['last words of the agent:', ...linesOf(headOf(lastWords, MAX_LAST), MAX_TURN_LINES)];
}

// People's words, verdicts and failures first; of equals the earlier.
function fitting(parts: readonly Part[], room: number): Part[] {
  const kept: Part[] = [];
  let left = room;
  for (const part of [...parts].sort((a, b) => a.rank - b.rank || a.step - b.step)) {
    const size = sizeOf([`e${parts.length} ${part.head}`, ...part.said]) + GAP;
    if (size > left) continue;
    left -= size;
    kept.push(part);
  }
  return kept;
}

function assemble(
  session: string,
  head: readonly string[],
  parts: readonly Part[],
  kept: ReadonlySet<Part>,
  last: readonly string[],
  stored: ReadonlyMap<string, StoredEvent>,
): Digest {
  const lines = [...head];
  const passages = new Map<string, Passage>();
  let skipped = 0;
  const mark = () => {
    if (skipped > 0) lines.push(`(${count(skipped, 'step')} left out)`);
    skipped = 0;
  };
  for (const part of [...parts].sort((a, b) => a.step - b.step)) {
    if (!kept.has(part)) {
      skipped++;
      continue;
    }
    mark();
    const { passage, said } = part;
    const name = passage === undefined ? '' : `e${passages.size + 1} `;
    lines.push(`${name}${part.head}`, ...said);
    if (passage === undefined) continue;
    const barred = said.flatMap((line) => (line.startsWith('| ') ? [line.slice(2)] : []));
    const shown = [...(passage.tool === undefined ? [] : [passage.tool]), ...barred].join('\n');
    passages.set(name.trim(), { ...passage, shown, stored: stored.get(passage.event)?.event });
  }
  mark();
  const text = [...lines, ...last].join('\n');
  if (roughTokens(text) > DIGEST_TOKENS) throw new Error('a digest is longer than it may be');
  return { session, text, passages };
}

function isStored({ event, sha256 }: Cite, stored: ReadonlyMap<string, StoredEvent>): boolean {
  return stored.get(event)?.sha256 === sha256;
}

function isNearFailure(actions: readonly Action[], at: number): boolean {
  return actions[at - 1]?.status === 'error' || at === actions.length - 1;
}

function telling(error: string): string {
  const line = tellingLine(error);
  return line === '' ? error : line;
}

function linesOf(text: string, most: number): string[] {
  const lines = legible(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const shown = lines.slice(0, most).map((line) => `| ${headOf(line, MAX_LINE)}`);
  return lines.length > most ? [...shown, `  (${count(lines.length - most, 'line')} left out)`] : shown;
}

function plain(text: string): string {
  return oneLine(legible(text));
}

function citedIn({ event, sha256 }: Cite): Cite {
  return { event, sha256 };
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
