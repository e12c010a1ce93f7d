// Says whether a card states a planted truth, by its kind and by the tools, arguments, values and words it names; never asks how it was found.
import type { Card } from '../../src/domain/card.ts';
import type { ErrorTruth, GapTruth, PatternTruth, PreferenceTruth, RuleTruth, Truth, WorkflowTruth } from './truth.ts';

/** `found`: it states what was wanted. `true`: it states less, and nothing false. */
export type Match = 'found' | 'true' | undefined;

/** What a rule got right beside tool, argument and direction. */
export interface Details {
  /** The threshold lies within 10 % of the true one; for a category, it is the category. */
  near: boolean;
  /** The condition is named with its tool and field, or there is none and none is named. */
  condition: boolean;
}

/** @param tools names of all tools of the world, for reading patterns out of a claim */
export function matchOf(card: Card, truth: Truth, tools: readonly string[]): Match {
  switch (truth.is) {
    case 'error':
      return errorMatch(card, truth);
    case 'blind_retry':
    case 'loop':
    case 'thrash':
      return card.kind === truth.is && namesOne(card, truth.tools) ? 'found' : undefined;
    case 'preference':
      return preferenceMatch(card, truth);
    case 'gap':
      return gapMatch(card, truth);
    case 'workflow':
      return workflowMatch(card, truth, tools);
    case 'argument_rule':
      return ruleMatch(card, truth);
    case 'association':
      return patternMatch(card, truth, tools);
  }
}

/** Of a card that was found for a rule. */
export function detailsOf(card: Card, truth: RuleTruth): Details {
  const { good, condition } = truth;
  const value = card.predicate?.then.value;
  const near =
    good.op === '==' ? saysValue(value, good.value) : Math.abs(Number(value) - good.threshold) <= 0.1 * good.threshold;
  const when = card.predicate?.when ?? [];
  if (condition === undefined) return { near, condition: when.length === 0 };
  const named = when.some((w) => w.tool === condition.tool && pointerIs(w.result, condition.result));
  return { near, condition: named && when.length === 1 };
}

const errorKinds: readonly string[] = ['error_fix', 'blind_retry', 'dead_end'];

function errorMatch(card: Card, truth: ErrorTruth): Match {
  if (!errorKinds.includes(card.kind) || card.tool !== truth.tool || !says(card, truth.words)) return undefined;
  const { argument, first, repaired = 0, failed = card.counts.sessions, repeated } = card.change ?? {};
  const silent = argument === undefined && first === undefined;
  if (card.kind === 'blind_retry') return silent ? 'true' : undefined;
  switch (truth.cure.by) {
    case 'argument':
      if (pointerIs(argument, truth.cure.argument)) return 'found';
      break;
    case 'tool':
      if (first?.tool === truth.cure.tool && argument === undefined) return 'found';
      break;
    case 'waiting':
      if (silent && repeated && repeated.sessions > 0 && 2 * repeated.worked >= repeated.sessions) return 'found';
      break;
    case 'nothing':
      if (silent && repaired <= 0.1 * failed) return 'found';
  }
  return silent ? 'true' : undefined;
}

function preferenceMatch(card: Card, truth: PreferenceTruth): Match {
  if (card.kind !== 'preference') return undefined;
  // The claim and template alone: quotes of both sides may stand under a card that shows a conflict.
  const text = lower([card.claim, card.template ?? '']);
  return truth.words.every((w) => text.includes(w)) ? 'found' : undefined;
}

function gapMatch(card: Card, truth: GapTruth): Match {
  if (card.kind !== 'gap') return undefined;
  const about = truth.criterion === undefined ? says(card, truth.words ?? []) : saysCriterion(card, truth.criterion);
  if (!about) return undefined;
  if (!namesOne(card, [truth.tool])) return undefined;
  const argument =
    truth.argument === undefined || lower([card.claim, card.change?.argument ?? '']).includes(truth.argument);
  return argument ? 'found' : 'true';
}

