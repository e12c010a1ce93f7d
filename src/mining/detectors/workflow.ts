// Detects steps that sessions which passed have in common, by several hands, and others of the same task less often; never sells what everybody does.
import { groupBy } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import { shrunkenOddsRatio } from '../../statistics/shrink.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import { argumentName } from '../arguments.ts';
import type { Extract } from '../extract-types.ts';
import { WHOLE } from '../outcomes.ts';
import { spreadAt } from '../rules/effect.ts';
import { isConfirmed } from '../workflows/confirm.ts';
import { callsOf, linksOf } from '../workflows/links.ts';
import { type Run, type Runs, runsOf } from '../workflows/runs.ts';
import { LEVEL, type Searched, searchWorkflows, type Workflow } from '../workflows/search.ts';
import { comparisonOf } from './comparing.ts';
import type { Context, Finding, Outline } from './detector.ts';
import { placesOf, SeenList } from './outline.ts';

export const workflow = comparisonOf(
  { family: 'workflow', nothing: 'no steps are common to sessions that passed and rarer in others of the same task' },
  (context) => ({
    said() {
      const runs = runsOf(context);
      const searched = searchWorkflows(runs);
      const places = new Map(context.sessions.map((session, place) => [session, place]));
      const placeOf = ({ session }: Run) => places.get(session) ?? -1;
      return {
        found: searched.workflows.map((found) => outlineOf(runs, found, searched.ordered, placeOf)),
        silence: silenceOf(context, runs, searched),
      };
    },
  }),
);

function outlineOf(
  { runs, tools }: Runs,
  { sequence, sides, test, tables, p }: Workflow,
  tried: number,
  placeOf: (run: Run) => number,
): Outline {
  const steps = sequence.tokens.map((t) => tools[t] ?? '');
  const total = sumOf([...tables.values()].filter(isMixed));
  const taken = runs.flatMap((run, place) =>
    sides[place] === 1 ? [{ run, calls: callsOf(run, sequence, place) }] : [],
  );
  const good = taken.filter(({ run }) => run.passed);
  const saved = savedIn(runs, sides);
  const links = linksOf(
    good.map(({ run: { session }, calls }) => calls.flatMap((call) => session.actions[call] ?? [])),
  );
  const firstOf = ({ run, calls }: (typeof taken)[number]) => calls[0] ?? run.calls[0];
  const seen = new SeenList();
  for (const one of good) {
    const first = firstOf(one);
    if (first === undefined) throw new Error('a run that took steps has one');
    seen.add(placeOf(one.run), one.run.session, first, saved(one.run));
  }
  const against = taken.flatMap((one) => {
    const call = firstOf(one);
    return one.run.passed || call === undefined ? [] : [{ session: placeOf(one.run), call }];
  });
  const or = shrunkenOddsRatio([...tables.values()]);
  const half = 1.959964 * spreadAt([...tables.values()].filter(isMixed), Math.log(or));
  return {
    kind: 'workflow',
    claim: `Of ${count(total.a + total.b, 'session')} that took the steps ${steps.map(code).join(', ')} in this order, ${total.a} passed; of ${total.c + total.d} others of the same tasks that went on as long, ${total.c} did${linkWords(links)}.`,
    normalised: JSON.stringify(steps),
    workflow: {
      steps,
      links,
      taken: { sessions: total.a + total.b, passed: total.a },
      others: { sessions: total.c + total.d, passed: total.c },
    },
    effect: {
      criterion: WHOLE,
      or: rounded(or),
      rd: rounded(test.riskDifference.estimate),
      ci: [rounded(or * Math.exp(-half)), rounded(or * Math.exp(half))],
      p: rounded(p),
      route: 'exact',
      confirmed: isConfirmed(runs, sides, tried),
    },
    quote: {},
    seen: seen.seen(),
    against: placesOf(against),
    words: 'nobody',
    ...doubtAboutHands(
      steps,
      good.map(({ run }) => run.session),
    ),
  };
}

