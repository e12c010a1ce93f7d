// Mining: extracts in, ranked cards out; a pure function that reads no file, no clock and no model.
import { count } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import type { Silence } from '../domain/dream.ts';
import type { Settings } from '../domain/settings.ts';
import { type SourceCount, sourceCounts } from '../domain/source-names.ts';
import type { Suspicion } from '../domain/suspicion.ts';
import { type CardContext, cardOf, inRankOrder, type Ranked } from './cards.ts';
import { collapseCopies } from './copies.ts';
import type { Context, Detector, Finding } from './detectors/detector.ts';
import { foldAll } from './detectors/fold.ts';
import { detectors, notSearched } from './detectors/table.ts';
import type { Extract } from './extract-types.ts';
import type { ErrorFact } from './fact-types.ts';
import { believed } from './outcomes.ts';
import { errorsOf } from './stored-extract.ts';
import { assignTasks, strataOf, stratumOf } from './strata.ts';
import { buildTemplates } from './templates.ts';

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
export function mine(
  extracts: readonly Extract[],
  settings: Pick<Settings['dream'], 'min_sessions' | 'min_tasks'>,
): Mined {
  return mineGround(extracts, settings).mined;
}

/** The same, with the way there. */
export function mineGround(
  extracts: readonly Extract[],
  settings: Pick<Settings['dream'], 'min_sessions' | 'min_tasks'>,
): Ground {
  const all = [...extracts].sort(bySession);
  const { kept, collapsed } = collapseCopies(all);
  const asTold = [...kept].sort(bySession);
  const tasks = assignTasks(asTold);
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
  const context = contextOf(sessions, tasks);
  const searched = findingsOf(context).map(({ detector, findings }) => ({
    detector,
    found: findings.map((finding) => ({ finding, ranked: cardOf(finding, cardContext) })),
  }));
  const ranked = searched.flatMap((s) => s.found.map((f) => f.ranked));
  const mined: Mined = {
    sessions: all.length,
    collapsed: collapsed.length,
    strata,
    informative_strata: informative,
    sources,
    suspect,
    ...(newest !== undefined && { newest }),
    cards: inRankOrder(ranked),
    silent: [...searched.flatMap((s) => silenceOf(s.detector, s.found.length, context)), ...notSearched],
  };
  const seen = searched.flatMap((s) =>
    s.found.map(({ finding, ranked: { card } }) => ({
      score: card.score,
      sessions: [...new Set(finding.sightings.map((sighting) => sighting.session.session))],
    })),
  );
  return { mined, context, cardContext, ranked, seen };
}

function contextOf(sessions: readonly Extract[], tasks: ReadonlyMap<string, string>): Context {
  const index = buildTemplates(errorsIn(sessions));
  return {
    sessions,
    templateOf: (tool, reading) => index.templateOf(tool, reading),
    taskOf: (session) => tasks.get(session) ?? session,
    stratumOf: (extract) => stratumOf(extract, tasks),
  };
}

function* errorsIn(sessions: readonly Extract[]): Generator<ErrorFact> {
  for (const session of sessions) yield* errorsOf(session);
}

// Those that fold facts share one walk over the sessions.
function findingsOf(context: Context): { detector: Detector; findings: Finding[] }[] {
  const folding = detectors.flatMap((detector) => (detector.fold ? [{ detector, fold: detector.fold(context) }] : []));
  const found = foldAll(
    folding.map(({ fold }) => fold),
    context,
  );
  const folded = new Map(folding.map(({ detector }, i) => [detector, found[i] ?? []]));
  return detectors.map((detector) => ({ detector, findings: folded.get(detector) ?? detector.detect(context) }));
}

function silenceOf(detector: Detector, found: number, context: Context): Silence[] {
  if (found > 0) return [];
  const { family, nothing } = detector;
  const reason = detector.silence?.(context) ?? `${nothing} (${count(context.sessions.length, 'session')} searched)`;
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
