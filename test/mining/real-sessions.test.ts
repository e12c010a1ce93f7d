// Mining other people's real sessions, where they lie beside the project: the facts that are known about them.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { occursIn } from '../../src/domain/quote.ts';
import { extractSession } from '../../src/mining/extract.ts';
import { type Mined, mine } from '../../src/mining/mine.ts';
import type { FoundSession } from '../../src/sources/source.ts';
import { sources } from '../../src/sources/table.ts';
import { stored } from './tell.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');

function read(folder: string): { found: FoundSession[]; mined: Mined } {
  const files = readdirSync(join(DATA, folder))
    .filter((name) => /\.jsonl?$/.test(name))
    .sort()
    .map((name) => join(DATA, folder, name));
  const source = sources.find((s) => s.tool === folder.split('/')[0]);
  const found = source?.read(files.map((path) => ({ path, sha256: '', size: statSync(path).size }))).sessions ?? [];
  const extracts = found.map((s) => extractSession(stored([s.header, ...s.events])));
  return { found, mined: mine(extracts, { min_sessions: 3, min_tasks: 2 }) };
}

function falseQuotes({ found, mined }: ReturnType<typeof read>): unknown[] {
  const events = new Map(found.flatMap((s) => s.events.map((e) => [`${s.header.session} ${e.id}`, e])));
  const spans = mined.cards.flatMap((c) => [...c.examples, ...c.counter_examples]);
  return spans.filter((s) => !occursIn(events.get(`${s.session} ${s.event}`), s.quote));
}

describe.skipIf(!existsSync(join(DATA, 'tau-bench')))('200 labelled runs of a benchmark', () => {
  let all: ReturnType<typeof read>;
  let cards: Mined['cards'];
  beforeAll(() => {
    all = read('tau-bench');
    cards = all.mined.cards;
  });

  it('have the payment sum as their first mistake, with the counts known from outside', () => {
    expect(cards[0]).toMatchObject({
      kind: 'error_fix',
      tool: 'book_reservation',
      grade: 'C',
      counts: { sessions: 13, tasks: 6, events: 24, days: 0 },
      change: { argument: '/payment_methods', changed: 10, repaired: 10, failed: 13 },
    });
  });

  it('give no claim about handing over to a human, nor about outcomes', () => {
    const lessons = cards.filter((c) => c.grade !== 'D');
    expect(lessons.filter((c) => /human|transfer/i.test(c.claim))).toEqual([]);
    expect(cards.filter((c) => c.effect !== undefined)).toEqual([]);
  });

  it('say why no rule about arguments is claimed, and which tasks to repeat', () => {
    const reason = all.mined.silent.find((s) => s.family === 'argument_rule')?.reason;
    expect(reason).toMatch(/^searched 1 outcome, .* compared within tasks: .*no better than chance.*; worth more runs/);
  });

  it('are quoted only with passages that occur in the cited events', () => {
    expect(falseQuotes(all)).toEqual([]);
  });
});

describe.skipIf(!existsSync(join(DATA, 'claude-code/oh-my-posh')))('32 sessions of one project', () => {
  let all: ReturnType<typeof read>;
  beforeAll(() => {
    all = read('claude-code/oh-my-posh');
  });

  it('show that a file must be read before it is edited', () => {
    const card = all.mined.cards.find((c) => c.tool === 'Edit' && /has not been read/.test(c.template ?? ''));
    expect(card).toMatchObject({ kind: 'error_fix', grade: 'C', change: { first: { tool: 'Read' } } });
  });

  it('are quoted only with passages that occur in the cited events', () => {
    expect(falseQuotes(all)).toEqual([]);
  });
});
