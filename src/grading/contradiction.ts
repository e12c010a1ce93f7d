// Whether a rubric asks for what cannot be at once, so that no work could pass it; looks at the rubric alone, never at work.
import { canonicalJson } from '../base/hash.ts';
import {
  type Check,
  type Condition,
  type Criterion,
  type CriterionVerdict,
  passes,
  type Rubric,
} from '../domain/rubric.ts';

/** The first contradiction, in words; undefined where there is none. Only what is certain is reported. */
export function contradictionIn(rubric: Pick<Rubric, 'criteria' | 'pass'>): string | undefined {
  const { criteria } = rubric;
  const ids = new Set<string>();
  for (const { id } of criteria) {
    if (ids.has(id)) return `two criteria are called ${id}`;
    ids.add(id);
  }
  const best = new Map<string, CriterionVerdict>(criteria.map(({ id }) => [id, 'met']));
  for (const { id, check } of criteria) {
    const within = check === undefined ? undefined : impossible(check);
    if (within === undefined) continue;
    best.set(id, 'not_met');
    if (!passes(rubric, best)) return `${id} can never be met: ${within}`;
  }
  const required = criteria.filter((c) => c.required && c.check !== undefined);
  for (const [at, one] of required.entries()) {
    for (const other of required.slice(at + 1)) {
      const why = clash(one, other);
      if (why !== undefined) return `${one.id} and ${other.id} cannot both be met: ${why}`;
    }
  }
  return undefined;
}

function impossible(check: Check): string | undefined {
  if ('tool' in check) {
    const [low, high] = bounds(check);
    if (low > high) return `at least ${low} and at most ${high} calls of ${check.tool}`;
    if (check.before === check.tool) return `${check.tool} before ${check.tool}`;
  }
  if ('file' in check && check.exists === false && (check.matches !== undefined || check.schema !== undefined))
    return `${check.file} must not exist, and must have a content`;
  if ('output' in check && check.output.matches !== undefined && check.output.matches === check.output.not_matches)
    return 'the message must match a pattern and not match it';
  return undefined;
}

function clash({ check: a }: Criterion, { check: b }: Criterion): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  if ('tool' in a && 'tool' in b && a.tool === b.tool) return tooMany(a, b) ?? tooMany(b, a);
  if ('file' in a && 'file' in b && a.file === b.file && (a.exists ?? true) !== (b.exists ?? true))
    return `${a.file} must exist, and must not`;
  if ('output' in a && 'output' in b) {
    const twice = [a.output.matches, b.output.matches].filter((p) => p !== undefined);
    const never = [a.output.not_matches, b.output.not_matches];
    if (twice.some((pattern) => never.includes(pattern))) return 'the message must match a pattern and not match it';
  }
  if ('json' in a && 'json' in b && a.json === b.json && a.at === b.at) return opposite(a, b);
  return undefined;
}

function opposite(a: Condition, b: Condition): string | undefined {
  const same = canonicalJson(a.value) === canonicalJson(b.value);
  if (a.op === '==' && b.op === '==' && !same) return `${a.at || 'the value'} must equal two different values`;
  const pair = [a.op, b.op].sort().join();
  if (same && pair === '!=,==') return `${a.at || 'the value'} must equal a value and not equal it`;
  return undefined;
}

// A limit with conditions on arguments says nothing about how often the tool may be called at all.
function tooMany(atLeast: ToolCheck, atMost: ToolCheck): string | undefined {
  const low = bounds(atLeast)[0];
  const high = bounds(atMost)[1];
  if (atMost.args !== undefined || low <= high) return undefined;
  return `at least ${low} and at most ${high} calls of ${atMost.tool}`;
}

type ToolCheck = Extract<Check, { tool: string }>;

function bounds(check: ToolCheck): [low: number, high: number] {
  const { called, at_least, at_most } = check;
  const low = Math.max(called === true ? 1 : 0, at_least ?? 0);
  return [low, Math.min(called === false ? 0 : Number.POSITIVE_INFINITY, at_most ?? Number.POSITIVE_INFINITY)];
}
