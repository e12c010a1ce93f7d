// Patterns in words and as keys that stay the same from dream to dream; says nothing about outcomes.
import { byCodeUnit } from '../../base/collections.ts';
import { clip, oneLine, safeForTerminal } from '../../base/text.ts';
import type { Pattern } from '../../domain/card.ts';
import type { Times } from '../facts/runs.ts';
import type { Ending } from './endings.ts';
import type { Part, Shown } from './frequent.ts';
import type { Entry } from './ledger.ts';
import type { Kind } from './runs.ts';

/** What was searched: a pattern that is shown by a step, or something about the end. */
export type Sign =
  | ({ type: 'pattern'; parts: (Kind & { times: Times })[]; gapped: boolean } & Entry)
  | { type: 'ending'; at: Ending['at']; kind: Kind; sessions: Uint32Array };

const MAX_NAME = 48;

export function signOf(shown: Shown, kinds: readonly Kind[]): Sign {
  const parts = shown.parts.flatMap(({ kind, times }: Part) => {
    const found = kinds[kind];
    return found === undefined ? [] : [{ ...found, times }];
  });
  return {
    type: 'pattern',
    parts,
    gapped: shown.gapped,
    get sessions() {
      return shown.sessions;
    },
    steps: shown.steps,
  };
}

/** The tool of the last step, which is where a lesson would apply. */
export function toolOf(sign: Sign): string {
  return sign.type === 'ending' ? sign.kind.tool : (sign.parts.at(-1)?.tool ?? '');
}

/** Part of a fingerprint, and what equal patterns are ordered by. */
export function keyOf(sign: Sign): string {
  if (sign.type === 'ending') return JSON.stringify([sign.at, sign.kind.tool, sign.kind.status]);
  return JSON.stringify([sign.gapped ? 'later' : 'next', ...sign.parts.map((p) => [p.tool, p.status, p.times])]);
}

/** The sign as cards hold it. */
export function patternOf(sign: Sign, window: number): Pattern {
  if (sign.type === 'ending') return { place: sign.at, within: window, steps: [{ ...sign.kind, times: 1 }] };
  return { place: sign.gapped ? 'pair' : 'sequence', within: window, steps: sign.parts };
}

/** Names of tools in backticks; with `window` as the reach of pairs and tails. */
export function describe(sign: Sign, window: number): string {
  if (sign.type === 'ending') {
    const step = stepWords({ ...sign.kind, times: 1 });
    return sign.at === 'last' ? `${step} as the last step` : `${step} among the last ${window} different steps`;
  }
  const steps = sign.parts.map(stepWords);
  return sign.gapped ? steps.join(` and, within ${window} different steps, `) : steps.join(', then ');
}

/** Simplest first: single steps, then sequences and pairs by length, fewer repeats before more. */
export function bySimplicity(a: Sign, b: Sign): number {
  return sizeOf(a) - sizeOf(b) || byCodeUnit(keyOf(a), keyOf(b));
}

/** The same for many at once, whose keys are made only once each. */
export function simplestFirst(signs: readonly Sign[]): Sign[] {
  return signs
    .map((sign) => ({ sign, size: sizeOf(sign), key: keyOf(sign) }))
    .sort((a, b) => a.size - b.size || byCodeUnit(a.key, b.key))
    .map(({ sign }) => sign);
}

function sizeOf(sign: Sign): number {
  if (sign.type === 'ending') return 1.5;
  return sign.parts.length + (sign.gapped ? 0.25 : 0) + 0.01 * sign.parts.reduce((n, p) => n + p.times, 0);
}

function stepWords({ tool, status, times }: Kind & { times: Times }): string {
  const how = [
    ...(status === 'error' ? ['failing'] : status === 'denied' ? ['refused'] : []),
    ...(times === 1 ? [] : [times === 2 ? 'twice or more in a row' : 'four times or more in a row']),
  ].join(', ');
  return how === '' ? quoted(tool) : `${quoted(tool)} (${how})`;
}

// A backtick or a line break in a name would end the code that it stands in.
function quoted(tool: string): string {
  return `\`${clip(oneLine(safeForTerminal(tool)).replaceAll('`', "'"), MAX_NAME)}\``;
}
