// Two sets of sessions that were made by hand, each with a list of what is true of it: imported, mined and compared.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Card } from '../../src/domain/card.ts';
import { occursIn } from '../../src/domain/quote.ts';
import { extractSession } from '../../src/mining/extract.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { type Mined, mine } from '../../src/mining/mine.ts';
import type { FoundSession } from '../../src/sources/source.ts';
import { sources } from '../../src/sources/table.ts';
import { stored } from './tell.ts';

const SETS = join(import.meta.dirname, '../fixtures/truth');

const wanted = z.strictObject({
  name: z.string(),
  kind: z.string(),
  tool: z.string().optional(),
  says: z.string().optional(),
  grade: z.string().optional(),
  sessions: z.number().optional(),
  waited: z.boolean().optional(),
  dead_end: z.boolean().optional(),
  change: z.record(z.string(), z.unknown()).optional(),
});
const truthSchema = z.strictObject({
  about: z.string(),
  format: z.string(),
  sessions: z.number(),
  must: z.array(wanted),
  may: z.array(wanted),
  must_not: z.array(z.string()),
  silent: z.record(z.string(), z.string()),
});
type Wanted = z.infer<typeof wanted>;

interface Set {
  truth: z.infer<typeof truthSchema>;
  found: FoundSession[];
  extracts: Extract[];
  mined: Mined;
}

const SETTINGS = { min_sessions: 3, min_tasks: 2 };

function load(name: string): Set {
  const truth = truthSchema.parse(JSON.parse(readFileSync(join(SETS, name, 'truth.json'), 'utf8')));
  const files = readdirSync(join(SETS, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.jsonl$|results\.json$/.test(file))
    .sort()
    .map((file) => join(SETS, name, file));
  const source = sources.find((s) => s.tool === truth.format);
  const found = source?.read(files.map((path) => ({ path, sha256: '', size: statSync(path).size }))).sessions ?? [];
  const extracts = [...found].map((s) => extractSession(stored([s.header, ...s.events])));
  return { truth, found: [...found], extracts, mined: mine(extracts, SETTINGS) };
}

function fits(card: Card, { kind, tool, says, waited, dead_end }: Wanted): boolean {
  return (
    card.kind === kind &&
    (tool === undefined || card.tool === tool) &&
    (says === undefined || card.claim.includes(says)) &&
    (waited !== true || card.change?.waited !== undefined) &&
    (dead_end !== true || card.change?.dead_end !== undefined)
  );
}

describe.each(['orchard', 'ferry'])('the sessions of %s', (name) => {
  let set: Set;
  let lessons: Card[];
  beforeAll(() => {
    set = load(name);
    lessons = set.mined.cards.filter((c) => c.grade !== 'D');
  });

  it('are all read, and what was resumed or copied counts once', () => {
    expect(set.mined.sessions - set.mined.collapsed).toBe(set.truth.sessions);
  });

  it('give every lesson that is in them, with its counts', () => {
    for (const one of set.truth.must) {
      const found = lessons.filter((c) => fits(c, one));
      expect(found, one.name).toHaveLength(1);
      const [card] = found;
      if (one.grade !== undefined) expect(card?.grade, one.name).toBe(one.grade);
      if (one.sessions !== undefined) expect(card?.counts.sessions, one.name).toBe(one.sessions);
      if (one.change !== undefined) expect(card?.change, one.name).toMatchObject(one.change);
      if (one.waited || one.dead_end) expect(card?.change?.argument, one.name).toBeUndefined();
    }
  });

  it('give no other lesson', () => {
    const known = [...set.truth.must, ...set.truth.may];
    expect(lessons.filter((c) => !known.some((k) => fits(c, k))).map((c) => c.claim)).toEqual([]);
  });

  it('put no word into a lesson that was a trap', () => {
    const text = JSON.stringify(
      lessons.map(({ claim, tool, template, change }) => [claim, tool, template, change?.first]),
    );
    for (const trap of set.truth.must_not) expect(text).not.toContain(trap);
  });

  it('claim nothing about outcomes', () => {
    expect(set.mined.cards.filter((c) => c.effect !== undefined && c.grade !== 'D')).toEqual([]);
  });

  it('say for every silent family what was searched or is missing', () => {
    for (const [family, why] of Object.entries(set.truth.silent))
      expect(set.mined.silent.find((s) => s.family === family)?.reason, family).toMatch(new RegExp(why));
  });

  it('are quoted only with passages that occur in the cited events', () => {
    const events = new Map(set.found.flatMap((s) => s.events.map((e) => [`${s.header.session} ${e.id}`, e])));
    const spans = set.mined.cards.flatMap((c) => [...c.examples, ...c.counter_examples]);
    expect(spans.filter((s) => !occursIn(events.get(`${s.session} ${s.event}`), s.quote))).toEqual([]);
  });

  it('give the same cards in any order', () => {
    expect(mine([...set.extracts].reverse(), SETTINGS)).toEqual(set.mined);
  });
});
