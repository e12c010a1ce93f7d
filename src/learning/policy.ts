// policy.md: what no lesson may contradict, written by people; reads its text and judges words, never changes it.
import { UserError } from '../base/errors.ts';
import { clip } from '../base/text.ts';
import { opposes, type Stance, stanceOf } from '../domain/polarity.ts';
import { readFrontMatter } from '../store/frontmatter.ts';
import { normalised } from './deny-rules.ts';
import { compileSafely } from './safe-pattern.ts';

export interface Policy {
  deny: DenyPattern[];
  /** Sentences of the body that command or forbid. */
  rules: { text: string; stance: Stance }[];
  /** What of the file cannot be used, each with the place and the reason; such a part stands for its plain words only. */
  problems: string[];
}

interface DenyPattern {
  text: string;
  phrase: string;
  pattern?: RegExp;
}

const FILE = 'policy.md';
const MAX_ENTRIES = 200;
const MAX_SHOWN = 80;
const WINDOW = 1000; // what a pattern is shown at once: see safe-pattern.ts

/** Reads the text of policy.md. Never throws: what cannot be used is a problem with its place. */
export function readPolicy(text: string): Policy {
  const policy: Policy = { deny: [], rules: [], problems: [] };
  try {
    const { data, body } = readFrontMatter(text, FILE);
    readDeny(data.deny, policy);
    policy.rules = rulesIn(body);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    policy.problems.push(`${error.problem.where ?? FILE}: ${error.problem.what}`);
    policy.rules = rulesIn(text.replace(/^\uFEFF?---[\s\S]*?\n---[^\n]*(?:\n|$)/, ''));
  }
  return policy;
}

/** The rule of the policy that stands against these words, as it is written in the file; undefined where none does. */
export function deniedBy({ deny }: Policy, words: readonly string[]): string | undefined {
  const windows = words.map(normalised).flatMap(windowsOf);
  return deny.find(({ phrase, pattern }) =>
    windows.some((text) => (phrase !== '' && text.includes(phrase)) || pattern?.test(text) === true),
  )?.text;
}

/** The rule of the policy that these sentences flatly contradict: the same content words, the opposite wish. */
export function contradictedBy({ rules }: Policy, sentences: readonly string[]): string | undefined {
  const stances = sentences.map(stanceOf);
  return rules.find((rule) => stances.some((stance) => opposes(rule.stance, stance)))?.text;
}

function readDeny(value: unknown, policy: Policy): void {
  if (value === undefined || value === null) return;
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  if (entries.length > MAX_ENTRIES) {
    policy.problems.push(`${FILE}: deny has ${entries.length} entries; only the first ${MAX_ENTRIES} are used`);
  }
  for (const [i, entry] of entries.slice(0, MAX_ENTRIES).entries()) {
    const place = `${FILE}: deny[${i}]`;
    if (typeof entry !== 'string' || entry.trim() === '') {
      policy.problems.push(`${place}: is no text, so it denies nothing`);
      continue;
    }
    const compiled = compileSafely(entry);
    const shown = clip(entry, MAX_SHOWN);
    if ('refused' in compiled) {
      policy.problems.push(`${place}: “${shown}” is taken as plain words: ${compiled.refused}`);
      policy.deny.push({ text: shown, phrase: normalised(entry).trim() });
    } else policy.deny.push({ text: shown, phrase: normalised(entry).trim(), pattern: compiled.pattern });
  }
}

function windowsOf(text: string): string[] {
  const windows = [text.slice(0, WINDOW)];
  for (let at = WINDOW / 2; at + WINDOW / 2 < text.length; at += WINDOW / 2) windows.push(text.slice(at, at + WINDOW));
  return windows;
}

const COMMANDS = /^(?:please )?(?:never|do not|don['’]t|always|must|only|avoid|stop|no one|nobody)\b/i;
const OBLIGES = /\b(?:must|may|shall|should|is|are)(?: (?:never|not|always|only)|n['’]t)\b/i;

// Headings, code, comments and quotations are not what the page says itself.
function rulesIn(body: string): Policy['rules'] {
  const said = body
    .replaceAll('\r\n', '\n')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/^ {0,3}(```|~~~)[\s\S]*?(?:^ {0,3}\1|(?![\s\S]))/gm, '')
    .replace(/^[ \t]*(?:#|>|\|).*$/gm, '\n');
  const paragraphs = said.split(/\n\s*\n|\n(?=[ \t]*(?:[-*+]|\d+[.)])[ \t])/);
  return paragraphs.flatMap((paragraph) => {
    const line = paragraph.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '').replace(/\s+/g, ' ');
    return line
      .split(/(?<=[.!?;])\s+/)
      .map((sentence) => sentence.trim().replace(/^\W+(?=\w)|[*_`]+/g, ''))
      .filter((sentence) => COMMANDS.test(sentence) || OBLIGES.test(sentence))
      .map((text) => ({ text, stance: stanceOf(text) }))
      .filter(({ stance }) => stance.size > 0);
  });
}
