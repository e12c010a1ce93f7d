// Patterns with `*` over text and over paths, matched in one pass without ever backtracking; knows no rule and no tool.

/** A pattern ready to be matched. */
export interface Wildcard {
  /** Codes of characters, `SEGMENT` for `*` within a segment, `ANY` for any text, `GATE` for nothing. */
  steps: number[];
  /** From a step to one further on that may be taken without reading anything. */
  skips: Map<number, number>;
}

const ANY = -1;
const SEGMENT = -2;
const GATE = -3;
const SLASH = 47;

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
  const steps: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '*') steps.push(text.charCodeAt(i));
    else if (text[i - 1] !== '*') steps.push(ANY);
  }
  const skips = new Map<number, number>();
  if (/ \*+$/.test(text)) skips.set(steps.length - 2, steps.length);
  return { steps, skips };
}

/**
 * A pattern over a path with `/`: `*` stays within one segment, `**` is any number of them. `src/**` fits `src` and
 * everything below; `**` + `/x` fits `x` in any folder, the top one included.
 */
export function pathPattern(written: string): Wildcard {
  const pattern = written.replace(/(?<=^|\/)(?:\*\*\/)+(?=\*\*(?:\/|$))/g, ''); // ** twice is ** once
  const steps: number[] = [];
  const skips = new Map<number, number>();
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '*') {
      steps.push(pattern.charCodeAt(i));
      continue;
    }
    let end = i;
    while (pattern[end] === '*') end++;
    const whole = end - i > 1 && (i === 0 || pattern[i - 1] === '/');
    // The gate is passed once: from the star itself one could leave in the middle of a segment.
    if (whole && pattern[end] === '/') skips.set(steps.push(GATE) - 1, steps.length + 2);
    if (whole && end === pattern.length && i > 0) skips.set(steps.length - 1, steps.length + 1);
    steps.push(end - i > 1 ? ANY : SEGMENT);
    i = end - 1;
  }
  return { steps, skips };
}

/** Whether the runs, one after the other, fit the pattern from end to end. Takes at most text times pattern steps. */
export function fits({ steps, skips }: Wildcard, runs: readonly Run[]): boolean {
  const last = steps.length;
  const endsOpen = steps[last - 1] === ANY;
  // Which steps of the pattern may come next, all at once: nothing is ever tried again.
  let at = new Uint8Array(last + 1);
  let next = new Uint8Array(last + 1);
  at[0] = 1;
  reach(steps, skips, at);
  for (const run of runs) {
    if (run.as === 'anything') {
      const smallest = at.indexOf(1);
      if (smallest >= 0) at.fill(1, smallest);
      continue;
    }
    for (let i = 0; i < run.text.length; i++) {
      if (endsOpen && at[last - 1] === 1) return true; // a star at the end takes whatever is left
      if (!advance(steps, at, next, run.text.charCodeAt(i), run.as === 'exact')) return false;
      reach(steps, skips, next);
      [at, next] = [next, at];
    }
  }
  return at[last] === 1;
}

// False where no step is left.
function advance(steps: readonly number[], at: Uint8Array, next: Uint8Array, char: number, exact: boolean): boolean {
  let some = false;
  next.fill(0);
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    if (at[i] !== 1 || step === GATE) continue;
    const stays = step === ANY || (step === SEGMENT && char !== SLASH);
    if (stays) next[i] = 1;
    else if (exact && step === char) next[i + 1] = 1;
    else continue;
    some = true;
  }
  return some;
}

// Steps that may be left out lead forward only, so one pass finds them all.
function reach(steps: readonly number[], skips: ReadonlyMap<number, number>, at: Uint8Array): void {
  for (let i = 0; i < steps.length; i++) {
    if (at[i] !== 1) continue;
    if ((steps[i] ?? 0) < 0) at[i + 1] = 1;
    const skip = skips.get(i);
    if (skip !== undefined) at[skip] = 1;
  }
}
