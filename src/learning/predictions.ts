// Predictions that lessons in force came with: which there are, and what a report says of how they came out; nothing acts on them.
import type { Card, Prediction } from '../domain/card.ts';
import type { Playbook } from '../domain/playbook.ts';
import { prose } from './escape.ts';
import { cardOfEntry } from './memory-at.ts';

/** How one came out; see mining, which counts. */
export interface PredictionTold {
  entry: string;
  predicts: Prediction;
  what: string;
  since: string;
  before: { sessions: number; seen: number; loaded: number };
  after: { sessions: number; seen: number; loaded: number };
  came?: boolean;
}

/** The lessons whose words carry a prediction, those of the newest dreams first, with the day until which their dream had read. */
export function predictionsIn(memory: {
  playbooks: readonly Playbook[];
  cards: ReadonlyMap<string, Card>;
}): { entry: string; since: string; card: Card }[] {
  const { playbooks } = memory;
  const cards = new Map([...memory.cards].filter(([, card]) => card.words !== undefined));
  const found = playbooks.flatMap(({ sections }) =>
    sections.flatMap(({ mark }) => {
      const [, year, month, day] = /^d(\d{4})(\d{2})(\d{2})-/.exec(mark?.dream ?? '') ?? [];
      const card = mark && cards.size > 0 ? cardOfEntry({ playbooks, cards }, mark.id) : undefined;
      if (mark === undefined || day === undefined || card?.words === undefined) return [];
      return [{ entry: mark.id, since: `${year}-${month}-${day}`, card }];
    }),
  );
  return found.sort((a, b) => (a.since !== b.since ? (a.since < b.since ? 1 : -1) : a.entry < b.entry ? -1 : 1));
}

/** The section `## Predictions`; empty where no lesson made one that could be counted. */
export function predictionsSection(told: readonly PredictionTold[]): string {
  if (told.length === 0) return '';
  const lines = told.map((one) => {
    const { entry, predicts, what, since, before, after, came } = one;
    const outcome = came === undefined ? 'too few sessions to say' : came ? 'so it was seen' : 'so it was not seen';
    const loaded = `${after.loaded} of the later ones had it loaded`;
    return `- \`${entry}\` (${predicts.replaceAll('_', ' ')}): ${prose(what)}: ${per100(before)} until ${since}, ${per100(after)} since; ${loaded}: ${outcome}`;
  });
  return [
    '## Predictions',
    '',
    'Sessions that showed what a lesson’s words had said would fall or rise, before and after it was learned. Seen with, and not shown to come of it: tasks differ, and nothing is decided by these.',
    '',
    ...lines,
  ].join('\n');
}

function per100({ sessions, seen }: PredictionTold['before']): string {
  if (sessions === 0) return 'no sessions';
  return `${Math.round((100 * seen) / sessions)} of 100 sessions (${seen} of ${sessions})`;
}
