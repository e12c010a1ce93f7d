// Ninety days in one process with errors that drift: the memory stays small, forgets what is over, and learns again what is back.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/domain/settings.ts';
import { resolveCommit } from '../../src/git/refs.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { type MemoryAt, memoryAt } from '../../src/learning/memory-at.ts';
import { readReviewBranch } from '../../src/learning/review-branch.ts';
import { promptTokens } from '../../src/learning/section.ts';
import { type DreamReport, dream } from '../../src/stages/dream.ts';
import { importSessions } from '../../src/stages/import.ts';
import { merge } from '../../src/stages/merge.ts';
import { decide } from '../../src/stages/review.ts';
import { openCache } from '../../src/store/cache.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { dice, type Fault, fault, faults, later, writeSession } from '../support/world.ts';

const DAYS = 90;
// Every night costs some twenty git processes, so `npm test` lets a dream read five days; the campaign dreams every night.
const STEP = process.env.AGENTMEM_CAMPAIGN === '1' ? 1 : 5;
const SESSIONS = 2; // a day
const START = '2026-01-05';
const settings = settingsSchema.parse({
  dream: { stale_after: '20d', max_changes: 4 },
  playbooks: { max_entries: 3, max_tokens: 220, max_rule_words: 40 },
});

const { ramp, water, shelf, crate, wheel } = faults;
const wedging = [
  fault('ClayWedge', 'air pockets were left inside the lump', 'turns', 'few', 'many'),
  fault('ClayWedge', 'the slab stuck fast to the bare table', 'cloth', 'missing', 'canvas'),
  fault('ClayWedge', 'two bodies of unlike colour got marbled', 'bench', 'shared', 'separate'),
  fault('ClayWedge', 'the block had frozen stiff over the weekend', 'store', 'shed', 'cellar'),
];

/** From which day to which, how often, and what. */
const drift: { fault: Fault; days: number[][]; chance: number }[] = [
  {
    fault: ramp,
    days: [
      [0, 29],
      [75, 89],
    ],
    chance: 0.5,
  },
  { fault: water, days: [[0, 89]], chance: 0.5 },
  { fault: crate, days: [[40, 89]], chance: 0.6 },
  { fault: wheel, days: [[10, 50]], chance: 0.5 },
  // Three small ones fill their playbook before a fourth, which is worse than they are, comes up.
  ...wedging.map((k, i) => ({ fault: k, days: [[5 + 15 * i, 89]], chance: [0.25, 0.2, 0.3, 0.9][i] ?? 0 })),
];

interface Night {
  /** The last day that its dream could read. */
  day: number;
  report: DreamReport;
  memory: MemoryAt;
}

let files: TestRepository;
let repo: Repository;
let layout: Layout;
const history: Night[] = [];
const random = dice(7);

beforeAll(async () => {
  files = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'a.txt': 'one\n' } });
  // Somewhere else, so that merging is done beside the checkout.
  files.git('switch', '-q', '--detach');
  const opened = await openRepository(files.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
  layout = layoutOf(join(files.dir, '.agentmem'));
  for (let day = STEP - 1; day < DAYS; day += STEP) history.push(await night(day));
}, 180_000);
afterAll(() => files.remove());

async function night(day: number): Promise<Night> {
  const folder = join(files.dir, '..', 'transcripts', String(day));
  for (let past = day - STEP + 1; past <= day; past++) writeDay(folder, past);
  const now = () => new Date(`${later(START, day)}T22:00:00Z`);
  const more = { layout, emit: () => {} };
  const cache = openCache(layout.cache, 'imports', 1);
  await importSessions({ ...more, paths: [folder], by: 'mira', redact: (t) => t, signal: undefined, cache });
  const request = { ...more, repo, settings, prefix: '.agentmem', now };
  const report = await dream({ ...request, sessions: openIndex(layout), base: 'main', dryRun: false });
  if (report.branch !== null) await reviewAndMerge(report, now);
  return { day, report, memory: await memoryAt(repo, await tip(), '.agentmem') };
}

function writeDay(folder: string, day: number): void {
  const active = drift.filter((d) => d.days.some(([from = 0, to = 0]) => day >= from && day <= to));
  for (let i = 0; i < SESSIONS; i++) {
    const met = active.filter((d) => random() < d.chance).map((d) => d.fault);
    // Rare after the first days, so that its evidence never doubles.
    if (i === 0 && (day < 3 || day % 30 === 2)) met.push(shelf);
    const calls = [ramp, water, wheel].filter((f) => !met.some((m) => m.tool === f.tool));
    writeSession(folder, { day: later(START, day), number: day * SESSIONS + i, faults: met, calls });
  }
}

