// The report of a dream as markdown, and the cards that it cites as JSONL; reads no clock, so the same dream is the same bytes.
import { count } from '../base/text.ts';
import { type Card, cardSchema } from '../domain/card.ts';
import type { LearnedChange, Quarantined, Silence, Withheld } from '../domain/dream.ts';
import type { Settings } from '../domain/settings.ts';
import { codeSpan, prose } from './escape.ts';
import type { NoteFinding } from './note-findings.ts';
import { type WordsReport, wordsSection } from './words/report-section.ts';

/** What a dream read and decided. */
export interface ReportInput {
  dream: string;
  /** The commit of the memory branch that it read. */
  base: string;
  /** Sessions chosen, copies included. */
  sessions: number;
  mined: {
    collapsed: number;
    strata: number;
    informative_strata: number;
    cards: readonly Card[];
    silent: readonly Silence[];
  };
  changes: readonly LearnedChange[];
  quarantined: readonly Quarantined[];
  withheld: readonly Withheld[];
  notes?: readonly NoteFinding[];
  /** What of policy.md could not be used. */
  policyProblems?: readonly string[];
  /** What models were asked, where any were. */
  words?: WordsReport;
  settings: Settings;
}

const MOST_ROWS = 50; // a corpus full of anecdotes must not bury what was learned

/** The text of `dreams/<id>.md`. */
export function renderReport(input: ReportInput): string {
  const parts = [
    `# Dream ${prose(input.dream)}`,
    readSection(input),
    learnedSection(input),
    listSection(
      'Withheld',
      'Found, and not proposed.',
      input.withheld.map((w) => `${claim(w.claim)}: ${prose(w.reason)}`),
    ),
    listSection(
      'Quarantined',
      'No playbook may hold these; the words are shown as they came, and none is advice.',
      input.quarantined.map(quarantinedLine),
    ),
    listSection('Notes', 'Doubtful places, for people to settle.', (input.notes ?? []).map(noteLine)),
    listSection(
      'Policy',
      'Parts of policy.md that could not be used as they are written.',
      (input.policyProblems ?? []).map(prose),
    ),
    listSection(
      'Silent',
      'Families of findings that had nothing to say.',
      input.mined.silent.map((s) => `**${prose(s.family)}**: ${prose(s.reason)}`),
    ),
    ...(input.words === undefined ? [] : [wordsSection(input.words)]),
    settingsSection(input.settings),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The text of `dreams/<id>.evidence.jsonl`: one card a line, sorted by fingerprint, each once. */
export function evidenceLines(cards: readonly Card[]): string {
  const byFingerprint = new Map(cards.map((card) => [card.fingerprint, card]));
  const sorted = [...byFingerprint].sort(([a], [b]) => (a < b ? -1 : 1));
  // Parsed once more so that keys stand in the schema's order, whoever made the card.
  return sorted.map(([, card]) => `${JSON.stringify(cardSchema.parse(card))}\n`).join('');
}

function readSection({ base, sessions, mined }: ReportInput): string {
  const copies =
    mined.collapsed === 0 ? 'none was a copy of another' : `${count(mined.collapsed, 'copy', 'copies')} collapsed`;
  const lines = [
    '## What was read',
    '',
    `- ${count(sessions, 'session')}; ${copies}`,
    `- ${count(mined.strata, 'stratum', 'strata')} of task and model; ${mined.informative_strata} with more than one session and both outcomes`,
    `- ${count(mined.cards.length, 'finding')}`,
    `- the memory at ${codeSpan(base)}`,
  ];
  return lines.join('\n');
}

function learnedSection({ dream, changes }: ReportInput): string {
  if (changes.length === 0) return '## What was learned\n\nNothing worth changing.';
  const rows = changes.map((c) => {
    const cells = [
      `\`${c.entry}\``,
      c.change,
      cell(codeSpan(c.playbook)),
      cell(c.title),
      String(c.sessions),
      String(c.tasks),
      c.grade,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '## What was learned',
    '',
    '| entry | change | playbook | lesson | sessions | tasks | grade |',
    '|---|---|---|---|---:|---:|---|',
    ...rows,
    '',
    'Grades: A proven on held-out tasks · B found in older sessions and borne out by newer ones · C a mechanical pattern, or a finding about outcomes that is not confirmed yet.',
    '',
    `Review: \`agent review dream/${dream}\``,
  ].join('\n');
}

function quarantinedLine({ card, reason }: Quarantined): string {
  const tool = card.tool === undefined ? '' : ` of ${codeSpan(card.tool)}`;
  return `${card.kind}${tool}, ${count(card.counts.sessions, 'session')}, ${claim(card.claim)}: ${prose(reason)}`;
}

function noteLine({ kind, where, text, other, other_text }: NoteFinding): string {
  const against = other === undefined ? '' : ` and ${codeSpan(other)} “${prose(other_text ?? '')}”`;
  return `${kind}: ${codeSpan(where)} ${other === undefined ? codeSpan(text) : `“${prose(text)}”`}${against}`;
}

function listSection(title: string, meaning: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, MOST_ROWS).map((item) => `- ${item}`);
  if (items.length > MOST_ROWS) shown.push(`- and ${items.length - MOST_ROWS} more`);
  return [`## ${title}`, '', meaning, '', ...shown].join('\n');
}

// Who words lessons is told where models did.
function settingsSection({ dream: { words: _, ...dream }, playbooks }: Settings): string {
  const values = { ...prefixed('dream', dream), ...prefixed('playbooks', playbooks) };
  const lines = Object.entries(values).map(([key, value]) => `- \`${key}\`: ${prose(String(value))}`);
  return ['## Settings that mattered', '', ...lines].join('\n');
}

function prefixed(group: string, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${group}.${key}`, value]));
}

function claim(text: string): string {
  return `“${prose(text.length > 300 ? `${text.slice(0, 300)}…` : text)}”`;
}

// A code span in a table cell needs its bars escaped; in ordinary words they are escaped already.
function cell(markdown: string): string {
  return markdown.replace(/(?<!\\)\|/g, '\\|');
}
