// How well short texts fit a task by its words (BM25); the same texts in the same order score the same, nothing is stemmed or guessed.

/** What of an entry is compared with the task. */
export interface ScoredText {
  title: string;
  rule: string;
  name: string;
}

const MOST_WORDS = 400; // different words of a task; a pasted log has thousands, and its beginning says what it is about
const MOST_CHARACTERS = 40_000;

// English words that say nothing of a subject: with them every lesson would have a word in common with every task.
const EMPTY_WORDS = new Set(
  `a about after all also an and any are as at be been before but by can could did do does don done each first for from
  get go had has have he her here his how i if in into is it its just let like make may me more most must my need new no
  not now of on once one only or other our out over own please same see seen she should so some still such t than that
  the their them then there these they this those to too until up us use used using very via want was we were what when
  where which while who why will with would you your`.split(/\s+/),
);

/** One score a text, 0 where it has no word in common with the task. */
export async function wordScores(texts: readonly ScoredText[], task: string): Promise<number[]> {
  const scores = texts.map(() => 0);
  const words = [...new Set(wordsOf(task.slice(0, MOST_CHARACTERS)))].slice(0, MOST_WORDS);
  if (words.length === 0 || texts.length === 0) return scores;
  const { default: MiniSearch } = await import('minisearch'); // only a run with playbooks pays for it
  const index = new MiniSearch<ScoredText & { id: number }>({
    fields: ['title', 'rule', 'name'],
    tokenize: wordsOf,
    processTerm: (word) => word,
    searchOptions: {
      boost: { title: 2 },
      prefix: false,
      fuzzy: false,
      combineWith: 'OR',
      tokenize: (query) => query.split(' '),
    },
  });
  index.addAll(texts.map((text, id) => ({ ...text, id })));
  // Rounded, so that a last digit of the machine's logarithm never decides an order.
  for (const { id, score } of index.search(words.join(' '))) scores[Number(id)] = Math.round(score * 1e6) / 1e6;
  return scores;
}

/** Words in lower case: `payment_methods` and `paymentMethods` are two words each; scripts without blanks give pairs of characters. */
function wordsOf(text: string): string[] {
  const spaced = text.normalize('NFKC').replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');
  const words = spaced.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => (UNSPACED.test(word) ? pairs(word) : plain(word)));
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function pairs(word: string): string[] {
  const characters = [...word];
  return characters.length < 2 ? characters : characters.slice(1).map((next, i) => `${characters[i] ?? ''}${next}`);
}

// `tests` and `test` are one word; more than that would take English for every language.
function plain(word: string): string[] {
  if (word.length < 2 || EMPTY_WORDS.has(word)) return [];
  return [word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word];
}