/** A reviewer who accepts everything but what is said about shelves. */
async function reviewAndMerge(report: DreamReport, now: () => Date): Promise<void> {
  const branch = report.branch ?? '';
  const who = { name: 'Mira', email: 'mira@example.test', by: 'mira' };
  const memoryCommit = await tip();
  const [reject, accept] = [true, false].map((no) =>
    report.changes.filter((c) => c.title.includes(shelf.error) === no).map((c) => c.entry),
  );
  const verdict = { accept: accept ?? [], reject: reject ?? [], because: 'the shelves are new', who, now };
  const place = { layout, repo, prefix: '.agentmem', memoryCommit, branch, index: openIndex(layout) };
  await decide({ ...place, ...verdict });
  const state = await readReviewBranch(repo, '.agentmem', memoryCommit, branch);
  await merge({ repo, prefix: '.agentmem', memoryBranch: 'main', state, who, now, deleteBranch: true });
}

async function tip(): Promise<string> {
  return (await resolveCommit(repo, 'refs/heads/main')) ?? '';
}

/** What was proposed about a fault, and on which day. */
function proposals({ error }: Fault, ...kinds: string[]): { change: string; day: number; entry: string }[] {
  return history.flatMap(({ day, report }) =>
    report.changes
      .filter((c) => c.title.includes(error) && (kinds.length === 0 || kinds.includes(c.change)))
      .map(({ change, entry }) => ({ change, day, entry })),
  );
}

function entries(memory: MemoryAt | undefined) {
  return memory?.playbooks.flatMap((p) => p.sections.filter((s) => s.mark !== undefined)) ?? [];
}

/** Days after which a lesson about the fault was in force. */
function inForce({ error }: Fault): number[] {
  return history.flatMap(({ day, memory }) => (entries(memory).some((s) => s.title.includes(error)) ? [day] : []));
}

describe('ninety days of drift', () => {
  it('each dream opens the transcripts of new sessions only', () => {
    for (const [i, { report }] of history.entries()) {
      const sessions = (i + 1) * STEP * SESSIONS;
      const fresh = STEP * SESSIONS;
      expect(report.read).toEqual({ sessions, new: fresh, from_cache: sessions - fresh, collapsed: 0, held_out: 0 });
    }
  });

  it('every playbook stays within its caps, and every lesson whole', () => {
    let full = 0;
    for (const { memory } of history) {
      expect(memory.broken).toEqual([]);
      for (const { sections } of memory.playbooks) {
        const lessons = sections.filter((s) => s.mark !== undefined);
        expect(lessons.length).toBeLessThanOrEqual(settings.playbooks.max_entries);
        expect(lessons.reduce((sum, s) => sum + promptTokens(s), 0)).toBeLessThanOrEqual(settings.playbooks.max_tokens);
        for (const { raw } of lessons) expect(raw.match(/<details>|<\/details>/g)).toHaveLength(2);
        if (lessons.length === settings.playbooks.max_entries) full++;
      }
      const ids = entries(memory).map((s) => s.mark?.id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(full).toBeGreaterThan(0);
  });

  it('a full playbook makes room by retiring what is worth less', () => {
    const retired = wedging.flatMap((f) => proposals(f, 'retire'));
    expect(retired.length).toBeGreaterThan(0);
    expect(inForce(wedging[3] ?? ramp).at(-1)).toBe(DAYS - 1);
    expect(history.flatMap((h) => h.report.withheld).some((w) => w.reason.includes('claywedge is full'))).toBe(true);
  });

  it('what no longer happens is proposed for retirement once it is stale, and not before', () => {
    for (const [gone, last] of [
      [ramp, 29],
      [wheel, 50],
    ] as const) {
      const [retired] = proposals(gone, 'retire');
      expect(retired?.day).toBeGreaterThan(last + 18);
      expect(retired?.day).toBeLessThan(last + 20 + 2 * STEP + 2);
    }
    expect(proposals(water, 'retire')).toEqual([]);
    expect(proposals(crate, 'retire')).toEqual([]);
    expect(inForce(wheel).at(-1)).toBeLessThan(75);
  });

  it('what comes back is proposed again under a new name, and is in force again', () => {
    const [first, again, ...more] = proposals(ramp, 'add');
    expect(first?.day).toBeLessThan(6);
    expect(again?.day).toBeGreaterThanOrEqual(75);
    expect(again?.day).toBeLessThan(75 + 4 + STEP);
    expect(again?.entry).not.toBe(first?.entry);
    expect(more).toEqual([]);
    expect(inForce(ramp).at(-1)).toBe(DAYS - 1);
    expect(inForce(ramp).filter((day) => day > 60 && day < 75)).toEqual([]);
  });

  it('what was turned down stays down', () => {
    expect(proposals(shelf)).toHaveLength(1);
    expect(inForce(shelf)).toEqual([]);
    const last = history.at(-1)?.report.withheld.find((w) => w.claim.includes(shelf.error));
    expect(last?.reason).toContain('turned down by a reviewer');
  });

  it('it is calm: support that grows is told by doublings, and most nights have nothing to say about an old lesson', () => {
    for (const steady of [water, crate]) expect(proposals(steady, 'edit').length).toBeLessThan(8);
    expect(proposals(water).map((p) => p.entry)).toEqual(proposals(water).map(() => proposals(water)[0]?.entry));
  });
});
