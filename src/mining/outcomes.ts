// What each session came to, criterion by criterion; a verdict that nobody could tell is absent, and no reward is taken for truth.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type { Extract } from './extract-types.ts';

/** What is not known of a session. */
export const UNKNOWN = -1;

/** One outcome of all sessions. */
export interface Criterion {
  /** `<rubric>/<criterion>`, `outcome` for the whole, or `label/<name>` for an imported label. */
  name: string;
  /** By place of the session: 1 met, 0 not met, `UNKNOWN`. */
  values: Int8Array;
}

export interface Outcomes {
  /** The most telling first: criteria of rubrics by name, then the whole, then labels; equal ones are kept once. */
  criteria: Criterion[];
  /** Sessions whose pass is not believed: see `suspects`. */
  suspect: number;
}

export const WHOLE = 'outcome';
const LABEL = 'label/';

/**
 * The outcomes of the sessions, in their order. A criterion of a rubric counts as its last evaluation in the session says. Only
 * criteria that some sessions met and others did not are kept.
 * @param taskOf the task of a session
 */
export function outcomesOf(sessions: readonly Extract[], taskOf: (session: string) => string): Outcomes {
  const suspect = suspects(sessions, taskOf);
  const found = new Map<string, Int8Array>();
  const tell = (name: string, place: number, met: boolean) => {
    const values = found.get(name) ?? new Int8Array(sessions.length).fill(UNKNOWN);
    values[place] = met ? 1 : 0;
    found.set(name, values);
  };
  sessions.forEach((session, place) => {
    if (suspect.has(session)) return;
    for (const [name, met] of verdictsOf(session)) tell(name, place, met);
  });
  const criteria = [...found]
    .map(([name, values]) => ({ name, values }))
    .filter(({ values }) => values.includes(0) && values.includes(1))
    .sort((a, b) => turnOf(a.name) - turnOf(b.name) || byCodeUnit(a.name, b.name));
  return { criteria: once(criteria), suspect: suspect.size };
}

/**
 * Passes that the transcript does not bear out: no tool call was carried out, although more of the passes of that task than not
 * needed one; or calls were made and every one failed. Rewards are evidence, not truth.
 */
export function suspects(sessions: readonly Extract[], taskOf: (session: string) => string): Set<Extract> {
  const passes = sessions.filter((s) => s.outcome === 'pass');
  const found = new Set<Extract>();
  for (const ofTask of groupBy(passes, (s) => taskOf(s.session)).values()) {
    const idle = ofTask.filter((s) => !s.actions.some((a) => a.status === 'ok'));
    const needed = ofTask.length - idle.length > idle.length;
    for (const session of idle) if (needed || session.actions.length > 0) found.add(session);
  }
  return found;
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
