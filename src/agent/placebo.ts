// Neutral text in the place of a briefing, as long as that would have been: what a proof compares lessons with; advises nothing.
import type { Briefing } from './briefing.ts';

/**
 * The briefing's form (heading, introduction, quoted lines) with `neutral` for its lessons, repeated and cut to the same number
 * of characters. A briefing without lessons has no placebo either.
 */
export function placeboOf(briefing: Briefing, neutral: string): Briefing {
  const { commit, playbooks } = briefing.loaded;
  const loaded = { commit, entries: [], playbooks, placebo: true };
  if (briefing.text === '') return { text: '', loaded };
  const first = briefing.text.indexOf('\n> ');
  const head = first < 0 ? '' : briefing.text.slice(0, first + 1);
  return { text: head + quoted(neutral, briefing.text.length - head.length), loaded };
}

function quoted(neutral: string, length: number): string {
  const lines = neutral
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `> ${line.trim()}`);
  const once = `${lines.join('\n')}\n`;
  if (lines.length === 0) throw new Error('there is no neutral text');
  return once.repeat(Math.ceil(length / once.length)).slice(0, length);
}
