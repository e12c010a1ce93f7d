// Digests of told sessions, as the tests of reading need them; reads no file.

import type { SessionEvent } from '../../../src/domain/events.ts';
import type { Digest } from '../../../src/domain/reading.ts';
import { extractSession } from '../../../src/mining/extract.ts';
import { digestOf } from '../../../src/mining/reading/digest.ts';
import { eventsOf, stored, type Told } from '../tell.ts';

export function digestTold(told: Told, lastWords?: string): Digest {
  return digestEvents(eventsOf(told), lastWords);
}

export function digestEvents(events: readonly SessionEvent[], lastWords?: string): Digest {
  const lines = stored(events);
  const byId = new Map(lines.flatMap((line) => (line.kind === 'event' ? [[line.event.id, line] as const] : [])));
  return digestOf(extractSession(lines), byId, lastWords);
}

const WORDINGS = [
  'Please write every report in metric units.',
  'Imperial figures again: we work in metres here.',
  'Give lengths in metres, as we all do.',
  'Feet are of no use to us, take metres.',
];

/** Session `n` of a crew that asks for metres in ever other words, after the first report; three tasks, one person a session. */
export function metresSession(n: number, more: Partial<Told> = {}): Told {
  return {
    id: `m${n}`,
    task: `t${n % 3}`,
    by: `person-${n % 4}`,
    day: `2026-03-${String(n + 1).padStart(2, '0')}`,
    steps: [
      { user: `survey ridge ${n}` },
      { call: 'survey', input: { ridge: n }, ok: 'surveyed' },
      { call: 'report', input: { unit: 'feet', ridge: n }, ok: 'sent' },
      { user: WORDINGS[n % WORDINGS.length] ?? '' },
      { call: 'report', input: { unit: 'metres', ridge: n }, ok: 'sent' },
    ],
    ...more,
  };
}
