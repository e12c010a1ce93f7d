// The messages of a review branch's commits: subject, sentences, trailers; no word of a transcript can forge a trailer.
import { clip, count } from '../base/text.ts';
import type { ChangeKind, LearnedChange } from '../domain/dream.ts';
import { commitText } from './escape.ts';

const MAX_SUBJECT = 72;
const VERBS: Record<ChangeKind, string> = { add: 'Learn', edit: 'Revise', merge: 'Merge', retire: 'Retire' };

/** First line of a change's commit: verb and what it is about, at most 72 characters, closing quote kept where it is cut. */
export function subjectOf(change: ChangeKind, about: string): string {
  const line = `${VERBS[change]}: ${commitText(about)}`;
  if (line.length <= MAX_SUBJECT) return line;
  return line.endsWith('”') ? `${clip(line, MAX_SUBJECT - 1)}”` : clip(line, MAX_SUBJECT);
}

/** The whole message of one learned change; the last paragraph holds our trailers and nothing else. */
export function changeMessage(dream: string, change: LearnedChange): string {
  const trailers: [string, string][] = [
    ['Dream', dream],
    ['Entry', change.entry],
    ['Change', change.change],
    ['Grade', change.grade],
  ];
  if (change.replaces !== undefined && change.replaces.length > 0)
    trailers.push(['Replaces', change.replaces.join(' ')]);
  if (change.file !== undefined) trailers.push(['File', change.file.path]);
  return message(change.subject, change.body, trailers);
}

/** The message of the last commit, which adds the report and the cards. */
export function reportMessage(dream: string, changes: number): string {
  return message(
    `Report: dream ${dream}`,
    `What was read, ${count(changes, 'lesson')} learned, and what was held back.`,
    [['Dream', dream]],
  );
}

/** What verdicts and merges need to know of an entry. */
export interface NamedEntry {
  entry: string;
  title: string;
}

/** The message of a reviewer's verdicts. An entry turned down has a commit of its own; accepted ones may share one. */
export function verdictMessage(
  dream: string,
  verdict: 'accepted' | 'rejected',
  entries: readonly NamedEntry[],
  because?: string,
): string {
  const [only] = entries;
  const about = entries.length === 1 && only ? plainTitle(only.title) : count(entries.length, 'lesson');
  const reason = because === undefined || because.trim() === '' ? '' : sentence(commitText(because));
  const list = entries.length > 1 ? `${entries.map((e) => e.entry).join(', ')}.` : '';
  // Another key than that of a lesson's own commit, so that a verdict is never read as a lesson.
  const decided = entries.map(({ entry }): [string, string] => ['Decided', entry]);
  const subject = `${verdict === 'accepted' ? 'Accept' : 'Turn down'}: ${about}`;
  const body = [reason, list].filter((part) => part !== '').join(' ');
  return message(subject, body, [['Dream', dream], ['Verdict', verdict], ...decided]);
}

/** The message of a proof's verdict. */
export function proofMessage(dream: string, verdict: string, why: string): string {
  return message(`Proof: ${verdict}`, sentence(commitText(why.replaceAll('`', ''))), [
    ['Dream', dream],
    ['Proof', verdict],
  ]);
}

/** The message of a reviewer's own wording of a lesson. */
export function editMessage(dream: string, { entry, title }: NamedEntry): string {
  return message(`Edit: ${plainTitle(title)}`, 'Worded by a person in review.', [
    ['Dream', dream],
    ['Edited', entry],
  ]);
}

/** The message that carries verdicts over to a branch that was rebuilt. */
export function carriedVerdictsMessage(dream: string, verdicts: number): string {
  return message(
    `Keep the verdicts of dream ${dream}`,
    `${count(verdicts, 'verdict')} from before the branch was rebuilt.`,
    [
      ['Dream', dream],
      ['Verdict', 'kept'],
    ],
  );
}

/** The message of a commit that takes lessons out of force, or back to what they were. */
export function revertMessage(
  what: string,
  undone: readonly (NamedEntry & { how: string })[],
  because: string,
): string {
  const [only] = undone;
  const about =
    undone.length === 1 && only ? plainTitle(only.title) : `dream ${what}, ${count(undone.length, 'lesson')}`;
  const lines = undone.map(({ entry, title, how }) => `- ${entry} ${how}: ${clip(plainTitle(title), MAX_SUBJECT)}`);
  const trailers = undone.map(({ entry }) => trailer('Reverted', entry));
  const subject = clip(`Revert: ${about}`, MAX_SUBJECT);
  return `${subject}\n\n${sentence(commitText(because))}\n\n${lines.join('\n')}\n\n${trailers.join('\n')}\n`;
}

/** The message of the commit that brings a reviewed branch into force; `unproven` says why it went without proof. */
export function mergeMessage(dream: string, entries: readonly NamedEntry[], unproven?: string): string {
  const lines = entries.map(({ entry, title }) => `- ${entry} ${clip(plainTitle(title), MAX_SUBJECT)}`);
  const body = lines.length === 0 ? 'Every lesson was turned down; the verdicts are kept.' : lines.join('\n');
  const trailers = [trailer('Dream', dream), ...(unproven === undefined ? [] : [trailer('Unproven', unproven)])];
  return `${clip(`Merge dream ${commitText(dream)}: ${count(entries.length, 'lesson')}`, MAX_SUBJECT)}\n\n${body}\n\n${trailers.join('\n')}\n`;
}

function message(subject: string, body: string, trailers: readonly [string, string][]): string {
  const text = commitText(body);
  const parts = [
    clip(commitText(subject), MAX_SUBJECT),
    ...(text === '' ? [] : [text]),
    trailers.map(([key, value]) => trailer(key, value)).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function trailer(key: string, value: string): string {
  return `Agentmem-${key}: ${commitText(value)}`;
}

// Titles are markdown; a log is not.
function plainTitle(title: string): string {
  return commitText(
    title
      .replace(/\\([!-/:-@[-`{-~])/g, '$1')
      .replaceAll('`', '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
