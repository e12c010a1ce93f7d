// What went with outcomes, in words: a title without counts, and how far it may be trusted; never says that it is the cause.
import { clip } from '../../base/text.ts';
import type { Card, Pattern } from '../../domain/card.ts';
import type { Style } from '../style.ts';

const MAX_NAME = 40;
const ENDED = { ok: '', error: 'failing', denied: 'refused' };
const TIMES = { 1: '', 2: 'twice or more in a row', 4: 'four times or more in a row' };

/** Undefined for cards of other kinds. */
export function patternTitle({ pattern, effect }: Card, style: Style): string | undefined {
  if (pattern === undefined || effect === undefined) return undefined;
  const passing =
    effect.criterion === 'outcome' ? 'passing' : `meeting ${style.code(clip(effect.criterion, MAX_NAME))}`;
  return `${deed(pattern, style)} went with ${passing} ${effect.rd > 0 ? 'more' : 'less'} often`;
}

/** What the sessions that it was not found in say, and what no session can. */
export function standingSentences({ effect, grade }: Card): string[] {
  if (effect === undefined) return [];
  const newer = effect.confirmed ? 'it held in newer sessions too' : 'not confirmed in newer sessions';
  return [`Grade ${grade}: ${newer}; whether it is the cause is not known.`];
}

function deed({ place, within, steps }: Pattern, style: Style): string {
  const words = steps.map((step) => stepWords(step, style));
  if (place === 'pair') return words.join(` and, within ${within} steps, `);
  if (place === 'sequence') return words.join(', then ');
  return place === 'last' ? `Ending with ${words.join()}` : `${words.join()} among the last ${within} steps`;
}

function stepWords({ tool, status, times }: Pattern['steps'][number], { code }: Style): string {
  const how = [ENDED[status], TIMES[times]].filter((part) => part !== '').join(', ');
  return how === '' ? code(clip(tool, MAX_NAME)) : `${code(clip(tool, MAX_NAME))} (${how})`;
}
