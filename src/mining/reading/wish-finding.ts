// A wish that people stated in words of their own in several sessions, as a finding; takes the sentence from the turn, never from the reader.

import { signedWords } from '../../domain/polarity.ts';
import type { Candidate, Cited } from '../../domain/reading.ts';
import { wishFinding } from '../detectors/correction.ts';
import { inTime, type Said } from '../detectors/said.ts';
import type { Extract, Turn } from '../extract-types.ts';
import { callsSince } from '../facts/asked.ts';
import { MAX_SENTENCE, spokenSentences } from '../facts/corrective.ts';
import { mask } from '../mask.ts';
import type { Ground } from '../mine.ts';
import { quoteTurn } from '../quotes.ts';
import type { Judged } from './judged.ts';

/** Refused where fewer than two sessions on two days state it, once what people only showed or pasted is left out. */
export function wishesFinding({ said, against }: Wish, { context: { sessions } }: Pick<Ground, 'context'>): Judged {
  const stated = inTime(said.flatMap((place) => saidAt(place, sessions)));
  const opposed = inTime(against.flatMap((place) => saidAt(place, sessions)));
  const last = stated.at(-1)?.at ?? '';
  const later = opposed.filter(({ at }) => at > last);
  const earlier = opposed.filter((one) => !later.includes(one));
  const [finding] = wishFinding({ said: stated, earlier, later }, 'asked for the same');
  if (finding === undefined)
    return {
      rule: 'anecdote',
      reason: 'fewer than two sessions on two dated days state it in a sentence of their own',
    };
  // Wishes in quite different words share none, and would all go by one name.
  const [first] = stated;
  const words = finding.normalised === '' ? `${[...(first?.words.keys() ?? [])].sort().join(' ')}` : finding.normalised;
  return { finding: { ...finding, normalised: words } };
}

type Wish = Candidate & { kind: 'preference' };

/** The sentence of a turn that holds a quote; undefined where it only stands in code, in a quotation, or in words too long for a wish. */
export function sentenceAt(
  { session, event, quote }: Cited,
  sessions: readonly Extract[],
): { extract: Extract; place: number; turn: Turn; sentence: string } | undefined {
  const extract = sessions.find((one) => one.session === session);
  const turns = extract?.turns ?? [];
  const place = turns.findIndex(({ cite }) => cite.event === event);
  const turn = turns[place];
  if (extract === undefined || turn === undefined || turn.afterActions === 0 || turn.borrowed === true)
    return undefined;
  const spoken = spokenSentences(turn.text).filter((sentence) => sentence.length <= MAX_SENTENCE);
  const sentence = spoken.find((one) => one.includes(quote)) ?? spoken.find((one) => quote.includes(one));
  return sentence === undefined ? undefined : { extract, place, turn, sentence };
}

function saidAt(place: Cited, sessions: readonly Extract[]): Said[] {
  const found = sentenceAt(place, sessions);
  if (found === undefined) return [];
  const { extract, turn, sentence } = found;
  const quote = quoteTurn(turn.cite, sentence);
  if (quote === undefined) return [];
  const words = signedWords(mask(sentence));
  const { at = extract.at ?? '' } = turn;
  const since = callsSince(extract.turns, turn);
  return [{ sentence, words, points: 0, since, session: extract, quote, at, event: turn.cite.event }];
}
