// Detects errors of a tool and what got past them: an argument changed, another tool first, or nothing; every session has one vote.
import { count } from '../../base/text.ts';
import type { Change } from '../../domain/card.ts';
import { topKey } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import { quoteCall, quoteError } from '../quotes.ts';
import { againOf } from './again.ts';
import { type Context, type Detector, type ErrorTemplate, type Finding, inGroup, lanesOf, timeOf } from './detector.ts';
import { habitsOf } from './habits.ts';
import { presenceOf } from './presence.ts';
import { choose, type Remedy } from './remedy.ts';
import { remedyWords } from './remedy-words.ts';
import { aftermathOf, repeatsOf, type Vote } from './repair.ts';

export const errorFix: Detector = {
  family: 'error_fix',
  nothing: 'no error of a tool occurred in at least two sessions',
  detect,
};

function detect(context: Context): Finding[] {
  const groups = new Map<string, { template: ErrorTemplate; votes: Vote[] }>();
  for (const session of context.sessions) {
    const own = new Map<string, Vote>();
    for (const { action, lane, index } of errorsOf(session)) {
      const template = context.templateOf(action.tool, action.error ?? '');
      if (template === undefined) continue;
      const vote = own.get(template.key);
      if (vote !== undefined) {
        vote.events++;
        // The occurrence that was got past speaks for the session; the ones before it only say that it took a while.
        if (vote.aftermath.fix === undefined) reconsider(vote, action, aftermathOf(lane, index));
      } else {
        const first: Vote = { session, error: action, aftermath: aftermathOf(lane, index), events: 1 };
        own.set(template.key, first);
        inGroup(groups, template.key, () => ({ template, votes: [] })).votes.push(first);
      }
      noteAgain(own.get(template.key), againOf(session, lane, index));
    }
    noteRepeats(context, session, own);
  }
  const habits = habitsOf(context.sessions);
  const presence = presenceOf(context.sessions);
  return [...groups.values()]
    .filter((g) => g.votes.length >= 2)
    .map(({ template, votes }) => findingOf(template, votes, choose(votes, habits.get(template.tool) ?? [], presence)));
}

function reconsider(vote: Vote, error: Action, aftermath: Vote['aftermath']): void {
  if (aftermath.fix !== undefined) Object.assign(vote, { error, aftermath });
}

// As with repairs: the occurrence whose call worked later speaks for the session.
function noteAgain(vote: Vote | undefined, again: Vote['again']): void {
  if (vote === undefined || again === undefined) return;
  if (vote.again === undefined || (vote.again.worked === undefined && again.worked !== undefined)) vote.again = again;
}

function errorsOf(session: Extract): { action: Action; lane: Action[]; index: number }[] {
  return lanesOf(session)
    .flatMap((lane) => lane.flatMap((action, index) => (action.status === 'error' ? [{ action, lane, index }] : [])))
    .sort((a, b) => a.action.step - b.action.step);
}

function noteRepeats(context: Context, session: Extract, votes: Map<string, Vote>): void {
  if (votes.size === 0) return;
  for (const { error, again } of repeatsOf(session)) {
    const vote = votes.get(context.templateOf(error.tool, error.error ?? '')?.key ?? '');
    if (vote !== undefined) vote.repeated = vote.repeated === true || again.status === 'ok';
  }
}

function findingOf(template: ErrorTemplate, votes: Vote[], remedy: Remedy): Finding {
  const change = changeOf(votes, remedy);
  return {
    kind: 'error_fix',
    tool: template.tool,
    template,
    claim: `${template.tool} failed with “${template.text}” in ${count(votes.length, 'session')}${remedyWords(template.tool, change, remedy)}.`,
    normalised: normalised(remedy),
    change,
    sightings: votes.map((vote) => ({
      session: vote.session,
      quote: quoteError(vote.error),
      events: vote.events,
      wasted: wastedBy(vote),
      action: vote.error,
      ...timeOf(vote.session, vote.error),
    })),
    against: againstOf(votes, remedy),
    words: 'tool',
    ...(remedy.argument?.borrowed === true && { borrowed: true as const }),
    ...(remedy.doubt !== undefined && { doubt: remedy.doubt }),
  };
}

function changeOf(votes: readonly Vote[], { argument, first, waited, deadEnd, tried, p }: Remedy): Change {
  const repeated = votes.filter((v) => v.repeated !== undefined);
  return {
    ...(argument && { argument: argument.pointer }),
    ...(argument?.from !== undefined && { from: argument.from }),
    ...(argument?.to !== undefined && { to: argument.to }),
    changed: argument?.sessions ?? 0,
    repaired: votes.filter((v) => v.aftermath.fix !== undefined).length,
    failed: votes.length,
    ...(first && { first }),
    ...(waited && { waited }),
    ...(deadEnd && {
      dead_end: { sessions: tried, calls: votes.reduce((sum, v) => sum + wastedBy(v), 0), ...spentOn(votes) },
    }),
    ...(repeated.length > 0 && {
      repeated: { sessions: repeated.length, worked: repeated.filter((v) => v.repeated).length },
    }),
    ...(p !== undefined && { p }),
  };
}

// Dollars and tokens only where every call of theirs is known: a sum with holes would be too small.
function spentOn(votes: readonly Vote[]): { tokens?: number; usd?: number } {
  const calls = votes.flatMap(({ error, aftermath, events }) =>
    events > 1 + aftermath.tries.length ? [undefined] : [error.spent, ...aftermath.tries.map((t) => t.spent)],
  );
  const tokens = calls.flatMap((c) => c?.tokens ?? []);
  const usd = calls.flatMap((c) => c?.usd ?? []);
  const sum = (numbers: readonly number[]) => numbers.reduce((s, n) => s + n, 0);
  return {
    ...(tokens.length === calls.length && { tokens: sum(tokens) }),
    ...(usd.length === calls.length && { usd: Number(sum(usd).toPrecision(3)) }),
  };
}

function wastedBy({ events, aftermath }: Vote): number {
  return Math.max(events, aftermath.cost);
}

function normalised({ argument, first, waited, tried }: Remedy): string {
  if (waited) return 'wait';
  if (argument) return `change ${argument.pointer}`;
  if (first) return `first ${first.tool}`;
  return tried === 0 ? 'given up' : 'no remedy';
}

// Sessions that got past the error without what the claim names, or did what it names in vain.
function againstOf(votes: readonly Vote[], { argument, first, waited }: Remedy): Finding['against'] {
  if (waited) {
    const inVain = votes.filter((v) => v.again !== undefined && v.again.worked === undefined);
    return inVain.map(({ session, error }) => ({ session, quote: quoteError(error) }));
  }
  return votes.flatMap(({ session, aftermath: { fix, changed, between } }) => {
    if (fix === undefined || (!argument && !first)) return [];
    if (argument ? changed.includes(argument.pointer) : between.some((a) => a.tool === first?.tool)) return [];
    return [{ session, quote: quoteCall(fix, topKey(changed[0] ?? '')) }];
  });
}
