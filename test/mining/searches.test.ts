// Searches as pieces of work: what is found does not depend on which thread looked, and nothing but plain values goes there and back.
import { describe, expect, it } from 'vitest';
import { argumentRule } from '../../src/mining/detectors/argument-rule.ts';
import { associationWithin } from '../../src/mining/detectors/association.ts';
import type { Context, Detector, Finding, Said } from '../../src/mining/detectors/detector.ts';
import { findingOf } from '../../src/mining/detectors/outline.ts';
import { type FactSource, sourceOf } from '../../src/mining/fact-source.ts';
import { mineGround, mineGroundInThreads } from '../../src/mining/mine.ts';
import { LIMITS } from '../../src/mining/patterns/limits.ts';
import { answerTo, type Search } from '../../src/mining/searches.ts';
import { seeded } from '../../src/statistics/random.ts';
import { contextOfWorld, sessionsOfWorld } from './patterns/worlds.ts';
import { contextOfRuns, plant, sessionOf } from './rules/world.ts';
import { storedOf } from './stored.ts';

/** What is found where the search crosses to another thread and the answer comes back: both are copied on the way. */
function foundElsewhere(detector: Detector, context: Context): Finding[] {
  return saidElsewhere(detector, context).found.map((outline) => findingOf(outline, context.sessions));
}

function saidElsewhere(detector: Detector, context: Context): Said {
  const comparing = detector.compare?.(context);
  if (comparing?.search === undefined) throw new Error('it has nothing to search');
  return comparing.said(structuredClone(answerTo(asSent(comparing.search))));
}

/** As a thread is handed it: of stored sessions. */
function asSent(search: Search): Search {
  const sent = (source: FactSource): FactSource =>
    'sessions' in source ? sourceOf(storedOf(source.sessions)) : source;
  return structuredClone(
    search.type === 'rules' ? { ...search, given: sent(search.given) } : { ...search, steps: sent(search.steps) },
  );
}

describe('a search that another thread does', () => {
  it('comes to the same rules, and to the same words where there is none', () => {
    const world = () => contextOfRuns(plant(seeded('threshold'), { tasks: 30, runs: 8 }, (heat) => heat >= 400));
    const found = foundElsewhere(argumentRule, world());
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).toBe(JSON.stringify(argumentRule.detect(world())));
    const nothing = contextOfRuns(plant(seeded('nothing'), { tasks: 30, runs: 8 }, () => false));
    expect(saidElsewhere(argumentRule, nothing).silence).toBe(argumentRule.silence?.(nothing));
  });

  it('comes to the same associations', () => {
    const detector = associationWithin({ ...LIMITS, sessions: 500 });
    const world = () => contextOfWorld({ tasks: 150, runs: 8, seed: 'helpful', planted: { share: 0.3, odds: 6 } });
    const found = foundElsewhere(detector, world());
    expect(found.length).toBeGreaterThan(0);
    expect(JSON.stringify(found)).toBe(JSON.stringify(detector.detect(world())));
  });
});

describe('mining with threads', () => {
  it('comes to what mining in one thread comes to', async () => {
    const settings = { min_sessions: 3, min_tasks: 2 };
    const sessions = plant(seeded('threshold'), { tasks: 30, runs: 8 }, (heat) => heat >= 400).map(sessionOf);
    const { mined, ranked, seen } = mineGround(sessions, settings);
    expect(mined.cards).not.toEqual([]);
    for (const jobs of [1, 2, 3]) {
      const ground = await mineGroundInThreads(sessions, settings, { jobs });
      expect(JSON.stringify([ground.mined, ground.ranked, ground.seen])).toBe(JSON.stringify([mined, ranked, seen]));
    }
  });

  it('ends where it was interrupted', async () => {
    const sessions = sessionsOfWorld({ tasks: 10, runs: 2, seed: 'any' });
    const mined = mineGroundInThreads(
      sessions,
      { min_sessions: 3, min_tasks: 2 },
      { jobs: 2, signal: AbortSignal.abort() },
    );
    await expect(mined).rejects.toThrow(/interrupted/i);
  });

  it('hears between its steps that it is to end', async () => {
    const sessions = sessionsOfWorld({ tasks: 10, runs: 2, seed: 'any' });
    const abort = new AbortController();
    const mined = mineGroundInThreads(sessions, { min_sessions: 3, min_tasks: 2 }, { jobs: 2, signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(mined).rejects.toThrow(/interrupted/i);
  });
});
