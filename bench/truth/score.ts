// Compares the cards of one world with its truth and adds worlds up; never changes what counts as true to suit a card.
import type { Card } from '../../src/domain/card.ts';
import { type Details, detailsOf, matchOf, patternSaid } from './match.ts';
import type { Truth, World } from './truth.ts';

/** Which cards of a world are judged: those of these kinds, or all that claim an effect on outcomes. */
export type Scope = readonly string[] | 'effect';

interface Share {
  of: number;
  hits: number;
}

export interface Tally {
  worlds: number;
  sessions: number;
  /** Planted findings, and how many of them some card above D states. */
  recall: Share;
  /** Cards above D in scope, and how many of them are true. */
  precision: Share;
  /** Worlds in which a card above D claims an effect on outcomes. */
  claiming: number;
  /** Planted findings by `sub`. */
  subs: Record<string, Share>;
  /** Of found rules: threshold within 10 %, condition right. */
  near: Share;
  condition: Share;
  naive: { recall: Share; precision: Share; claiming: number };
  /** Sessions that were taken for copies of others: none is. */
  collapsed: number;
  /** Claims of cards that are not true, for whoever wants to know. */
  wrong: string[];
  /** Processor time that mining took, extraction not counted. */
  seconds: number;
  /** Planted findings that no card states, with what the miner has of that kind or tool. */
  missed: string[];
}

export interface Judged {
  world: World;
  cards: readonly Card[];
  sessions: number;
  collapsed: number;
  naive: readonly { tools: string[]; better: boolean }[];
  seconds: number;
}

export function newTally(): Tally {
  const share = (): Share => ({ of: 0, hits: 0 });
  return {
    worlds: 0,
    sessions: 0,
    recall: share(),
    precision: share(),
    claiming: 0,
    subs: {},
    near: share(),
    condition: share(),
    naive: { recall: share(), precision: share(), claiming: 0 },
    collapsed: 0,
    seconds: 0,
    wrong: [],
    missed: [],
  };
}

/** Adds a tally of other worlds of the same cell. */
export function addTally(to: Tally, from: Tally): void {
  to.worlds += from.worlds;
  to.sessions += from.sessions;
  to.claiming += from.claiming;
  to.collapsed += from.collapsed;
  to.seconds += from.seconds;
  to.naive.claiming += from.naive.claiming;
  for (const name of ['recall', 'precision', 'near', 'condition'] as const) addShare(to[name], from[name]);
  for (const name of ['recall', 'precision'] as const) addShare(to.naive[name], from.naive[name]);
  for (const [sub, share] of Object.entries(from.subs)) addShare(subOf(to, sub), share);
  to.wrong.push(...from.wrong);
  to.missed.push(...from.missed);
}

function addShare(to: Share, from: Share): void {
  to.of += from.of;
  to.hits += from.hits;
}

function subOf(tally: Tally, sub: string): Share {
  const known = tally.subs[sub] ?? { of: 0, hits: 0 };
  tally.subs[sub] = known;
  return known;
}

export function addWorld(tally: Tally, judged: Judged, scope: Scope): void {
  const { world } = judged;
  const spoken = judged.cards.filter((c) => c.grade !== 'D');
  tally.worlds++;
  tally.sessions += judged.sessions;
  tally.collapsed += judged.collapsed;
  tally.seconds += judged.seconds;
  if (spoken.some((c) => c.effect !== undefined)) tally.claiming++;
  for (const truth of world.truths.filter((t) => t.wanted)) addTruth(tally, truth, judged, spoken);
  for (const card of spoken.filter((c) => inScope(c, scope))) {
    const right = world.truths.some((t) => matchOf(card, t, world.tools) !== undefined);
    count(tally.precision, right);
    if (!right) tally.wrong.push(`${world.name}: ${card.grade} ${card.kind} ${card.tool ?? ''}: ${card.claim}`);
  }
  addNaive(tally, judged);
}

function addTruth(tally: Tally, truth: Truth, { cards, world }: Judged, spoken: readonly Card[]): void {
  // Nobody must be taught to wait: a card that says so keeps its worth as an anecdote too.
  const heals = truth.is === 'error' && truth.cure.by === 'waiting';
  const finders = (heals ? cards : spoken).filter((c) => matchOf(c, truth, world.tools) === 'found');
  count(tally.recall, finders.length > 0);
  count(subOf(tally, truth.sub ?? ''), finders.length > 0);
  if (finders.length === 0) tally.missed.push(missedOf(truth, cards, world));
  if (truth.is !== 'argument_rule' || finders.length === 0) return;
  const details = finders.map((c) => detailsOf(c, truth));
  count(tally.near, best(details).near);
  count(tally.condition, best(details).condition);
}

function missedOf(truth: Truth, cards: readonly Card[], world: World): string {
  const named = 'tool' in truth ? [truth.tool] : 'tools' in truth ? truth.tools : [];
  const near = cards.filter((c) => c.kind === truth.is || named.includes(c.tool ?? '-')).slice(0, 6);
  const lines = near.map((c) => {
    const change = c.change === undefined ? '' : ` ${JSON.stringify(c.change)}`;
    return `\n    ${c.grade} ${c.kind} ${c.tool ?? ''}: ${c.claim}${change}${c.reason === undefined ? '' : ` (${c.reason})`}`;
  });
  return `${world.name}: ${JSON.stringify(truth)}${lines.join('')}`;
}

/** The card that got most right speaks for the rule. */
function best(details: readonly Details[]): Details {
  const points = (d: Details) => Number(d.near) + Number(d.condition);
  return details.reduce((a, b) => (points(b) > points(a) ? b : a));
}

function addNaive(tally: Tally, { world, naive }: Judged): void {
  const patterns = world.truths.filter((t) => t.is === 'association');
  if (naive.length > 0) tally.naive.claiming++;
  for (const truth of patterns) {
    count(
      tally.naive.recall,
      naive.some((claim) => patternSaid(claim.tools, claim.better, truth)),
    );
  }
  for (const claim of naive) {
    count(
      tally.naive.precision,
      patterns.some((truth) => patternSaid(claim.tools, claim.better, truth)),
    );
  }
}

function inScope(card: Card, scope: Scope): boolean {
  return scope === 'effect' ? card.effect !== undefined : scope.includes(card.kind);
}

function count(share: Share, hit: boolean): void {
  share.of++;
  if (hit) share.hits++;
}
