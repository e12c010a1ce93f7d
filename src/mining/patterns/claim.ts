// What may be said of an association: what went with what, in counts; never that the one is the cause of the other.
import { clip, count, oneLine, safeForTerminal } from '../../base/text.ts';
import { WHOLE } from '../outcomes.ts';
import { describe } from './describe.ts';
import type { Limits } from './limits.ts';
import type { Association, Searched } from './search.ts';

const MAX_NAME = 64;
/** One-sided p from which the newest sessions speak against a finding. */
const OPPOSITE = 0.8;

/** One sentence; what comes before its colon carries no counts. */
export function claimOf({ sign, criterion, test, exposed, met, blocks }: Association, limits: Limits): string {
  const { passing, passed } = verbs(criterion.name);
  const more = isGood({ test }) ? 'more' : 'less';
  const when =
    sign.type === 'ending' ? 'ended so' : `did so in their first ${limits.landmarks.at(-1)} steps and went on`;
  return `${describe(sign, limits.window)} went with ${passing} ${more} often: of ${count(exposed, 'session')} that ${when}, ${met} ${passed}, ${oneDigit(test.expected)} expected if it made no difference (compared within ${count(blocks, 'task')}).`;
}

/** True where it went with meeting the criterion. */
export function isGood({ test }: Pick<Association, 'test'>): boolean {
  return test.riskDifference.estimate > 0;
}

/** Why it is no lesson, or undefined. */
export function doubtOf({ newest, time }: Association, limits: Limits): string | undefined {
  const doubts = [
    ...(newest !== undefined && newest.p > OPPOSITE
      ? [`not confirmed in ${newestWords(limits)}, which show the opposite (${points(newest.riskDifference)})`]
      : []),
    ...(time
      ? [
          'it may be a matter of time: among sessions of a task that are neighbours in time little of the difference is left',
        ]
      : []),
  ];
  return doubts.length === 0 ? undefined : doubts.join('; ');
}

/** Whether the newest sessions show by themselves what all older ones did. */
export function isConfirmed({ newest, older, time }: Association, limits: Limits): boolean {
  if (newest === undefined || older === undefined || time) return false;
  return older.p <= limits.older && newest.p <= limits.confirmed;
}

/** What a reader of an association has to know. */
export function noteOf(association: Association, limits: Limits): string {
  const { newest } = association;
  const there =
    newest === undefined
      ? `, which ${newestWords(limits)} are too few to tell of`
      : isConfirmed(association, limits)
        ? `, with ${points(newest.riskDifference)} in ${newestWords(limits)}`
        : `, with ${points(newest.riskDifference)} in ${newestWords(limits)}, too little to confirm it (one-sided p = ${newest.p.toFixed(2)})`;
  return `what went together within tasks${there}; whether it is the cause is not known`;
}

/** Why nothing is said, with the numbers, and what would be needed. */
export function silenceWords(searched: Searched, limits: Limits): string {
  const { sessions, few, criteria, signs, left, unsearched, least, significant } = searched;
  const needed = limits.sessions.toLocaleString('en-US');
  if (few && criteria + unsearched === 0) return 'not searched: no outcome differs between sessions of repeated tasks';
  if (few)
    return `not searched: ${count(sessions, 'session')} of tasks that one model ran more than once ${sessions === 1 ? 'has' : 'have'} an outcome, ${needed} are needed before chance can be told from what matters; run tasks again`;
  const more = [
    ...(left > 0 ? [`${count(left, 'rarer pattern')} left out`] : []),
    ...(unsearched > 0 ? [`${count(unsearched, 'outcome')} told in too few sessions`] : []),
  ];
  const scope = `searched ${count(signs, 'pattern')} for ${count(criteria, 'outcome')} at ${limits.landmarks.length} landmarks and the end, in ${count(sessions, 'session')} of repeated tasks, compared within tasks`;
  const result =
    significant > 0
      ? `${count(significant, 'comparison')} had a false-discovery rate of at most ${limits.q}, but none was large and sure enough (${points(limits.riskDifference)} and odds of ${limits.oddsRatio} in ${limits.informative} tasks, and at most ${limits.first} such findings by chance alone)`
      : `the smallest false-discovery rate is ${least.toFixed(2)}, at most ${limits.q} is needed; more runs of the same tasks would tell weaker effects from chance`;
  return [scope, ...more].join('; ').concat(`: ${result}`);
}

function verbs(criterion: string): { passing: string; passed: string } {
  if (criterion === WHOLE) return { passing: 'passing', passed: 'passed' };
  const name = `\`${clip(oneLine(safeForTerminal(criterion)).replaceAll('`', "'"), MAX_NAME)}\``;
  return { passing: `meeting ${name}`, passed: 'met it' };
}

function newestWords(limits: Limits): string {
  return `the newest ${Math.round(limits.newest * 100)} % of the sessions`;
}

function points(share: number): string {
  const rounded = Math.round(share * 100);
  return `${rounded < 0 ? '−' : ''}${count(Math.abs(rounded), 'point')}`;
}

function oneDigit(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}
