// Chooses the passage of an event that a card quotes; what it returns always occurs in that event, word for word.
import { oneLine, safeForTerminal } from '../base/text.ts';
import { statementsIn } from '../domain/orders.ts';
import { pointerOf } from './arguments.ts';
import type { Action, Cite } from './extract-types.ts';
import { bringsOutsideText } from './outside.ts';
import { headOf, uncut } from './shrink.ts';
import { tellingLine } from './signature.ts';

const MAX_QUOTE = 300;

/** A passage and the stored line that holds it. */
export interface Quote {
  cite: Cite;
  text: string;
}

/** The line of an error that says what went wrong, as `tellingLine` finds it; the first one that is not blank where it stands in none. */
export function quoteError(action: Action): Quote {
  const error = action.error ?? '';
  const lines = error
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = tellingLine(error);
  const line = lines.find((l) => telling !== '' && oneLine(safeForTerminal(l)).includes(telling)) ?? lines[0];
  if (action.result === undefined || line === undefined) return quoteCall(action);
  return { cite: action.result, text: headOf(line, MAX_QUOTE) };
}

/** How a call ended, by its error where the words are the tool's own and order nothing; else by the call. */
export function quoteEnding(action: Action): Quote {
  const { error } = action;
  if (error === undefined || bringsOutsideText(action)) return quoteCall(action);
  const quote = quoteError(action);
  return statementsIn(quote.text) === quote.text ? quote : quoteCall(action);
}

/** One argument of a call as it stands in the event's JSON: the one named, else the first; the tool's name where there is none. */
export function quoteCall(action: Action, argument?: string): Quote {
  return { cite: action.call, text: quoteInput(action, argument) ?? `"name":${JSON.stringify(action.tool)}` };
}

/** A passage of what a person said; undefined where it is blank. */
export function quoteTurn(cite: Cite, passage: string): Quote | undefined {
  const line = passage
    .split('\n')
    .map((l) => l.trim())
    .find((l) => l !== '');
  return line === undefined ? undefined : { cite, text: headOf(line, MAX_QUOTE) };
}

function quoteInput(action: Action, argument: string | undefined): string | undefined {
  const { input } = action;
  const borrowed = [...(action.borrowed ?? []), ...(action.shown ?? [])];
  if (typeof input === 'string' && borrowed.length > 0) return undefined;
  if (typeof input === 'string') return nonBlank(uncut(JSON.stringify(headOf(uncut(input), MAX_QUOTE)).slice(1, -1)));
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return undefined;
  const entries = Object.entries(input);
  const [key, value] = entries.find(([k]) => k === argument) ?? entries[0] ?? [];
  if (key === undefined) return undefined;
  // What somebody else put into the agent's mouth is named, not repeated.
  if (borrowed.some((pointer) => pointer === '' || pointer.split('/')[1] === pointerOf(key).slice(1)))
    return nonBlank(uncut(`${JSON.stringify(key)}:`));
  return nonBlank(headOf(uncut(`${JSON.stringify(key)}:${JSON.stringify(value)}`), MAX_QUOTE));
}

function nonBlank(text: string): string | undefined {
  return text.trim() === '' ? undefined : text;
}
