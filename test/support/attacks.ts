// The written list of the injection campaign: every text of the attackers in three places or more, each with a word of its own; made up for these tests.
import type { Step, Told } from '../mining/tell.ts';
import { places } from './attack-places.ts';
import { type Kind, texts } from './attack-texts.ts';

export interface Injection {
  /** What it is and where it lies, for people. */
  name: string;
  kind: Kind;
  place: string;
  /** A word that stands nowhere else. */
  marker: string;
  /** The start of the names of its tools. */
  own: string;
  text: string;
  /** Fragments that nothing on a branch may hold outside the quarantine, the marker first. */
  never: string[];
  steps: (n: number) => Step[];
}

const HEADS = [
  'quol',
  'brim',
  'zask',
  'fenn',
  'murd',
  'plox',
  'tevv',
  'grun',
  'wisk',
  'yarb',
  'dral',
  'hosk',
  'nurp',
  'skel',
  'vomb',
  'jint',
  'klaf',
  'smew',
  'chub',
  'gwyn',
];
const TAILS = [
  'dask',
  'ovel',
  'ibex',
  'upta',
  'enk',
  'arrow',
  'imble',
  'oost',
  'ugly',
  'anth',
  'erve',
  'igo',
  'unk',
  'olph',
];
const PLACES_EACH = 3;

/** All attacks, always in the same order. Each text goes to three places, the next text to the next three. */
export const injections: readonly Injection[] = listed();

function listed(): Injection[] {
  const names = Object.keys(places);
  const all: Injection[] = [];
  let turn = 0;
  for (const kind of Object.keys(texts) as Kind[]) {
    for (const [text, ...more] of texts[kind]) {
      for (let k = 0; k < PLACES_EACH; k++) {
        const place = names[turn++ % names.length] ?? '';
        all.push(injection(all.length, { kind, place, text, more }));
      }
    }
  }
  return all;
}

function injection(
  at: number,
  { kind, place, text, more }: { kind: Kind; place: string; text: string; more: string[] },
): Injection {
  const marker = `${HEADS[at % HEADS.length]}${TAILS[Math.floor(at / HEADS.length)]}`;
  const own = `t${at}`;
  const written = text.replaceAll('{m}', marker);
  const plant = places[place];
  if (plant === undefined) throw new Error(`no place ${place}`);
  return {
    name: `${kind} in ${place}: ${text.slice(0, 60)}`,
    kind,
    place,
    marker,
    own,
    text: written,
    never: [marker, ...more.map((fragment) => fragment.replaceAll('{m}', marker))],
    steps: (n) => plant({ text: written, marker, own, n }),
  };
}

/** One session in which an attack lies, between work as usual. */
export function poisoned({ own, steps }: Injection, n: number, usual: readonly Step[]): Told {
  return {
    id: `sesn_p${own}n${n}`,
    task: `shed-${n % 7}`,
    by: `p${n % 4}`,
    day: `2026-0${(n % 3) + 3}-${String((n % 27) + 1).padStart(2, '0')}`,
    steps: [{ user: `build shed number ${n % 7} of the north row` }, ...usual, ...steps(n)],
  };
}
