// The words with which an outside tool’s error may be named in a lesson: a list of ours, and names that the agent’s own calls use.
import { clip } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import { visible } from './escape.ts';

const MAX_PHRASE = 60;

// What can be wrong. No word here or below tells anybody to do something.
const STATES = new Set(
  `
  aborted absent ambiguous bad blocked broken busy cancelled canceled closed conflict corrupt corrupted deleted
  denied deprecated different disabled duplicate duplicated elapsed empty exceeded exhausted expired forbidden
  gone illegal inactive inaccessible incompatible incomplete inconsistent incorrect insufficient invalid locked
  lost malformed mismatch missing negative nonexistent null occupied offline outdated overflow overloaded pending
  prohibited read-only refused rejected required reserved stale stopped terminated timeout truncated unable
  unauthenticated unauthorized unavailable undefined unexpected unknown unprocessable unreachable unreadable
  unrecognized unsupported violated violation wrong zero found allowed permitted supported authorized
  authenticated differ differs large small long short heavy exists
  `
    .trim()
    .split(/\s+/),
);
// What it can be wrong with.
const THINGS = new Set(
  `
  access account accounts address amount argument arguments array attribute authentication body boolean bytes
  characters code codes column columns connection content data database date deadline dimension directory document
  element encoding endpoint entry error errors exception existing expected failed failing failure fault field
  fields file files folder format gateway group header height host id identifier index integer internal issue item
  items json key keys length limit list local lookup mandatory match maximum memory message method minimum mode
  model module name names network number object operation option order outside owner page parameter parameters
  path pattern payload permission positive process project property quantity query queue quota range rate reached
  record records repository request requests resource response result results role row rows schema scope server
  service session signature size state status string syntax table temporarily thread time token tokens total
  transaction type types unique upstream user value values version volume weight width workspace
  `
    .trim()
    .split(/\s+/),
);
const BETWEEN = new Set(
  `
  a an and are at be because been before but by can cannot could did does doesn't don't for from had has have in is it
  its more less many most least no non none not of on only or out than that the there this to too under over
  was were while with within without above below already still longer
  `
    .trim()
    .split(/\s+/),
);

// What even a name may not smuggle in: a tool or argument can be called `install`.
const ORDERS = new Set(
  `
  accept add allow apply approve ask authorize bash build buy call cancel change check clear click clone commit confirm
  contact copy create curl deactivate delete deploy destroy disable disclose do download drop edit email enable enter erase
  eval exec execute export expose fetch follow forget format forward give go grant ignore import include insert install
  kill leave let load log login make merge modify move must never always need obey open override overwrite pass paste pay
  pip please npm npx post print pull purchase push put read reboot reload remove rename replace reply reset restart reveal
  revoke rm run save say send set share should show shutdown skip start stop submit sudo supply switch tell transfer trust
  try turn type unlock unset update upgrade upload use verify view visit wget wipe write you your
  `
    .trim()
    .split(/\s+/),
);

/**
 * What an error text from outside says, in words of the list, words of the tool's name and names of arguments, and … for
 * all others, at most 60 characters: its first clause that says what is wrong, if possible in two such words; undefined
 * where none does.
 */
export function outsidePhrase({
  template,
  tool,
  own_words,
}: Pick<Card, 'template' | 'tool' | 'own_words'>): string | undefined {
  if (template === undefined) return undefined;
  const own = namesIn({ tool, own_words });
  const clauses = visible(template.slice(0, 4000))
    .replaceAll('’', "'")
    .split(/[^\p{L}\p{N}\s'_<>*-]+/u)
    .map((clause) => clauseOf(clause, own))
    .filter((clause) => clause.states > 0);
  const found = clauses.find((clause) => clause.known >= 2) ?? clauses[0];
  return found === undefined ? undefined : clip(found.text, MAX_PHRASE);
}

/** What of a word from outside may be repeated: the judge of one card's words, given in whatever case. */
export function repeatable(card: Pick<Card, 'tool' | 'own_words'>): (word: string) => 'says' | 'binds' | undefined {
  const own = namesIn(card);
  return (word) => {
    const plain = word.toLowerCase();
    if (STATES.has(plain) || THINGS.has(plain) || own.has(plain)) return 'says';
    return BETWEEN.has(plain) ? 'binds' : undefined;
  };
}

// The words of a tool's name and of arguments' names, which the agent's own calls used.
function namesIn({ tool, own_words }: Pick<Card, 'tool' | 'own_words'>): Set<string> {
  const words = (tool ?? '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return new Set([...words, ...(own_words ?? [])].filter((word) => word.length >= 3 && !ORDERS.has(word)));
}

/** True for a word that says what is wrong, with what, or binds such words: it tells nobody to do anything. Lower case. */
export function isPlainWord(word: string): boolean {
  return STATES.has(word) || THINGS.has(word) || BETWEEN.has(word);
}

function clauseOf(clause: string, own: ReadonlySet<string>): { text: string; states: number; known: number } {
  let states = 0;
  let known = 0;
  const shown = clause
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const plain = word.toLowerCase();
      if (STATES.has(plain)) states++;
      const isKnown = STATES.has(plain) || THINGS.has(plain) || own.has(plain);
      if (isKnown) known++;
      return isKnown || BETWEEN.has(plain) ? plain : '…';
    });
  const text = shown.join(' ').replace(/…(?: …)+/g, '…');
  return { text, states, known };
}
