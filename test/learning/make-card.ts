// Cards made by hand for the tests of learning; holds no words of any real transcript.
import { type Card, fingerprintOf } from '../../src/domain/card.ts';
import { type Settings, settingsSchema } from '../../src/domain/settings.ts';

export const SHA = '0123456789abcdef'.repeat(4);

/** An error-fix card of a made-up tool; `parts` replaces what a test is about. */
export function makeCard(parts: Partial<Card> = {}): Card {
  const kind = parts.kind ?? 'error_fix';
  const tool = 'tool' in parts ? parts.tool : 'pack_crate';
  const template =
    'template' in parts ? parts.template : 'Error: the crate is too heavy, weight is <num>, limit is <num>';
  return {
    id: 'card_x',
    kind,
    claim: 'pack_crate failed with “the crate is too heavy” in 8 sessions.',
    counts: { sessions: 8, tasks: 4, people: 1, days: 3, events: 11 },
    examples: [
      {
        session: 'made-1',
        event: 'evt_1',
        sha256: SHA,
        quote: 'Error: the crate is too heavy, weight is 31, limit is 25',
      },
    ],
    counter_examples: [],
    trust: 'local_tool',
    grade: 'C',
    score: 12,
    fingerprint: fingerprintOf(kind, tool, template, 'change /items'),
    ...(kind === 'error_fix' && { change: { argument: '/items', changed: 6, repaired: 7, failed: 8 } }),
    ...parts,
    ...(tool !== undefined && { tool }),
    ...(template !== undefined && { template }),
  };
}

/** Counts with another number of sessions. */
export function seen(sessions: number, more: Partial<Card['counts']> = {}): Card['counts'] {
  return { sessions, tasks: 4, people: 1, days: 3, events: sessions, ...more };
}

export function makeSettings(parts: unknown = {}): Settings {
  return settingsSchema.parse(parts);
}
