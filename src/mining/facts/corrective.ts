// Tells whether a person's turn corrects the agent, and which words it is about; English only, and silent when in doubt.
import { signedWords } from '../../domain/polarity.ts';
import { mask } from '../mask.ts';

const MAX_TURN = 600; // a longer turn is a new piece of work, whatever words are in it
export const MAX_SENTENCE = 240;

/** The sentence that corrects, and its content words, each wanted (+1) or unwanted (-1). */
export interface Correction {
  sentence: string;
  words: Map<string, 1 | -1>;
}

/** A sentence that may correct, and how far it alone shows it: `CERTAIN` and more is a correction, whoever else said so. */
export interface Saying extends Correction {
  points: number;
}

export const CERTAIN = 2;
const ASKED = 0.5; // a "please": most are new work, and only what is said elsewhere tells

/**
 * The first correcting sentence of a turn; undefined for questions, approvals, plain answers and new work. A sentence needs two
 * points: an imperative such as "never …" or "use x instead of y" and a complaint such as "I told you" are worth two,
 * a hint such as "wrong" or "no," one, and so is a turn that followed a refused or interrupted action.
 */
export function correctionIn(text: string, afterInterrupt: boolean): Correction | undefined {
  return sayingsIn(text, afterInterrupt).find((s) => s.points >= CERTAIN);
}

/** The sentence of a turn that shows most that it corrects, the first of equals; undefined where none may. */
export function sayingIn(text: string, afterInterrupt: boolean): Saying | undefined {
  const sayings = sayingsIn(text, afterInterrupt);
  const most = Math.min(CERTAIN, Math.max(0, ...sayings.map((s) => s.points)));
  return sayings.find((s) => s.points >= most);
}

/** What a person says in a turn, sentence by sentence; code, quoted mail and markup are left out. */
export function spokenSentences(text: string): string[] {
  return sentencesOf(withoutQuotations(text));
}

function sayingsIn(text: string, afterInterrupt: boolean): Saying[] {
  const plain = withoutQuotations(text);
  if (plain.length > MAX_TURN) return [];
  const found: Saying[] = [];
  let protested = false;
  for (const sentence of sentencesOf(plain)) {
    if (sentence.length > MAX_SENTENCE) continue;
    const bare = sentence.replace(PROTEST, '');
    if (bare === '') {
      protested = true; // "Wrong." says nothing of its own, but colours what comes next
      continue;
    }
    const points = bare === sentence ? (protested ? 1 : 0) : 1;
    protested = false;
    const shown = Math.max(pointsOf(sentence), points + pointsOf(bare)) + (afterInterrupt ? 1 : 0);
    const asks = shown === 0 && /^please\s+\p{L}/iu.test(bare) && !/\?\s*$/.test(bare) && !OWN_AFFAIRS.test(bare);
    if (shown === 0 && !asks) continue;
    // A "no" or "stop" of its own is about what was done, not about the words that follow.
    const words = signedWords(mask(bare));
    if (words.size >= 1) found.push({ sentence, words, points: asks ? ASKED : shown });
  }
  return found;
}

// Code, quoted mail and markup are what the person shows, not what they say.
function withoutQuotations(text: string): string {
  return text
    .replace(/```[\s\S]*?(?:```|$)/g, '\n')
    .replace(/^[ \t]*>.*$/gm, '')
    .replace(/<[^<>\n]{1,200}>/g, ' ')
    .trim();
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+|;\s+/)
    .map((s) => s.trim().replace(/^[-*•]\s+/, ''))
    .filter((s) => s !== '');
}

// Words before the point of a sentence: "ok, but please don't …".
const OPENING =
  /^(?:(?:ok(?:ay)?|yes|yeah|sure|thanks|thank you|good|great|hey|hi|hmm|well|so|and|also|but|again|actually|sorry|oh|please|just|next time|in future|from now on|for the future|remember)\b[\s,.:!–-]*)+/i;
// Said against what was just done, and set off from what is said next.
const PROTEST =
  /^(?:(?:no|nope|nah|wrong|incorrect|stop|again|not (?:like|so|this|that)(?: (?:this|that|way))?|(?:as )?(?:I|we) (?:already )?(?:said|told you)(?: (?:it|so|this|that))?(?: (?:before|already|again))?)\s*(?:[,.:!;–—-]+\s*|$))+/i;