/**
 * Calls that the steps saved a run, as far as the same task and model tells: those of a failed run without them times the share by
 * which they failed more seldom, and what passes without them took more. Never below zero.
 */
function savedIn(runs: readonly Run[], sides: Int8Array): (run: Run) => number {
  const strata = groupBy(runs.keys(), (place) => runs[place]?.stratum ?? '');
  const known = new Map<string, { failing: number; passes: number; calls: number }>();
  const toldBy = (stratum: string) => {
    const on = (side: number) =>
      (strata.get(stratum) ?? []).flatMap((place) => (sides[place] === side ? (runs[place] ?? []) : []));
    const [without, mine] = [on(0), on(1)];
    const failed = without.filter((r) => !r.passed);
    const passed = without.filter((r) => r.passed);
    const fewer = share(failed.length, without.length) - share(mine.filter((r) => !r.passed).length, mine.length);
    return {
      failing: fewer * mean(failed.map((r) => r.length)),
      passes: passed.length,
      calls: mean(passed.map((r) => r.length)),
    };
  };
  return (run) => {
    const told = known.get(run.stratum) ?? toldBy(run.stratum);
    known.set(run.stratum, told);
    const shorter = told.passes === 0 ? 0 : told.calls - run.length;
    return rounded(Math.max(0, told.failing + Math.max(0, shorter)));
  };
}

/** Why steps are no way of working that several came to; says nothing where they are. */
export function doubtAboutHands(steps: readonly string[], sessions: readonly Extract[]): { doubt?: string } {
  if (!steps.every((name) => /^[\w.:@/-]{1,128}$/.test(name)))
    return { doubt: 'a tool has a name that no program would use' };
  const hands = (of: (session: Extract) => string | undefined) => new Set(sessions.flatMap((s) => of(s) ?? [])).size;
  const most = Math.max(
    hands((s) => s.by),
    hands((s) => s.agent),
    hands((s) => s.model),
  );
  return most >= 2
    ? {}
    : { doubt: 'only one person, agent and model took these steps, so nobody came to them independently' };
}

function linkWords(links: NonNullable<Finding['workflow']>['links']): string {
  if (links.length === 0) return '';
  const words = links.slice(0, 3).map(({ from, input, result, at, to }) => {
    const source =
      input === undefined ? `${code(argumentName(result ?? ''))} shown by` : `${code(argumentName(input))} of`;
    return `${source} step ${from + 1} is ${code(argumentName(to))} of step ${at + 1}`;
  });
  return `; ${words.join(', ')}`;
}

function silenceOf(context: Context, runs: Runs, searched: Searched): string {
  const judged = context.sessions.filter((s) => s.outcome !== null).length;
  if (judged === 0)
    return `no session of ${count(context.sessions.length, 'session')} has an outcome, so none is known to have succeeded; grade some, or import labels`;
  if (searched.strata < 3)
    return `both passes and failures are known of only ${count(searched.strata, 'task')} with one model, 3 are needed to tell what passes have in common from what everybody does; run tasks again that only passed or only failed`;
  const result =
    searched.ordered === 0
      ? 'none is taken in its order more often than its steps in any order'
      : `${count(searched.ordered, 'of them is', 'of them are')} taken in order beyond chance, but none sets passes apart from failures of the same task (best p = ${searched.leastP.toFixed(3)}, at most ${LEVEL} is needed)`;
  return `searched ${count(searched.sequences, 'sequence')} of 3 to 6 steps in ${count(runs.runs.length, 'session')}, ${count(searched.strata, 'task')} with both passes and failures: ${result}`;
}

function sumOf(tables: readonly TwoByTwo[]): TwoByTwo {
  return tables.reduce((s, t) => ({ a: s.a + t.a, b: s.b + t.b, c: s.c + t.c, d: s.d + t.d }), {
    a: 0,
    b: 0,
    c: 0,
    d: 0,
  });
}

function isMixed({ a, b, c, d }: TwoByTwo): boolean {
  return a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((s, v) => s + v, 0) / values.length;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