/** At least three tools (all but one of four or five), in the planted order and no others. */
function workflowMatch(card: Card, truth: WorkflowTruth, tools: readonly string[]): Match {
  if (card.kind !== 'workflow') return undefined;
  const named = toolsIn(card, tools);
  let at = 0;
  for (const tool of truth.tools) if (named[at] === tool) at++;
  if (at < named.length || at < 2) return undefined;
  return at >= Math.max(3, truth.tools.length - 1) ? 'found' : 'true';
}

function ruleMatch(card: Card, truth: RuleTruth): Match {
  const { predicate, effect } = card;
  if (card.kind !== 'argument_rule' || predicate === undefined || effect === undefined) return undefined;
  const { then } = predicate;
  if (then.tool !== truth.tool || !pointerIs(then.arg, truth.argument)) return undefined;
  if (!criterionFits(effect.criterion, truth.criterion)) return undefined;
  const direction = directionOf(then.op, truth.good, then.value);
  if (direction === undefined) return undefined;
  return direction === effect.or >= 1 ? 'found' : undefined;
}

/** True: `op` names the good side; false: the bad one; undefined: neither. */
function directionOf(op: string, good: RuleTruth['good'], value: unknown): boolean | undefined {
  if (good.op === '==') {
    if (['==', '=', 'is', 'eq', 'equals', 'in'].includes(op)) return saysValue(value, good.value);
    return ['!=', '≠', 'is not', 'ne', 'not in'].includes(op) ? !saysValue(value, good.value) : undefined;
  }
  if (op.startsWith('>')) return good.op === '>=';
  return op.startsWith('<') ? good.op === '<=' : undefined;
}

function patternMatch(card: Card, truth: PatternTruth, tools: readonly string[]): Match {
  if (card.kind !== 'association' || card.effect === undefined) return undefined;
  return patternSaid(toolsIn(card, tools), card.effect.or > 1, truth) ? 'found' : undefined;
}

/** Whether naming these tools, with this sign, is a way of stating the pattern: all of its tools in order, or only tools of it. */
export function patternSaid(named: readonly string[], better: boolean, truth: PatternTruth): boolean {
  const planted = truth.tools.map(bare);
  const said = named.map(bare);
  if (said.length === 0 || better !== truth.odds > 1) return false;
  let at = 0;
  for (const tool of said) if (tool === planted[at]) at++;
  return at === planted.length || said.every((t) => planted.includes(t));
}

/** Tools in the order in which the claim names them. */
export function toolsIn(card: Pick<Card, 'claim'>, tools: readonly string[]): string[] {
  const names = [...tools].sort((a, b) => b.length - a.length).map((t) => t.replace(/[^\w]/g, '\\$&'));
  return [...card.claim.matchAll(new RegExp(`(?<![\\w-])(?:${names.join('|')})(?![\\w-])`, 'g'))].map((m) => m[0]);
}

function bare(tool: string): string {
  return tool.replace(/!$/, '');
}

function namesOne(card: Card, tools: readonly string[]): boolean {
  return tools.some((t) => card.tool === t || toolsIn(card, [t]).length > 0 || card.change?.first?.tool === t);
}

function says(card: Card, words: readonly string[]): boolean {
  const text = lower([card.claim, card.template ?? '', ...card.examples.map((e) => e.quote)]);
  return words.every((w) => text.includes(w));
}

function saysCriterion(card: Card, criterion: string): boolean {
  return card.effect?.criterion === criterion || lower([card.claim, card.template ?? '']).includes(criterion);
}

/** A rule about one criterion is true of the whole outcome too; one about the whole need not name a criterion. */
function criterionFits(said: string, truth: string): boolean {
  if (said === truth || said.endsWith(`/${truth}`) || said.endsWith(`.${truth}`)) return true;
  return truth === 'label' || truth === 'whole' || /^(outcome|pass|whole|label|all)/.test(said);
}

function pointerIs(pointer: string | undefined, name: string): boolean {
  return pointer === name || pointer === `/${name}`;
}

function saysValue(value: unknown, wanted: string): boolean {
  return Array.isArray(value) ? value.length === 1 && value[0] === wanted : value === wanted;
}

function lower(texts: readonly string[]): string {
  return texts.join('\n').toLowerCase();
}
