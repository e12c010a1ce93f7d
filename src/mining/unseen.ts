// Sessions in which a card's condition held and that none of its passages come from, each told in a few lines; judges none of them.
import { canonicalJson, shortHash } from '../base/hash.ts';
import { clip, oneLine } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import { statementsIn } from '../domain/orders.ts';
import { isRecord } from './arguments.ts';
import type { Action, Extract } from './extract-types.ts';
import { MARK } from './mask.ts';
import { bringsOutsideText } from './outside.ts';
import { signature, tellingLine } from './signature.ts';

const AFTERWARDS = 4;
const MAX_TEXT = 300;

/**
 * At most `most` digests for a card that is about an error of a tool; none for others, whose condition is no single event. Which
 * sessions is drawn by a hash of card and session, so that no end of the corpus is preferred and a new session rarely moves the rest.
 */
export function unseenDigests(card: Card, extracts: readonly Extract[], most: number): string[] {
  const { tool, template, fingerprint } = card;
  if (tool === undefined || template === undefined) return [];
  const seen = new Set([...card.examples, ...card.counter_examples].map((span) => span.session));
  const held = extracts.flatMap((extract) => {
    if (seen.has(extract.session)) return [];
    const at = extract.actions.findIndex((action) => isMet(action, tool, template));
    return at < 0 ? [] : [{ extract, at, order: shortHash(`${fingerprint} ${extract.session}`, 16) }];
  });
  return held
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, most)
    .map(({ extract, at }) => digest(extract, at));
}

function isMet({ tool, status, error }: Action, wanted: string, template: string): boolean {
  return tool === wanted && status === 'error' && error !== undefined && fits(template, signature(error));
}

// Leftmost pieces suffice: whatever matches later also matches after an earlier start. Linear, whatever the text.
function fits(template: string, text: string): boolean {
  const pieces = template.split(MARK);
  const last = pieces.pop() ?? '';
  const [first] = pieces;
  if (first === undefined) return text === last;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1)) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return text.endsWith(last) && text.length - last.length >= from;
}

function digest({ prompt, outcome, actions }: Extract, at: number): string {
  const told = actions
    .slice(at, at + 1 + AFTERWARDS)
    .map(
      (action, n) =>
        `${n + 1}. ${named(action.tool)} ${given(action)} → ${action.status}${n === 0 ? said(action) : ''}`,
    );
  return [
    ...(prompt === undefined ? [] : [`The task began: ${short(prompt)}`]),
    ...told,
    `The session ${outcome === null ? 'was not graded' : `ended with: ${outcome}`}.`,
  ].join('\n');
}

// Only of the error that the card is about: what other tools said is no matter here, and may be an attack that no card lets through.
// Strangers speak to nobody, and orders are not passed on, whoever wrote them.
function said(action: Action): string {
  const { error } = action;
  if (error === undefined || bringsOutsideText(action)) return '';
  const stated = statementsIn(tellingLine(error));
  return stated === '' ? '' : `: ${short(stated)}`;
}

// Of arguments with words of others only the names are told.
function given({ input, borrowed = [], shown = [] }: Action): string {
  if (!isRecord(input)) return borrowed.length + shown.length === 0 ? short(canonicalJson(input)) : '…';
  const names = Object.keys(input);
  if (borrowed.length + shown.length === 0 && names.every(isName)) return short(canonicalJson(input));
  return short(`{${names.map(named).join(', ')}}`);
}

// A sentence is no name, whatever it is the name of.
function named(name: string): string {
  return isName(name) ? name : '…';
}

function isName(name: string): boolean {
  return /^[\w$.:/-]{1,80}$/.test(name);
}

function short(text: string): string {
  return clip(oneLine(text), MAX_TEXT);
}
