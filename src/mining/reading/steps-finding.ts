// Steps that a reader takes for a way of working, as a finding: counted again, and borne out by sessions that no reader was shown, or else an anecdote.
import { count } from '../../base/text.ts';
import type { Candidate } from '../../domain/reading.ts';
import { cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { chiSquareTail } from '../../statistics/normal.ts';
import { type Finding, timeOf } from '../detectors/detector.ts';
import { doubtAboutHands } from '../detectors/workflow.ts';
import type { Ground } from '../mine.ts';
import { quoteCall } from '../quotes.ts';
import { linksOf, stepsOf } from '../workflows/links.ts';
import { type Runs, runsOf, stepAt } from '../workflows/runs.ts';
import { type Sequence, sequenceOf } from '../workflows/sequences.ts';
import { sidesOf, tablesOf } from '../workflows/sides.ts';
import type { Judged, JudgedBy } from './judged.ts';

const LEVEL = 0.05;
const LEAST_STRATA = 3;

/**
 * Sightings are the cited sessions that passed and took the steps. What the steps go with is asked of sessions that were not read, within
 * tasks (Cochran-Mantel-Haenszel, one-sided, 5 % shared among the `asked` candidates): whoever chose the steps has seen the others.
 */
export function stepsFinding(
  { steps, cited }: Candidate & { kind: 'workflow' },
  { context }: Pick<Ground, 'context'>,
  { read, asked }: JudgedBy,
): Judged {
  const all = runsOf(context);
  const tokens = steps.map((tool) => all.tools.indexOf(tool));
  if (tokens.includes(-1)) return { rule: 'steps', reason: 'a step that no session with an outcome took' };
  const sequence = sequenceOf(tokens, all.runs);
  const names = new Set(cited.map(({ session }) => session));
  const taken = all.runs.flatMap((run, at) =>
    names.has(run.session.session) && run.passed && sequence.ends.has(at)
      ? [{ run, calls: stepsOf(run, sequence, at) }]
      : [],
  );
  if (taken.length === 0)
    return { rule: 'steps', reason: 'no session that it cites passed and took these steps in this order' };
  const unread = borneOut(all, sequence, read, asked);
  const sightings = taken.flatMap(({ run, calls }) => {
    const [call] = calls;
    if (call === undefined) return [];
    return [
      {
        session: run.session,
        quote: quoteCall(call),
        events: 1,
        wasted: 0,
        action: call,
        ...timeOf(run.session, call),
      },
    ];
  });
  const hands = doubtAboutHands(
    steps,
    taken.map(({ run }) => run.session),
  ).doubt;
  const doubt = [hands, unread.doubt].filter((text) => text !== undefined).join('; ');
  const finding: Finding = {
    kind: 'workflow',
    claim: `${claimOf(steps, taken.length)} ${unread.claim}`,
    normalised: JSON.stringify(steps),
    workflow: { steps: [...steps], links: linksOf(taken.map(({ calls }) => calls)), ...unread.sides },
    sightings,
    against: all.runs.flatMap((run, at) => {
      const call = names.has(run.session.session) && !run.passed && sequence.ends.has(at) ? stepAt(run, 0) : undefined;
      return call === undefined ? [] : [{ session: run.session, quote: quoteCall(call) }];
    }),
    words: 'nobody',
    ...(doubt !== '' && { doubt }),
  };
  return { finding };
}

function claimOf(steps: readonly string[], sessions: number): string {
  return `${count(sessions, 'session')} that passed took the steps ${steps.map((step) => `\`${step}\``).join(', ')} in this order.`;
}

type Sides = Pick<NonNullable<Finding['workflow']>, 'taken' | 'others'>;

function borneOut(
  { runs }: Runs,
  sequence: Sequence,
  read: ReadonlySet<string>,
  asked: number,
): { sides: Sides; claim: string; doubt?: string } {
  const sides = sidesOf(runs, sequence).map((side, at) => (read.has(runs[at]?.session.session ?? '') ? -1 : side));
  const tables = [...tablesOf(runs, sides).values()];
  const sum = (of: (table: (typeof tables)[number]) => number) => tables.reduce((total, table) => total + of(table), 0);
  const counted: Sides = {
    taken: { sessions: sum((t) => t.a + t.b), passed: sum((t) => t.a) },
    others: { sessions: sum((t) => t.c + t.d), passed: sum((t) => t.c) },
  };
  const claim = `Of ${count(counted.taken.sessions, 'session')} that were not read for it and took them, ${counted.taken.passed} passed; of ${counted.others.sessions} others that went on as long, ${counted.others.passed} did.`;
  const test = cochranMantelHaenszel(tables);
  if (test.kind === 'nothing-to-test' || test.informative < LEAST_STRATA) {
    const few = test.kind === 'nothing-to-test' ? 0 : test.informative;
    const doubt = `${few} of the ${LEAST_STRATA} tasks with both outcomes that are needed, among sessions that nobody had read when the steps were chosen`;
    return { sides: counted, claim, doubt };
  }
  const half = chiSquareTail(test.chiSquare) / 2;
  const p = test.observed > test.expected ? half : 1 - half;
  if (p <= LEVEL / asked) return { sides: counted, claim };
  return { sides: counted, claim, doubt: `sessions that were not read do not bear it out (p = ${p.toFixed(3)})` };
}
