// Mining: extracts in, ranked cards out; the cards follow from the extracts alone: no clock, no model and no number of threads has a say.

import { Interrupted, throwIfInterrupted } from '../base/errors.ts';
import { atOnce, inTurns, type Steps } from '../base/steps.ts';
import { count } from '../base/text.ts';
import { openThreads } from '../base/threads.ts';
import type { Card } from '../domain/card.ts';
import type { ComparedCount } from '../domain/compared.ts';
import type { Silence } from '../domain/dream.ts';
import type { Settings } from '../domain/settings.ts';
import { type SourceCount, sourceCounts } from '../domain/source-names.ts';
import type { Suspicion } from '../domain/suspicion.ts';
import { type CardContext, inRankOrder, type Ranked } from './cards.ts';
import { comparedOf } from './compared.ts';
import { collapseCopies } from './copies.ts';
import { type Detecting, detect, type Heard } from './detecting.ts';
import type { Context } from './detectors/detector.ts';
import { notSearched } from './detectors/table.ts';
import type { Extract } from './extract-types.ts';
import { type KeptParts, NO_PARTS } from './kept-parts.ts';
import { believed } from './outcomes.ts';
import { type Answer, answerTo, isForAnyThread } from './searches.ts';
import { assignTasks, strataOf, stratumOf } from './strata.ts';

/** What `agent mine --json` prints. */
export interface Mined {
  /** Sessions read, copies included. */
  sessions: number;
  /** How many of them are copies or forks of another and count no more than it does. */
  collapsed: number;
  /** Groups of sessions with the same task and model. */
  strata: number;
  /** Those with more than one session and both outcomes. */
  informative_strata: number;
  /** Sessions by the tool that they come from, copies left out, the most first. */
  sources: SourceCount[];
  /** Passes that are not believed, by session: they carry no weight. */
  suspect: Suspicion[];
  /** Where outcomes are compared over fewer than all sessions: over how many, and how many were left out at either end of time. */
  compared?: ComparedCount;
  /** Time of the newest session, RFC 3339: what ages count from. */
  newest?: string;
  /** In the order in which they deserve attention. */
  cards: Card[];
  /** Every family of cards that found nothing, or was not searched, and why. */
  silent: Silence[];
}

/** What was mined, and what whoever looks further needs of the way there. */
export interface Ground {
  mined: Mined;
  context: Context;
  cardContext: CardContext;
  /** `mined.cards` with their ranks, in no order. */
  ranked: Ranked[];
  /** For each finding, what it is worth and the sessions that showed it. */
  seen: { score: number; sessions: string[] }[];
}

/** Mines a set of extracts: the same set gives the same bytes in whatever order it comes. */
export function mine(extracts: readonly Extract[], settings: MineSettings): Mined {
  return mineGround(extracts, settings).mined;
}

type MineSettings = Pick<Settings['dream'], 'min_sessions' | 'min_tasks'>;

/** The same, with the way there. */
export function mineGround(extracts: readonly Extract[], settings: MineSettings): Ground {
  const begun = atOnce(begin(extracts, settings));
  const answers = begun.detecting.searches.map(answerTo);
  atOnce(begun.detecting.findOthers());
  return finish(begun, answers);
}

export interface MineThreads {
  /** How many at once, this one included. */
  jobs: number;
  signal?: AbortSignal | undefined;
  /** Where that is kept which need not be worked out again. */
  kept?: KeptParts;
  /** Sessions, below which this thread does it all. */
  least?: number;
}

const PROGRAM = './mining/search-thread.js';
const APART = 1000; // sessions; fewer are searched by the time a thread has begun

