// A rule as a predicate that an agent can follow to the letter, with thresholds in the shortest decimals that divide the same values.
import type { Predicate } from '../../domain/card.ts';
import type { Rule } from './choose.ts';
import { isOneOfTwo, type Split } from './splits.ts';

type Term = Predicate['then'];

/**
 * `then` is what sessions that met the criterion did more often. A reading by itself is no argument of the call, so there `when`
 * names the call as `{tool, op: "called", value: true}`.
 */
export function predicateOf({ question: { split, condition }, high }: Rule): Predicate {
  const { feature } = split;
  const then = termOf(split, high, false);
  const when = condition === undefined ? [] : [termOf(condition.split, condition.holds, true)];
  if (feature.role === 'reading') return { when: [{ tool: feature.tool, op: 'called', value: true }, ...when], then };
  return { when, then };
}

function termOf(split: Split, above: boolean, strict: boolean): Term {
  const { role, source, pointer, categories } = split.feature;
  const place = { tool: source, ...(role === 'argument' ? { arg: pointer } : { result: pointer }) };
  if ('code' in split) {
    if (above) return { ...place, op: '==', value: categories?.[split.code] };
    // Of two values the other one is the plainer thing to say.
    if (isOneOfTwo(split.feature)) return { ...place, op: '==', value: categories?.[1 - split.code] };
    return { ...place, op: '!=', value: categories?.[split.code] };
  }
  if (above && !strict) return { ...place, op: '>=', value: shortest(split.low, split.high, 'high') };
  return { ...place, op: above ? '>' : '<=', value: shortest(split.low, split.high, 'low') };
}

/** The number between two others, or at that end of them, that has the fewest digits; of several the one nearest to the middle. */
export function shortest(low: number, high: number, end: 'low' | 'high'): number {
  const middle = low + (high - low) / 2;
  const fits = (value: number) => (value > low && value < high) || value === (end === 'low' ? low : high);
  const size = Math.max(Math.abs(low), Math.abs(high));
  for (let digit = size === 0 ? 0 : Math.ceil(Math.log10(size)); digit >= -20; digit--) {
    const [near, far] = multiples(middle, digit);
    // Adding zero takes the sign off a negative one.
    if (fits(near)) return near + 0;
    if (fits(far)) return far + 0;
  }
  return end === 'low' ? low : high;
}

// The multiples of 10^digit on both sides of a number, the nearer first, printed and read so that no crumb is left.
function multiples(number: number, digit: number): [number, number] {
  const multiple = (times: number) =>
    digit >= 0 ? times * 10 ** digit : Number((times / 10 ** -digit).toFixed(-digit));
  const times = digit >= 0 ? number / 10 ** digit : number * 10 ** -digit;
  const [below, above] = [multiple(Math.floor(times)), multiple(Math.ceil(times))];
  return above - number <= number - below ? [above, below] : [below, above];
}
