// Which values one step of a workflow hands to a later one, as parameters; never names a value.
import type { Card } from '../../domain/card.ts';
import { isRecord, pointerOf } from '../arguments.ts';
import type { Action } from '../extract-types.ts';
import type { Run } from './runs.ts';
import type { Sequence } from './sequences.ts';

type Link = NonNullable<Card['workflow']>['links'][number];

const SHARE = 0.8;
const LEAST_TEXT = 3; // short words and small numbers are equal by chance

/** The places of the calls of a run that are the sequence's steps, where it was first complete; found backwards from there, the nearest first. */
export function callsOf(run: Run, sequence: Sequence, place: number): number[] {
  const { tokens } = sequence;
  const walk = (at: number, left: number): number[] | undefined => {
    const call = run.calls[at];
    if (call === undefined || run.tokens[at] !== tokens[left]) return undefined;
    if (left === 0) return [call];
    for (let before = at - 1; before >= Math.max(0, at - 3); before--) {
      const found = walk(before, left - 1);
      if (found) return [...found, call];
    }
    return undefined;
  };
  return walk(sequence.ends.get(place) ?? -1, tokens.length - 1) ?? [];
}

/** These calls. */
export function stepsOf(run: Run, sequence: Sequence, place: number): Action[] {
  const { actions } = run.session;
  return callsOf(run, sequence, place).flatMap((call) => actions[call] ?? []);
}

/**
 * Links that hold in at least four fifths of the occurrences: what an earlier step was given, or showed, is an argument of a later
 * one. One for each argument, from the latest step that has it.
 */
export function linksOf(occurrences: readonly (readonly Action[])[]): Link[] {
  const tally = new Map<string, { link: Link; seen: number }>();
  for (const steps of occurrences) {
    for (const link of new Map(linksIn(steps).map((l) => [JSON.stringify(l), l])).values()) {
      const key = JSON.stringify(link);
      tally.set(key, { link, seen: (tally.get(key)?.seen ?? 0) + 1 });
    }
  }
  const best = new Map<string, { link: Link; seen: number; key: string }>();
  for (const [key, { link, seen }] of tally) {
    if (seen < SHARE * occurrences.length) continue;
    const target = `${link.at} ${link.to}`;
    const other = best.get(target);
    if (other === undefined || link.from > other.link.from || (link.from === other.link.from && key < other.key))
      best.set(target, { link, seen, key });
  }
  return [...best.values()].map((b) => b.link).sort((a, b) => a.at - b.at || (a.to < b.to ? -1 : 1));
}

function linksIn(steps: readonly Action[]): Link[] {
  const links: Link[] = [];
  steps.forEach((step, at) => {
    for (const [to, value] of leavesOf(step.input)) {
      for (let from = 0; from < at; from++) {
        for (const [input, given] of leavesOf(steps[from]?.input))
          if (given === value) links.push({ from, input, at, to });
        for (const [result, shown] of Object.entries(steps[from]?.values ?? {}))
          if (String(shown) === value) links.push({ from, result, at, to });
      }
    }
  });
  return links;
}

// Texts and numbers that tell one thing from another, as texts, by pointer; at most 20.
function leavesOf(input: unknown, path = ''): [string, string][] {
  if (isRecord(input) && path.split('/').length <= 4)
    return Object.entries(input)
      .flatMap(([key, value]) => leavesOf(value, path + pointerOf(key)))
      .slice(0, 20);
  if (path === '' || (typeof input !== 'string' && typeof input !== 'number')) return [];
  const text = String(input);
  return text.length >= LEAST_TEXT && text.length <= 400 ? [[path, text]] : [];
}
