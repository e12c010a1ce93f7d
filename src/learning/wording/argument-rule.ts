// A rule about an argument in words: what sessions did that met a criterion more often; repeats counts, and gives no order.
import { clip } from '../../base/text.ts';
import type { Card, Predicate } from '../../domain/card.ts';
import { argumentName } from '../rule-sentences.ts';
import type { Style } from '../style.ts';

type Term = Predicate['then'];

const MAX_VALUE = 40;
const WORDS: Record<string, string> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'above',
  '<': 'below',
  '==': 'being',
  '!=': 'other than',
};

/**
 * `Passed more often with `heat` at least `400`, where `depth` is above `5``. Undefined where the card has no predicate, or where the
 * words of one came from outside: those stand in no title.
 */
export function ruleTitle(card: Card, style: Style): string | undefined {
  const { predicate, effect } = card;
  if (predicate === undefined || effect === undefined || card.trust === 'outside_tool') return undefined;
  const { when, then } = predicate;
  const more = effect.criterion === 'outcome' ? 'Passed more often' : `${style.code(effect.criterion)} met more often`;
  const how = then.arg === undefined ? `after reading ${state(then, style)}` : `with ${state(then, style)}`;
  const conditions = when.filter((term) => term.arg !== undefined || term.result !== undefined);
  const where = conditions.map((term) => state(term, style)).join(' and ');
  return `${more} ${how}${where === '' ? '' : `, where it had read ${where}`}`;
}

function state({ arg, result, op, value }: Term, { code }: Style): string {
  const name = code(argumentName(arg ?? result ?? ''));
  return `${name} ${WORDS[op] ?? 'compared with'} ${code(clip(String(value), MAX_VALUE))}`;
}
