// A rule as a claim, its evidence and its cautions; states what was counted within strata, and advises nothing.
import { count, oneLine } from '../../base/text.ts';
import type { Predicate } from '../../domain/card.ts';
import { argumentName, topKey } from '../arguments.ts';
import type { Outline } from '../detectors/detector.ts';
import { placesOf, SeenList } from '../detectors/outline.ts';
import { WHOLE } from '../outcomes.ts';
import { bringsOutsideText } from '../outside.ts';
import type { Rule } from './choose.ts';
import { isConfirmed } from './confirm.ts';
import { type Effect, effectOf } from './effect.ts';
import type { Feature } from './features.ts';
import { firstCall, firstPlace } from './features.ts';
import type { GroundOfSessions } from './ground.ts';
import { predicateOf } from './predicate.ts';
import { isOneOfTwo, LEFT, type Split, sidesOf } from './splits.ts';

type Term = Predicate['then'];

/** The finding of a rule. Sessions that went as it says have seen it, the others speak against it. */
export function outlineOf(ground: GroundOfSessions, rule: Rule): Outline {
  const effect = effectOf(ground, rule);
  const predicate = predicateOf(rule);
  const { feature } = rule.question.split;
  const { or, rd, ci } = effect;
  return {
    kind: 'argument_rule',
    tool: feature.tool,
    claim: claimOf(rule, predicate, effect),
    normalised: normalised(rule, predicate),
    effect: {
      criterion: rule.criterion.name,
      or,
      rd,
      ci,
      p: Number(rule.p.toPrecision(4)),
      route: 'exact',
      confirmed: isConfirmed(ground, rule),
    },
    predicate,
    ...evidenceOf(ground, rule, effect),
    words: 'nobody',
    ...(isBorrowed(ground, rule) && { borrowed: true as const }),
    ...noteOf(rule),
  };
}

function claimOf({ criterion, question }: Rule, { when, then }: Predicate, { counts, tasks }: Effect): string {
  const { feature } = question.split;
  const { a, b, c, d } = counts;
  const met = criterion.name === WHOLE ? 'passed' : `met ${code(criterion.name)}`;
  const how =
    feature.role === 'argument'
      ? `called ${code(feature.tool)} with ${stateOf(then)}`
      : `called ${code(feature.tool)} after ${code(feature.source)} had last shown ${stateOf(then)}`;
  const under = when.filter((t) => t.result !== undefined).map((t) => `${code(t.tool)} had last shown ${stateOf(t)}`);
  const where = under.length === 0 ? '' : `, where ${under.join(' and ')}`;
  return `Of ${count(a + b, 'session')} that ${how}${where}, ${a} ${met}; of ${c + d} others, ${c} did; compared within ${count(tasks, 'task')}.`;
}

/** A term in words, of what was given or shown. */
function stateOf({ arg, result, op, value }: Term): string {
  return `${code(argumentName(arg ?? result ?? ''))} ${WORDS[op] ?? op} ${code(String(value))}`;
}

const WORDS: Record<string, string> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'above',
  '==': 'being',
  '!=': 'other than',
};

function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'")}\``;
}

// Without thresholds, which move a little with every night's sessions.
function normalised({ criterion }: Rule, { when, then }: Predicate): string {
  const plain = ({ value, ...term }: Term) => (typeof value === 'number' ? term : { ...term, value });
  return JSON.stringify([criterion.name, when.map(plain), plain(then)]);
}

function evidenceOf(ground: GroundOfSessions, rule: Rule, effect: Effect): Pick<Outline, 'quote' | 'seen' | 'against'> {
  const { feature } = rule.question.split;
  const argument = feature.role === 'argument' ? topKey(feature.pointer) : undefined;
  const seen = new SeenList();
  const against: { session: number; call: number }[] = [];
  effect.followed.forEach((side, place) => {
    const session = ground.sessions[place];
    const met = rule.criterion.values[place];
    if (side < 0 || met === undefined || met < 0 || session === undefined) return;
    const call = firstPlace(session, feature.tool);
    if (call === undefined) return;
    if (side === met)
      seen.add(place, session, call, met === 1 ? 0 : Number((session.actions.length * avoidable(effect)).toFixed(3)));
    else against.push({ session: place, call });
  });
  return { quote: argument === undefined ? {} : { argument }, seen: seen.seen(), against: placesOf(against) };
}

// The share of the failures without the rule that would not have been, had they failed as seldom as those with it.
function avoidable({ counts: { a, b, c, d } }: Effect): number {
  const without = d / Math.max(1, c + d);
  return without === 0 ? 0 : Math.max(0, 1 - b / Math.max(1, a + b) / without);
}

function noteOf({ question, range, twins, explains, also }: Rule): Pick<Outline, 'note'> {
  const parts: string[] = [];
  if (range !== undefined && range[1] > range[0] && 'low' in question.split)
    parts.push(`thresholds from ${range[0]} to ${range[1]} fit nearly as well`);
  if (twins.length > 0)
    parts.push(`${names(twins)} parts the same sessions in the same way, so it may be that instead`);
  if (explains.length > 0) parts.push(`it explains what else was seen with ${names(explains)}`);
  if (also.length > 0) parts.push(`the same was found for ${also.map((c) => code(c.name)).join(', ')}`);
  return parts.length === 0 ? {} : { note: parts.join('; ') };
}

function names(features: readonly Feature[]): string {
  const shown = features.slice(0, 3).map(({ source, pointer }) => `${code(argumentName(pointer))} of ${code(source)}`);
  return shown.join(', ') + (features.length > 3 ? ` and ${features.length - 3} more` : '');
}

/** Whether a word that the predicate shows came from outside: a value that was passed on or read there, or an odd name of a reading. */
function isBorrowed(ground: GroundOfSessions, rule: Rule): boolean {
  const { split, condition } = rule.question;
  return [split, ...(condition ? [condition.split] : [])].some((s) =>
    s.feature.role === 'argument' ? isPassedOn(ground, s) : isReadOutside(ground, s),
  );
}

function isPassedOn(ground: GroundOfSessions, split: Split): boolean {
  if (!('code' in split)) return false;
  const { tool, pointer } = split.feature;
  const sides = sidesOf({ split });
  const shown = isOneOfTwo(split.feature) ? [0, 1] : [1];
  return ground.sessions.some(
    (session, place) =>
      shown.includes(sides[place] ?? LEFT) && firstCall(session, tool)?.borrowed?.includes(pointer) === true,
  );
}

function isReadOutside({ sessions }: GroundOfSessions, split: Split): boolean {
  const { source, pointer, categories, rest } = split.feature;
  const outside = sessions.some((s) => s.actions.some((a) => a.tool === source && bringsOutsideText(a)));
  const words = 'code' in split && (rest?.words || categories?.some((value) => typeof value === 'string'));
  return outside && (words === true || !/^(?:\/[A-Za-z_][A-Za-z0-9_.-]{0,39})+$/.test(pointer));
}
