// Which words a sentence wants and which it does not; English only, knows no tool and no subject.

const NEGATION =
  /^(?:not|no|never|without|avoid|stop|don't|dont|cannot|can't|won't|shouldn't|mustn't|isn't|doesn't|didn't|nor)$/;
const TURNING = /^(?:but|use|prefer|rather|just|only|always|do|please)$/; // after these a wish is meant again
const STOP_WORDS = new Set(
  `
  a an and any are as at be been but by can could did do does for from had has have i if in into is it its just
  let like me must my need of on only or our please prefer should so such than that the their them then there
  these they this those to too up us use used using want was we were what when where which while why will with
  would you your again already always every instead rather never not no stop avoid without said told asked keep
  still really thanks i'd i'll i'm i've let's that's it's don't dont ok okay yes hey now next time make sure
  also
  `
    .trim()
    .split(/\s+/),
);

/** Content words in lower case, masks such as `<num>` left out; a word after "not", "never", "instead of" and the like is unwanted until the clause turns. */
export function signedWords(sentence: string): Map<string, 1 | -1> {
  const text = sentence
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\b(?:instead of|rather than)\b/g, ' not ');
  const signed = new Map<string, 1 | -1>();
  let sign: 1 | -1 = 1;
  let sinceNegation = 0;
  for (const token of text.match(/[\p{L}\p{N}_][\p{L}\p{N}_'+#-]*|<[a-z*]+>|[,.;:!?–]/gu) ?? []) {
    if (NEGATION.test(token)) {
      sign = -1;
      sinceNegation = 0;
    } else if (/^[,.;:!?–]$/.test(token)) sign = 1;
    else if (TURNING.test(token)) {
      // In "don't use tabs" the tabs are still unwanted.
      if (sinceNegation > 0) sign = 1;
    } else if (!STOP_WORDS.has(token) && !token.startsWith('<')) {
      signed.set(token, sign);
      sinceNegation++;
    }
  }
  return signed;
}

/** A statement taken apart for comparing: stems, wanted (+1), unwanted (-1) or merely mentioned (0, words of a quotation). */
export type Stance = ReadonlyMap<string, 1 | -1 | 0>;

/** The stance of a sentence. Names such as `save_all` count as their words; what stands in “…” is mentioned, not said. */
export function stanceOf(sentence: string): Stance {
  const stance = new Map<string, 1 | -1 | 0>();
  const spaced = (text: string) => text.replace(/(?<=[\p{L}\p{N}])[_./](?=[\p{L}\p{N}])/gu, ' ');
  for (const [word] of signedWords(spaced((sentence.match(/“[^”]*”/g) ?? []).join(' ')))) stance.set(stem(word), 0);
  for (const [word, sign] of signedWords(spaced(sentence.replace(/“[^”]*”/g, ' ')))) stance.set(stem(word), sign);
  return stance;
}

/**
 * True if `other` says the opposite of `rule`: it has at least two thirds of the rule's content words, and wants most of
 * those that both say where the rule does not, or the other way round.
 */
export function opposes(rule: Stance, other: Stance): boolean {
  let shared = 0;
  let same = 0;
  let opposite = 0;
  for (const [word, sign] of rule) {
    const its = other.get(word);
    if (its === undefined) continue;
    shared++;
    if (sign === 0 || its === 0) continue;
    if (sign === its) same++;
    else opposite++;
  }
  return opposite > same && shared * 3 >= rule.size * 2;
}

// Rough on purpose: both sides go through it, so what it cuts too much it cuts alike.
function stem(word: string): string {
  if (word.length <= 4) return word.replace(/(?<=\p{L}{3})s$/u, '');
  return word
    .replace(/'s$/, '')
    .replace(/(?:ies|ied)$/, 'y')
    .replace(/(?:ing|ed|es|s)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/(?<=\p{L}{3})e$/u, '');
}