const NO = /^(?:no|nope|nah)\b[\s,.:!–-]+/i;
// Said about the speaker or out of politeness, not about the agent's way of working.
const HARMLESS =
  /^(?:don't|do not|never) (?:worry|mind|know|think|have|see|care|need|want|remember|understand)\b|^(?:no (?:problem|worries|thanks|thank you|need|idea|hurry|rush)|not (?:sure|yet|now|really|necessarily)|always (?:happy|glad))\b|^stop ?\.?$/i;

// Speaking of oneself: a wish or a fact of the case at hand.
const OWN_AFFAIRS =
  /\b(?:I|we)(?:['’](?:d|ll|ve|m|re)|\s(?:do not|don['’]t|did not|didn['’]t|would|will|have|am|was|really|cannot|can['’]t|wish|prefer))(?![\p{L}])/iu;

const IMPERATIVE: RegExp[] = [
  /^(?:don['’]?t|do not|never|always|stop|avoid)\s+\p{L}+/iu,
  /^(?:you|we|the agent) (?:must|should|may|can|need to)(?: (?:not|never|always|only)|n['’]t)\b/i,
  /^(?:you|we) (?:should|must|need to) (?:use|run|call|write|put|keep|ask|check|read|start|add)\b/i,
  /^(?:you|we) (?:never|always|don['’]t|do not|shouldn['’]t|mustn['’]t|can['’]t)\s+\p{L}+/iu,
  /^(?:use|run|write|call|put|make|keep|do|try|prefer|take|choose|read|ask|add|name|return)\b.{1,100}\b(?:instead|rather than|not|never)\b/i,
  /\binstead of\b.{1,100}\b(?:use|run|write|call|put|make|do|try|prefer|take|choose)\b/i,
  /^not .{1,80},? but\b/i,
  /^(?:use|make sure|be sure|ensure|only|keep)\b.{0,100}\b(?:always|only|every time|never|each time)\b/i,
];
// Asked of the whole sentence, since a "please" is no part of what is left after its opening.
const PLEASE = /\bplease (?:use|run|write|call|put|make|keep|prefer|don['’]t|do not|never|always|stop)\b/i;
const COMPLAINT: RegExp[] = [
  /\b(?:I|we) (?:already )?(?:said|told you|asked you|asked for|meant|specified)\b/i,
  /\b(?:why are you still|why do you keep|how many times|you keep|you forgot|you(?:'re| are) (?:still|again)|you should(?: not|n['’]t)? have)\b/i,
  /^(?:that|this|it)(?:['’]s| is| was) (?:not what|wrong|incorrect)\b/i,
];
const HINT: RegExp[] = [
  /^(?:use|run|write|call|put|make|keep|do|try|take|choose|read|ask|add|name|return|give|tell|show|send|say|set|leave|list|include|remove|answer|reply|format|round|convert|check|test|store|save|start|open|close|move|sort|split|spell|quote|cite|number|mark)\b/i,
  /\b(?:should (?:be|have|go|come|stay|stand)|must (?:be|have|go|come|stay|stand))\b/i,
  /\b(?:wrong|incorrect|mistake|instead|rather than|undo|revert)\b/i,
  /\b(?:don['’]t|do not|never|always|must not|should not)\b/i,
];

function pointsOf(sentence: string): number {
  const opened = sentence.replace(OPENING, '');
  const body = opened.replace(NO, '').replace(OPENING, '');
  if (body === '' || HARMLESS.test(opened) || HARMLESS.test(body)) return 0;
  const complains = COMPLAINT.some((c) => c.test(body));
  if (complains) return 2;
  if (/\?\s*$/.test(sentence)) return 0;
  if (IMPERATIVE.some((i) => i.test(body)) || PLEASE.test(sentence)) return 2;
  if (OWN_AFFAIRS.test(body)) return 0;
  return (HINT.some((h) => h.test(body)) ? 1 : 0) + (NO.test(opened) ? 1 : 0);
}
