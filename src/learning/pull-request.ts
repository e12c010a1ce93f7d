// Title and body of the pull request for a review branch, as markdown; no word of a transcript in it can mention, close or break out of anything.
import { clip, count, oneLine } from '../base/text.ts';
import type { Span } from '../domain/card.ts';
import { parseSection } from '../domain/playbook.ts';
import { codeSpan, commitText, paragraph, prose, visible } from './escape.ts';
import type { ReviewBranch, ReviewEntry } from './review-branch.ts';

/** GitHub refuses a body of more than 65,536 characters. */
const MAX_BODY = 60_000;
const MAX_QUOTE = 300;
const MAX_MARKDOWN = 1_500;

/** One line that says what is proposed. */
export function pullRequestTitle({ dream, entries }: Pick<ReviewBranch, 'dream' | 'entries'>): string {
  const wanted = entries.filter((e) => e.verdict !== 'rejected').length;
  return commitText(`Dream ${dream}: ${count(wanted, 'lesson')} to review`);
}

/**
 * The body between two marks of ours, at most 60,000 characters: lessons with their evidence folded, verdicts, what was
 * read, and what it cost (`usd`, where this machine dreamt it).
 */
export function pullRequestBody(
  state: Pick<ReviewBranch, 'branch' | 'dream' | 'entries' | 'at'>,
  usd?: number,
): string {
  const wanted = state.entries.filter((e) => e.verdict !== 'rejected');
  const head = [
    BEGIN,
    `${count(wanted.length, 'lesson')} that dream ${codeSpan(state.dream)} proposes${readSentence(state)}. Each is a commit of its own; nothing is in force until this is merged.`,
  ];
  const tail = [...turnedDown(state.entries), costSentence(usd), HOW, END].filter((part) => part !== '');
  const room = MAX_BODY - [...head, ...tail].join('\n\n').length - 200;
  return [...head, lessonList(wanted, room), ...tail].filter((part) => part !== '').join('\n\n');
}

/**
 * The body to write over `existing`: our part is replaced, everything that people wrote around it stays. Null where our
 * marks are gone, since then somebody has taken the text over, and where nothing would change.
 */
export function updatedBody(existing: string, ours: string): string | null {
  const text = existing.replaceAll('\r\n', '\n');
  const from = text.indexOf(BEGIN);
  const to = text.lastIndexOf(END);
  if (from < 0 || to < from) return null;
  const next = text.slice(0, from) + ours + text.slice(to + END.length);
  return next === text ? null : next;
}

const BEGIN = '<!-- agentmem: this part is written anew by `agent sync --push --pr` -->';
const END = '<!-- end of agentmem -->';
const HOW =
  'To leave a lesson out, delete its `##` section on this branch, or `agent review --reject`. Merging, squashing and rebasing are all understood: `agent sync` sees what arrived.';

function lessonList(entries: readonly ReviewEntry[], room: number): string {
  const shown: string[] = [];
  let left = room;
  for (const entry of entries) {
    const whole = lesson(entry, true);
    const item = whole.length <= left ? whole : lesson(entry, false);
    if (item.length > left) break;
    shown.push(item);
    left -= item.length + 1;
  }
  if (shown.length < entries.length)
    shown.push(`- and ${count(entries.length - shown.length, 'more lesson')}, in the commits of this branch`);
  return shown.join('\n');
}

// One item of a list; what follows the first line is indented, so that it stays inside the item.
function lesson(entry: ReviewEntry, withEvidence: boolean): string {
  const { card, grade, kind, change, playbook } = entry;
  const support = card ? ` · ${count(card.counts.sessions, 'session')}, ${count(card.counts.tasks, 'task')}` : '';
  const verdict = entry.verdict === 'accepted' ? ' · accepted' : '';
  const lines = [
    `- **${codeSpan(entry.entry)}** ${change} ${kind}, grade ${grade}${support}, in ${codeSpan(playbook)}${verdict}`,
    '',
    `  ${ownMarkdown(entry.title)}`,
  ];
  const rule = entry.section === undefined ? '' : parseSection(entry.section).rule;
  if (rule.trim() !== '') lines.push('', `  ${ownMarkdown(rule)}`);
  if (withEvidence && card)
    lines.push('', ...evidence(card.examples, card.counter_examples).map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

function evidence(examples: readonly Span[], counter: readonly Span[]): string[] {
  const lines = examples.map((span) => `- ${spanLine(span)}`);
  lines.push(...counter.map((span) => `- Counter-example: ${spanLine(span)}`));
  if (counter.length === 0) lines.push('- No counter-example was found.');
  return ['<details><summary>Evidence</summary>', '', ...lines, '', '</details>'];
}

function spanLine({ session, event, quote }: Span): string {
  return `${codeSpan(session)} ${codeSpan(event)} “${prose(commitText(clip(quote, MAX_QUOTE)))}”`;
}

// Headings and rules are markdown that a dream or a person wrote for a playbook. In a pull request `@name`, `#12` and
// bare addresses would come alive as well; and text that is cut could leave a code span open, so it is shown whole or not.
function ownMarkdown(markdown: string): string {
  const line = commitText(oneLine(visible(markdown)));
  if (line.length > MAX_MARKDOWN) return '(a long text: see the commit)';
  return paragraph(line.replace(LIVELY, (found) => ALIVE[found] ?? found));
}

// Escapes and code spans are passed over; in what is left, HTML, links and bare addresses lose their power.
const LIVELY = /\\[\s\S]|(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|<|\](?=[([])|\bwww\./gi;
const ALIVE: Record<string, string> = { '<': '&lt;', ']': '\\]', 'www.': 'www\\.' };

function turnedDown(entries: readonly ReviewEntry[]): string[] {
  const items = entries.filter((e) => e.verdict === 'rejected').slice(0, 50);
  if (items.length === 0) return [];
  const lines = items.map((e) => {
    const why = e.because === undefined ? '' : `: ${prose(commitText(clip(e.because, MAX_QUOTE)))}`;
    return `- ${codeSpan(e.entry)} ${clip(prose(commitText(e.title)), MAX_QUOTE)}${why}`;
  });
  return [`Turned down on this branch:\n\n${lines.join('\n')}`];
}

// Only numbers are taken over from the report.
function readSentence({ dream, at }: Pick<ReviewBranch, 'dream' | 'at'>): string {
  const report = at.files.get(`dreams/${dream}.md`) ?? '';
  const sessions = /^- (\d[\d,]{0,12}) sessions?;/m.exec(report)?.[1];
  const findings = /^- (\d[\d,]{0,12}) findings?$/m.exec(report)?.[1];
  if (sessions === undefined) return '';
  return ` out of ${sessions} session${sessions === '1' ? '' : 's'}${findings === undefined ? '' : ` and ${findings} finding${findings === '1' ? '' : 's'}`}`;
}

function costSentence(usd: number | undefined): string {
  if (usd === undefined) return '';
  return usd === 0 ? 'Cost: nothing; no model was called.' : `Cost: ${usd.toFixed(2)} US dollars.`;
}
