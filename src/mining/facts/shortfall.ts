// Tells whether a person's turn says that the work so far falls short, and in which words; English only, and no judge of whether they are right.
import { signedWords } from '../../domain/polarity.ts';
import { mask } from '../mask.ts';
import { type Correction, correctionIn } from './corrective.ts';

const MAX_TURN = 600;
const MAX_SENTENCE = 240;

const SHORT =
  /\b(?:missing|forgot(?:ten)?|lack(?:s|ing)|incomplete|unfinished|left out|omitted|overlooked|nobody|no one|nowhere|without|(?:not|never)(?: yet| been)? (?:there|done|complete|finished|included|enough|right|correct)|still (?:no|not|needs?|lacks?)|(?:is|are|was|were|has|have|had|does|did)(?:n['’]t| not| no)|should (?:also )?(?:have|be|contain|include|say)|must (?:also )?(?:have|be|contain|include|say)|you did(?:n['’]t| not))\b/i;
// Said about the speaker, or a question that wants an answer rather than work.
const OTHERWISE = /\b(?:I|we)(?:['’](?:m|ve|d|ll))?\s|\?\s*$/i;

/** A correction (see `correctionIn`), else the first sentence that says what the work lacks; undefined where there is neither. */
export function shortfallIn(text: string, afterInterrupt: boolean): Correction | undefined {
  const correction = correctionIn(text, afterInterrupt);
  if (correction !== undefined) return correction;
  if (text.length > MAX_TURN) return undefined;
  for (const sentence of text.split(/(?<=[.!?])\s+|\n+|;\s+/).map((s) => s.trim())) {
    if (sentence.length > MAX_SENTENCE || !SHORT.test(sentence) || OTHERWISE.test(sentence)) continue;
    const words = signedWords(mask(sentence));
    if (words.size > 0) return { sentence, words };
  }
  return undefined;
}
