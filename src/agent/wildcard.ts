// Patterns with `*` over text and over paths, matched in one pass without ever backtracking; knows no rule and no tool.

/** A pattern ready to be matched. */
export interface Wildcard {
  steps: Step[];
  /** From a step to one further on that may be taken without reading anything. */
  skips: Map<number, number>;
}

/** One character; `*` within a segment; or any text. */
type Step = { char: string } | { star: 'segment' | 'any' };

/**
 * Text to match, in pieces. `exact`: these very characters. `covered`: only a star of the pattern stands for it.
 * `anything`: not known, it may turn out to be whatever the pattern wants.
 */
export interface Run {
  text: string;
  as: 'exact' | 'covered' | 'anything';
}

/**
 * A pattern over text: `*` (or `**`) is any text, line breaks included. A blank and a star at the end may both be missing,
 * so `git *` fits `git` and `git status` but not `gitk`; `git:*` is the same pattern.
 */
export function textPattern(pattern: string): Wildcard {
  const text = pattern.replace(/:\*+$/, ' *');
  const steps: Step[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '*') steps.push({ char: text[i] ?? '' });
    else if (text[i - 1] !== '*') steps.push({ star: 'any' });
  }
  const skips = new Map<number, number>();
  if (/ \*+$/.test(text)) skips.set(steps.length - 2, steps.length);
  return { steps, skips };
}

/**
 * A pattern over a path with `/`: `*` stays within one segment, `**` is any number of them. `src/**` fits `src` and
 * everything below; `**` + `/x` fits `x` in any folder, the top one included.
 */
export function pathPattern(pattern: string): Wildcard {
  const steps: Step[] = [];
  const skips = new Map<number, number>();
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '*') {
      steps.push({ char: pattern[i] ?? '' });
      continue;
    }
    let end = i;
    while (pattern[end] === '*') end++;
    const whole = end - i > 1 && (i === 0 || pattern[i - 1] === '/');
    if (whole && pattern[end] === '/') skips.set(steps.length, steps.length + 2);
    if (whole && end === pattern.length && i > 0) skips.set(steps.length - 1, steps.length + 1);
    steps.push({ star: end - i > 1 ? 'any' : 'segment' });
    i = end - 1;
  }
  return { steps, skips };
}

/** Whether the runs, one after the other, fit the pattern from end to end. Takes at most text times pattern steps. */
export function fits({ steps, skips }: Wildcard, runs: readonly Run[]): boolean {
  const last = steps.length;
  const lastStep = steps[last - 1];
  const endsOpen = lastStep !== undefined && 'star' in lastStep && lastStep.star === 'any';
  let at = reach(steps, skips, new Set([0]));
  for (const run of runs) {
    if (run.as === 'anything') {
      at = fromSmallest(at, last);
      continue;
    }
    for (let i = 0; i < run.text.length; i++) {
      if (endsOpen && at.has(last - 1)) return true; // a star at the end takes whatever is left
      if (at.size === 0) return false;
      at = reach(steps, skips, advance(steps, at, run.text[i] ?? '', run.as === 'exact'));
    }
  }
  return at.has(last);
}

function advance(steps: readonly Step[], at: ReadonlySet<number>, char: string, exact: boolean): Set<number> {
  const next = new Set<number>();
  for (const i of at) {
    const step = steps[i];
    if (step === undefined) continue;
    if ('char' in step) {
      if (exact && step.char === char) next.add(i + 1);
    } else if (step.star === 'any' || char !== '/') next.add(i);
  }
  return next;
}

// A set keeps what is added while it is gone through, so the steps found here are followed in turn.
function reach(steps: readonly Step[], skips: ReadonlyMap<number, number>, at: Set<number>): Set<number> {
  for (const i of at) {
    const step = steps[i];
    if (step !== undefined && 'star' in step) at.add(i + 1);
    const skip = skips.get(i);
    if (skip !== undefined) at.add(skip);
  }
  return at;
}

function fromSmallest(at: ReadonlySet<number>, last: number): Set<number> {
  let smallest = last + 1;
  for (const i of at) smallest = Math.min(smallest, i);
  const all = new Set<number>();
  for (let i = smallest; i <= last; i++) all.add(i);
  return all;
}
