// A check on which tools were called, how often, in which order and with what; looks only at calls that ran.
import { count } from '../../base/text.ts';
import type { ToolUse } from '../../domain/events.ts';
import type { Check } from '../../domain/rubric.ts';
import { isToolOf } from '../../domain/tool-name.ts';
import { conditionOn } from '../condition.ts';
import type { CheckResult, Evidence, Work } from '../graded.ts';

type ToolCheck = Extract<Check, { tool: string }>;

/** A call, its place among all, and what its arguments gave. */
interface Call {
  use: ToolUse;
  place: number;
  fits: boolean | undefined;
  /** The conditions in words, the failing one alone where one failed. */
  why: string;
}

const MOST_CITED = 3;
const MOST_QUOTE = 300;

/**
 * Everything that the check says must hold. With `any` of `which` the calls that count are those whose arguments fit, with
 * `all` they are all calls of the tool, and all of them must fit. The tool must have been called, unless `called: false`
 * or `at_most` or `at_least: 0` says otherwise. `before`: the first of them came before the first call of the other tool.
 * Names are patterns as in permissions: `sim__*`, and `bash` for the `Bash` of another tool's sessions.
 */
export function toolCheck(check: ToolCheck, work: Work): CheckResult {
  const calls = callsOf(check, work);
  const undecided = calls.find((call) => call.fits === undefined);
  if (undecided !== undefined)
    return { verdict: 'cannot_tell', reason: undecided.why, evidence: cite([undecided.use], check) };
  const misfit = check.which === 'all' ? calls.find((call) => call.fits === false) : undefined;
  if (misfit !== undefined)
    return {
      verdict: 'not_met',
      reason: `a call of ${check.tool}: ${misfit.why}`,
      evidence: cite([misfit.use], check),
    };
  const counted = calls.filter((call) => call.fits === true);
  const faults = [...countFaults(check, counted, calls), ...orderFaults(check, counted, work)];
  const [first] = faults;
  if (first !== undefined) return { verdict: 'not_met', reason: first.why, evidence: cite(first.uses, check) };
  const reason =
    counted.length === 0 ? `${named(check)} was not called` : `${named(check)}: ${count(counted.length, 'call')}`;
  return {
    verdict: 'met',
    reason,
    evidence: cite(
      counted.map((call) => call.use),
      check,
    ),
  };
}

function callsOf({ tool, args = [] }: ToolCheck, { calls }: Work): Call[] {
  return calls.flatMap(({ use }, place): Call[] => {
    if (!isToolOf(tool, use.name)) return [];
    const results = args.map((condition) => conditionOn(use.input, condition));
    const failing = results.find((r) => r.holds === false);
    const open = results.find((r) => r.holds === undefined);
    // A call that one condition rules out is ruled out, whatever the others would have said.
    const fits = failing !== undefined ? false : open !== undefined ? undefined : true;
    return [{ use, place, fits, why: (failing ?? open)?.why ?? results.map((r) => r.why).join('; ') }];
  });
}

interface Fault {
  why: string;
  uses: ToolUse[];
}

function countFaults(check: ToolCheck, counted: readonly Call[], calls: readonly Call[]): Fault[] {
  const { at_least, at_most, called } = check;
  const faults: Fault[] = [];
  const n = counted.length;
  const uses = counted.map((call) => call.use);
  const least = at_least ?? (called === false || (called === undefined && at_most !== undefined) ? 0 : 1);
  if (called === true && n === 0) faults.push({ why: notCalled(check, calls), uses: [] });
  if (called === false && n > 0) faults.push({ why: `${named(check)} was called`, uses });
  if (n < least)
    faults.push(
      n === 0
        ? { why: notCalled(check, calls), uses: calls.slice(0, 1).map((call) => call.use) }
        : { why: `${named(check)} was called ${n} times, wanted at least ${least}`, uses },
    );
  if (at_most !== undefined && n > at_most)
    faults.push({ why: `${named(check)} was called ${n} times, wanted at most ${at_most}`, uses });
  return faults;
}

function orderFaults({ tool, before }: ToolCheck, counted: readonly Call[], { calls }: Work): Fault[] {
  if (before === undefined) return [];
  const other = calls.findIndex(({ use }) => isToolOf(before, use.name));
  const [first] = counted;
  if (other < 0 || (first !== undefined && first.place < other)) return [];
  const use = calls[other]?.use;
  return [{ why: `${before} was called before ${tool}`, uses: use === undefined ? [] : [use] }];
}

function notCalled(check: ToolCheck, calls: readonly Call[]): string {
  const [first] = calls;
  if (first === undefined) return `${check.tool} was not called`;
  return `${named(check)} was not called; ${first.why}`;
}

function named({ tool, args = [] }: ToolCheck): string {
  return args.length === 0 ? tool : `${tool} with such arguments`;
}

// The argument that decided where it can be quoted, otherwise the tool's name.
function cite(uses: readonly ToolUse[], { args = [] }: ToolCheck): Evidence[] {
  return uses.slice(0, MOST_CITED).map((use) => {
    const found = args.map((condition) => conditionOn(use.input, condition).found).find((each) => each !== undefined);
    const value = found === undefined ? undefined : found.value;
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return { event: use.id, quote: (text || use.name).slice(0, MOST_QUOTE) };
  });
}
