// Puts text from a session between marks that it cannot forge, so that a model can tell material from what is asked; believes none of it.
import { canonicalJson, shortHash } from '../base/hash.ts';
import { clip, INVISIBLE, oneLine, safeForTerminal } from '../base/text.ts';

/** One piece of the work as it is shown. */
export interface Shown {
  /** What quotes call it. */
  source: string;
  text: string;
}

export interface Fenced {
  /** The tag's name. */
  mark: string;
  text: string;
}

/**
 * All pieces, each between tags of one name. The name is a hash of the seed and of all that is shown, so that nobody can write a
 * text that holds its own closing tag, not even who knows the seed.
 */
export function fenced(seed: string, pieces: readonly Shown[]): Fenced {
  const shown = canonicalJson(pieces);
  let mark = '';
  for (let n = 0; mark === '' || shown.includes(mark); n++)
    mark = `material-${shortHash(`${seed}\n${n}\n${shown}`, 16)}`;
  const text = pieces.map(({ source, text: body }) => `<${mark} source=${attribute(source)}>\n${body}\n</${mark}>`);
  return { mark, text: text.join('\n\n') };
}

/** Text as a grader may see it: no control or invisible characters, every line break a newline, no half characters. */
export function legible(text: string): string {
  const lines = text.replace(/\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g, '\n').replace(INVISIBLE, '');
  return safeForTerminal(lines).replace(/\p{Surrogate}/gu, '\ufffd');
}

function attribute(source: string): string {
  return JSON.stringify(clip(oneLine(legible(source)), 200)).replace(/[<>]/g, '?');
}
