// Which runs of four characters occur in a text, folded into as few bits as tell most absent ones; says “perhaps” too often and “no” never wrongly.

/** Bits that a run of four may have before they are folded. */
const PLACES = 2 ** 20;
/** A set lies in so many slices, of `units` bytes each: a run of four is found in one of them, whatever the size of the set. */
export const SLICES = 64;
const UNIT = 8 * SLICES; // bits of a set that is one byte a slice
const FULL = 0.55; // runs a bit: then two bits in five are set, and a query of eight characters passes one absent text in seventy

/** Letters in one case, the same way for what is sought and for what it is sought in. */
export function fold(text: string): string {
  // The Kelvin sign and the dotted capital I have ASCII letters as lower case, which no filter on raw bytes can see: they stay as they are.
  return text.replace(/[\u0130\u212a]/g, (char) => (char === '\u0130' ? '\ue000' : '\ue001')).toLowerCase();
}

/** The places of all runs of four characters of a folded text, each once; none for a shorter one. */
export function gramsOf(folded: string): number[] {
  const places = new Set<number>();
  let [run, length] = [0, 0];
  for (let i = 0; i < folded.length; i++) {
    const code = folded.charCodeAt(i);
    length = isUnsure(code) ? 0 : length + 1;
    run = (run << 8) ^ code;
    if (length >= 4) places.add(placeOf(run));
  }
  return [...places];
}

// Of the last four characters, since what was before them has been pushed out.
function placeOf(run: number): number {
  return Math.imul(run, 0x9e3779b1) >>> 12;
}

// Letters whose lower case depends on what stands beside them, which escapes in JSON change: sigma, and halves of pairs.
function isUnsure(code: number): boolean {
  return code > 0x3c1 && (code < 0x3c4 || (code >= 0xd800 && code <= 0xdfff));
}

/** Where a place lies in a set of `units`: its slice, and the bit of it. */
export function sliceOf(place: number): number {
  return Math.floor((place * SLICES) / PLACES);
}

/** The bit of a place within its slice. */
export function bitOf(place: number, units: number): number {
  return Math.floor((place * units * UNIT) / PLACES) - sliceOf(place) * units * 8;
}

/** Takes texts in and gives the set of their runs. */
export class Grams {
  readonly #found: Found = { seen: new Uint8Array(PLACES), places: new Uint32Array(PLACES + 1), count: 0 };

  /** A text as it reads. */
  addText(text: string): void {
    addRuns(fold(text), this.#found);
  }

  /** Every string of lines of JSON as it reads once decoded; what stands outside of strings is passed over. */
  addJson(lines: string): void {
    const folded = fold(lines);
    for (let line = 0; line < folded.length; ) {
      const newline = folded.indexOf('\n', line);
      const end = newline < 0 ? folded.length : newline; // no string goes on over the end of a line
      for (let at = folded.indexOf('"', line); at >= 0 && at < end; at = folded.indexOf('"', at))
        at = addString(folded, at + 1, end, this.#found) + 1;
      line = end + 1;
    }
  }

  /** The set, slice after slice, `length / SLICES` units; empties this for the next one. */
  take(): Uint8Array {
    const { seen, places, count } = this.#found;
    const units = Math.min(PLACES / UNIT, Math.max(1, Math.ceil(count / FULL / UNIT)));
    const set = new Uint8Array(units * SLICES);
    const scale = (units * UNIT) / PLACES;
    for (let i = 0; i < count; i++) {
      const place = places[i] ?? 0;
      const bit = Math.floor(place * scale);
      set[bit >>> 3] = (set[bit >>> 3] ?? 0) | (1 << (bit & 7));
      seen[place] = 0;
    }
    this.#found.count = 0;
    return set;
  }
}

/** Places that occurred, each once in the list; one more than there can be, since the next is written before it is known to be new. */
interface Found {
  seen: Uint8Array;
  places: Uint32Array;
  count: number;
}

function addRuns(folded: string, found: Found): void {
  const { seen, places } = found;
  let { count } = found;
  let [run, length] = [0, 0];
  for (let i = 0; i < folded.length; i++) {
    const code = folded.charCodeAt(i);
    length = code > 0x7f && isUnsure(code) ? 0 : length + 1;
    run = (run << 8) ^ code;
    if (length < 4) continue;
    const place = placeOf(run);
    places[count] = place;
    count += 1 - (seen[place] ?? 0); // no branch: whether a run is new cannot be foreseen
    seen[place] = 1;
  }
  found.count = count;
}

// A string of JSON from behind its first quote on; returns where its last quote stands. Written out once more, since this loop is most of the time that the first search takes.
function addString(folded: string, from: number, end: number, found: Found): number {
  const { seen, places } = found;
  let { count } = found;
  let [run, length, i] = [0, 0, from];
  for (; i < end; i++) {
    let code = folded.charCodeAt(i);
    if (code === QUOTE) break;
    if (code === BACKSLASH) {
      i++;
      code = folded.charCodeAt(i);
      if (code === LETTER_U) {
        code = unescaped(folded.slice(i + 1, i + 5));
        i += 4;
      } else code = ESCAPED[code & 127] ?? 0;
    }
    length = code > 0x7f && isUnsure(code) ? 0 : length + 1;
    run = (run << 8) ^ code;
    if (length < 4) continue;
    const place = placeOf(run);
    places[count] = place;
    count += 1 - (seen[place] ?? 0);
    seen[place] = 1;
  }
  found.count = count;
  return i;
}

const QUOTE = 34;
const BACKSLASH = 92;
const LETTER_U = 117;
const ESCAPED = Uint8Array.from({ length: 128 }, (_, code) => code);
for (const [letter, meant] of Object.entries({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }))
  ESCAPED[letter.charCodeAt(0)] = meant.charCodeAt(0);

function unescaped(hex: string): number {
  const code = Number.parseInt(hex, 16);
  return Number.isNaN(code) ? 0 : fold(String.fromCharCode(code)).charCodeAt(0);
}
