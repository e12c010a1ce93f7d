// A wish that people stated in words of their own in several sessions, as a finding; takes the sentence from the turn, never from the reader.

import { signedWords } from '../../domain/polarity.ts';
import type { Candidate, Cited } from '../../domain/reading.ts';
import { wishFinding } from '../detectors/correction.ts';
import { MAX_SENTENCE, spokenSentences } from '../detectors/corrective.ts';
import type { Said } from '../detectors/superseded.ts';
import type { Extract, Turn } from '../extract-types.ts';
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
): { extract: Extract; turn: Turn; sentence: string } | undefined {
  const extract = sessions.find((one) => one.session === session);
  const turn = extract?.turns.find(({ cite }) => cite.event === event);
  if (extract === undefined || turn === undefined || turn.afterActions === 0 || turn.borrowed === true)
    return undefined;
  const spoken = spokenSentences(turn.text).filter((sentence) => sentence.length <= MAX_SENTENCE);
  const sentence = spoken.find((one) => one.includes(quote)) ?? spoken.find((one) => quote.includes(one));
  return sentence === undefined ? undefined : { extract, turn, sentence };
}

function saidAt(place: Cited, sessions: readonly Extract[]): Said[] {
  const found = sentenceAt(place, sessions);
  if (found === undefined) return [];
  const { extract, turn, sentence } = found;
  const quote = quoteTurn(turn.cite, sentence);
  if (quote === undefined) return [];
  const words = signedWords(mask(sentence));
  const id = `${extract.session} ${turn.cite.event}`;
  return [{ sentence, words, points: 0, session: extract, turn, quote, at: turn.at ?? extract.at ?? '', id }];
}

function inTime(said: readonly Said[]): Said[] {
  return [...said].sort((a, b) => (a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.id < b.id ? -1 : 1));
}