/** The same, while other threads do the dear searches. Throws Interrupted once the signal has fired, and leaves no thread behind. */
export async function mineGroundInThreads(
  extracts: readonly Extract[],
  settings: MineSettings,
  { jobs, signal, kept, least = APART }: MineThreads,
): Promise<Ground> {
  const begun = await inTurns(begin(extracts, settings, kept), signal);
  const { searches, findOthers } = begun.detecting;
  const apart = extracts.length >= least && searches.every(isForAnyThread) ? jobs - 1 : 0;
  const threads = openThreads({ program: PROGRAM, jobs: apart, beside: true, here: answerTo });
  try {
    const answers = Promise.all(searches.map((search) => threads.ask(search)));
    answers.catch(() => {}); // heard below
    await inTurns(findOthers(), signal);
    return finish(begun, await unlessInterrupted(answers, signal));
  } finally {
    await threads.close();
  }
}

// A search may go on for long when nobody waits for it any more.
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfInterrupted(signal);
  const interrupted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  return await Promise.race([work, interrupted]);
}

interface Begun extends Pick<Ground, 'context' | 'cardContext'> {
  mined: Omit<Mined, 'cards' | 'silent'>;
  detecting: Detecting;
}

function* begin(extracts: readonly Extract[], settings: MineSettings, parts = NO_PARTS): Steps<Begun> {
  const all = [...extracts].sort(bySession);
  const { kept, collapsed } = collapseCopies(all);
  yield;
  const asTold = [...kept].sort(bySession);
  const tasks = assignTasks(asTold);
  yield;
  const taskOf = (session: string) => tasks.get(session) ?? session;
  const { sessions, suspect } = believed(asTold, taskOf);
  const { strata, informative } = strataOf(sessions, tasks);
  const newest = newestOf(all);
  const sources = sourceCounts(sessions.map(({ tool }) => tool));
  const cardContext: CardContext = {
    sessions: sessions.length,
    mixed: sources.length > 1,
    taskOf,
    min_sessions: settings.min_sessions,
    min_tasks: settings.min_tasks,
    ...(newest !== undefined && { newest }),
  };
  yield;
  const context = contextOf(sessions, tasks);
  const { sessions: compared, older, newer } = comparedOf(sessions);
  const mined = {
    sessions: all.length,
    collapsed: collapsed.length,
    strata,
    informative_strata: informative,
    sources,
    suspect,
    ...(older + newer > 0 && { compared: { sessions: compared.length, newer, older } }),
    ...(newest !== undefined && { newest }),
  };
  return {
    mined,
    context,
    cardContext,
    detecting: detect(context, { ...context, sessions: compared }, cardContext, parts),
  };
}

function finish({ mined, context, cardContext, detecting }: Begun, answers: readonly Answer[]): Ground {
  const found = detecting.told(answers);
  const told = found.flatMap((one) => one.told);
  const ranked = told.map((one) => one.ranked);
  return {
    mined: {
      ...mined,
      cards: inRankOrder(ranked),
      silent: [...found.flatMap((one) => silenceOf(one, context)), ...notSearched],
    },
    context,
    cardContext,
    ranked,
    seen: told.map(({ ranked: { card }, sessions }) => ({ score: card.score, sessions })),
  };
}

function contextOf(sessions: readonly Extract[], tasks: ReadonlyMap<string, string>): Context {
  return {
    sessions,
    taskOf: (session) => tasks.get(session) ?? session,
    stratumOf: (extract) => stratumOf(extract, tasks),
  };
}

function silenceOf({ detector, told, silence }: Heard, context: Context): Silence[] {
  if (told.length > 0) return [];
  const { family, nothing } = detector;
  const known = detector.compare === undefined ? detector.silence?.(context) : silence;
  const reason = known ?? `${nothing} (${count(context.sessions.length, 'session')} searched)`;
  return [{ family, reason }];
}

function newestOf(extracts: readonly Extract[]): string | undefined {
  return extracts
    .flatMap((e) => e.last ?? e.at ?? [])
    .sort()
    .at(-1);
}

// Ids are unique in a store; the content decides where somebody hands in two of the same name.
function bySession(a: Extract, b: Extract): number {
  if (a.session !== b.session) return a.session < b.session ? -1 : 1;
  return a.content < b.content ? -1 : a.content > b.content ? 1 : 0;
}
