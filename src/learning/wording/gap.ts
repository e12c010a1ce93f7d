// The title of a gap: what was missed at first and what came before it was met; names no value and no count.
import { clip } from '../../base/text.ts';
import type { Card } from '../../domain/card.ts';
import { argumentName } from '../rule-sentences.ts';
import type { Style } from '../style.ts';

const MAX_NAME = 64;

/** Undefined for cards of other kinds, and for those that do not say what was missed. */
export function gapTitle({ gap, tool }: Card, { code }: Style): string | undefined {
  if (gap === undefined) return undefined;
  const { criterion, argument } = gap;
  const name = (text: string) => code(clip(text, MAX_NAME));
  if (tool === undefined) return criterion === undefined ? undefined : `${name(criterion)} is often missed at first`;
  const deed =
    argument === undefined ? `call ${name(tool)}` : `change ${name(argumentName(argument))} of ${name(tool)}`;
  return criterion === undefined ? `People had to ask: ${deed}` : `To meet ${name(criterion)}, ${deed}`;
}
