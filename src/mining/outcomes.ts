// What each session came to, criterion by criterion; a verdict that nobody could tell is absent, and no reward is taken for truth.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type { Suspicion } from '../domain/suspicion.ts';
import type { Extract } from './extract-types.ts';
import { altered, sizeOf } from './stored-extract.ts';

/** What is not known of a session. */
export const UNKNOWN = -1;

/** One outcome of all sessions. */
export interface Criterion {
  /** `<rubric>/<criterion>`, `outcome` for the whole, or `label/<name>` for an imported label. */
  name: string;
  /** By place of the session: 1 met, 0 not met, `UNKNOWN`. */
  values: Int8Array;
}

export const WHOLE = 'outcome';
const LABEL = 'label/';

/**
 * The outcomes of the sessions, in their order: criteria of rubrics by name, then the whole, then labels; equal ones are kept once. A
 * criterion of a rubric counts as its last evaluation in the session says. Only criteria that some sessions met and others did not
 * are kept.
 */
export function outcomesOf(sessions: readonly Extract[]): Criterion[] {
  const found = new Map<string, Int8Array>();
  const tell = (name: string, place: number, met: boolean) => {
    const values = found.get(name) ?? new Int8Array(sessions.length).fill(UNKNOWN);
    values[place] = met ? 1 : 0;
    found.set(name, values);
  };
  sessions.forEach((session, place) => {
    for (const [name, met] of verdictsOf(session)) tell(name, place, met);
  });
  const criteria = [...found]
    .map(([name, values]) => ({ name, values }))
    .filter(({ values }) => values.includes(0) && values.includes(1))
    .sort((a, b) => turnOf(a.name) - turnOf(b.name) || byCodeUnit(a.name, b.name));
  return once(criteria);
}

/**
 * Passes that the transcript does not bear out, with the reason: no tool call was made, although more sessions of that task, whatever
 * they came to, carried one out than made none; or calls were made and none was carried out. Rewards are evidence, not truth: who did
 * nothing can have passed by what the task's check forgot. A session without an outcome, or that failed, is none.
 */
export function suspects(
  sessions: readonly Extract[],
  taskOf: (session: string) => string,
): Map<Extract, Suspicion['why']> {
  const found = new Map<Extract, Suspicion['why']>();
  const doubted = sessions.filter((session) => session.outcome === 'pass' && !carriedOut(session));
  // Only their tasks are looked at: nearly every session of the others was never in doubt.
  const tasks = new Map(doubted.map(({ session }) => [taskOf(session), { worked: 0, idle: 0 }]));
  for (const session of tasks.size === 0 ? [] : sessions) {
    const task = tasks.get(taskOf(session.session));
    if (task === undefined) continue;
    if (carriedOut(session)) task.worked++;
    else if (sizeOf(session).calls === 0) task.idle++;
  }
  for (const session of doubted) {
    const { worked, idle } = tasks.get(taskOf(session.session)) ?? { worked: 0, idle: 0 };
    if (sizeOf(session).calls > 0) found.set(session, 'failing');
    else if (worked > idle) found.set(session, 'idle');
  }
  return found;
}

function carriedOut(session: Extract): boolean {
  return sizeOf(session).worked > 0;
}

/** The same sessions, suspects without any verdict, so that whoever counts outcomes counts none of theirs; and who they are, by session. */
export function believed(
  sessions: readonly Extract[],
  taskOf: (session: string) => string,
): { sessions: Extract[]; suspect: Suspicion[] } {
  const doubted = suspects(sessions, taskOf);
  const unjudged = { outcome: null, evaluations: undefined, label: undefined };
  const suspect = [...doubted].map(([{ session }, why]) => ({ session, why }));
  return {
    sessions: sessions.map((session) => (doubted.has(session) ? altered(session, unjudged) : session)),
    suspect: suspect.sort((a, b) => byCodeUnit(a.session, b.session)),
  };
}

function verdictsOf(session: Extract): [string, boolean][] {
  const { outcome, label, evaluations = [] } = session;
  const last = new Map(evaluations.map((e) => [e.rubric, e]));
  const criteria = [...last.values()]
    // There the rubric does not apply or contradicts itself.
    .filter((e) => e.result !== 'failed')
    .flatMap(({ rubric, criteria }) =>
      Object.entries(criteria).map(([id, met]): [string, boolean] => [`${rubric}/${id}`, met]),
    );
  if (outcome === null) return criteria;
  const whole: [string, boolean][] = [[WHOLE, outcome === 'pass']];
  if (label !== undefined) whole.push([LABEL + label, outcome === 'pass']);
  return [...criteria, ...whole];
}

function turnOf(name: string): number {
  return name === WHOLE ? 1 : name.startsWith(LABEL) ? 2 : 0;
}

function once(criteria: readonly Criterion[]): Criterion[] {
  return [...groupBy(criteria, ({ values }) => values.join(',')).values()].flatMap(([first]) => first ?? []);
}
