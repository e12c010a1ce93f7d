// What a report says of the sample that was read: which sessions, what was seen, what was refused and why, and what nobody answered; holds no word of a model.
import { count } from '../../base/text.ts';
import type { RefusedReading } from '../../domain/reading.ts';
import { codeSpan, prose } from '../escape.ts';
import type { SampleRead } from './read-sample.ts';

/** What came of reading a sample, for the report and for `agent dream --json`. */
export interface ReadingTold {
  /** Sessions that were read, by why they were chosen: `pair`, `told`, `score`. */
  chosen: { session: string; because: string }[];
  groups: SampleRead['groups'];
  /** Fingerprints of the cards that came of it. */
  cards: string[];
  refused: RefusedReading[];
  unread: SampleRead['unread'];
  missing: string[];
  screened: SampleRead['screened'];
}

const MOST_LINES = 50;
const MOST_NAMED = 5;
const REASONS: Readonly<Record<string, string>> = {
  pair: 'failed-then-passed pairs of one task',
  told: 'people spoke again, or a verdict turned',
  score: 'what findings are about',
};

/** The section `## Reading`. */
export function readingSection(told: ReadingTold): string {
  const { chosen, groups, cards, refused, unread, missing, screened } = told;
  return [
    '## Reading',
    '',
    'A model read a sample in digests and proposed what sessions have in common. Code found every passage again, counted, and wrote the sentences.',
    '',
    `- ${count(chosen.length, 'session')} chosen: ${chosenWords(chosen)}`,
    `- ${groups.answered} of ${count(groups.asked, 'group')} read; ${count(cards.length, 'finding')} came of it`,
    ...missing.map((text) => `- ${prose(text)}`),
    ...listed(
      `Refused, by rule: ${tallied(refused.map(({ rule }) => rule))}`,
      refused.map(
        ({ kind, rule, reason, sessions }) => `${kind}, rule “${rule}”: ${prose(reason)} (${named(sessions)})`,
      ),
    ),
    ...listed(
      'Not read:',
      unread.map(({ session, reason }) => `${codeSpan(session)}: ${prose(reason)}`),
    ),
    ...listed(
      'Lines that no model was shown, since no playbook may hold them:',
      screened.map(
        ({ session, rule, lines }) => `${codeSpan(session)}: ${count(lines, 'line')}, rule “${prose(rule)}”`,
      ),
    ),
    ...folded(chosen),
  ].join('\n');
}

function chosenWords(chosen: ReadingTold['chosen']): string {
  const sums = Object.entries(REASONS).flatMap(([because, words]) => {
    const n = chosen.filter((one) => one.because === because).length;
    return n === 0 ? [] : [`${n} (${words})`];
  });
  return sums.length === 0 ? 'none' : sums.join(', ');
}

function tallied(rules: readonly string[]): string {
  const tally = new Map<string, number>();
  for (const rule of rules) tally.set(rule, (tally.get(rule) ?? 0) + 1);
  return [...tally]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, n]) => `${rule} ${n}`)
    .join(' · ');
}

function listed(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST_LINES ? [`- and ${items.length - MOST_LINES} more`] : [];
  return ['', title, '', ...items.slice(0, MOST_LINES).map((item) => `- ${item}`), ...more];
}

function named(sessions: readonly string[]): string {
  const more = sessions.length > MOST_NAMED ? ', …' : '';
  return sessions.slice(0, MOST_NAMED).map(codeSpan).join(', ') + more;
}

function folded(chosen: ReadingTold['chosen']): string[] {
  if (chosen.length === 0) return [];
  const lines = chosen.map(({ session, because }) => `- ${codeSpan(session)}: ${REASONS[because] ?? because}`);
  return ['', '<details><summary>Sessions that were read</summary>', '', ...lines, '', '</details>'];
}
