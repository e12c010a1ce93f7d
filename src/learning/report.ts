// The report of a dream as markdown, and the cards that it cites as JSONL; reads no clock, so the same dream is the same bytes.
import { clip, count } from '../base/text.ts';
import { type Card, cardSchema } from '../domain/card.ts';
import { type ComparedCount, comparedWords } from '../domain/compared.ts';
import type { LearnedChange, Quarantined, Silence, Withheld } from '../domain/dream.ts';
import type { Settings } from '../domain/settings.ts';
import { type SourceCount, sourcesText } from '../domain/source-names.ts';
import { type Suspicion, suspicionWords } from '../domain/suspicion.ts';
import { codeSpan, prose } from './escape.ts';
import type { NoteFinding } from './note-findings.ts';
import { type PredictionTold, predictionsSection } from './predictions.ts';
import { type ReadingTold, readingSection } from './reading/report-section.ts';
import { wishesSection } from './wishes/report-section.ts';
import type { WishTold } from './wishes/wish.ts';
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
    sources?: readonly SourceCount[];
    suspect?: readonly Suspicion[];
    compared?: ComparedCount;
    cards: readonly Card[];
    silent: readonly Silence[];
  };
  changes: readonly LearnedChange[];
  quarantined: readonly Quarantined[];
  withheld: readonly Withheld[];
  notes?: readonly NoteFinding[];
  /** What of policy.md could not be used. */
  policyProblems?: readonly string[];
  /** The sample that a model read, where one did. */
  reading?: ReadingTold;
  /** How predictions of earlier lessons came out. */
  predictions?: readonly PredictionTold[];
  /** What came of orders and of a curator's proposals. */
  wishes?: readonly WishTold[];
  /** What models were asked, where any were. */
  words?: WordsReport;
  settings: Settings;
}

const SESSIONS_NAMED = 3;
const MAX_NAME = 100;
const MOST_ROWS = 50; // a corpus full of anecdotes must not bury what was learned

/** The text of `dreams/<id>.md`. */
export function renderReport(input: ReportInput): string {
  const parts = [
    `# Dream ${prose(input.dream)}`,
    readSection(input),
    learnedSection(input),
    wishesSection(input.wishes ?? [], input.words?.told.curator),
    predictionsSection(input.predictions ?? []),
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
    ...(input.reading === undefined ? [] : [readingSection(input.reading)]),
    ...(input.words === undefined ? [] : [wordsSection(input.words)]),
    settingsSection(input.settings, input.reading !== undefined),
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
  const from = sourcesText(mined.sources);
  const lines = [
    '## What was read',
    '',
    `- ${count(sessions, 'session')}; ${copies}`,
    ...((mined.sources ?? []).length > 1 ? [`- from: ${from}`] : []),
    `- ${count(mined.strata, 'stratum', 'strata')} of task and model; ${mined.informative_strata} with more than one session and both outcomes`,
    ...(mined.suspect === undefined || mined.suspect.length === 0 ? [] : [`- ${suspicionWords(mined.suspect)}`]),
    ...(mined.compared === undefined ? [] : [`- ${comparedWords(mined.compared)}`]),
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

// Names who said it and where, so that a person can go and look.
function quarantinedLine({ card, reason }: Quarantined): string {
  const by = card.trust === 'outside_tool' ? 'outside tool ' : '';
  const tool = card.tool === undefined ? '' : ` of ${by}${codeSpan(clip(card.tool, MAX_NAME))}`;
  const named = [...new Set([...card.examples, ...card.counter_examples].map((span) => span.session))];
  const sessions = named.slice(0, SESSIONS_NAMED).map((id) => codeSpan(clip(id, MAX_NAME)));
  const among =
    sessions.length === 0 ? '' : ` (${sessions.join(', ')}${named.length < card.counts.sessions ? ', …' : ''})`;
  return `${card.kind}${tool}, ${count(card.counts.sessions, 'session')}${among}, ${claim(card.claim)}: ${prose(reason)}`;
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

// Who words lessons is told where models did, and how many sessions they read.
function settingsSection({ dream: { words: _, sample, ...counted }, playbooks }: Settings, isRead: boolean): string {
  const dream = isRead ? { ...counted, sample } : counted;
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
