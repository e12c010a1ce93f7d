// Missions flown and mined in process, without an agent loop: the very calls and grades of `agent demo`, in a fraction of its time; prints nothing.
import { planTrials } from '../../src/agent/suite/plan.ts';
import type { Card } from '../../src/domain/card.ts';
import { wholeTask } from '../../src/domain/suite.ts';
import { extractSession } from '../../src/mining/extract.ts';
import { mine } from '../../src/mining/mine.ts';
import type { FoundSuite } from '../../src/store/suites.ts';
import { diceOf } from '../truth/random.ts';
import { asStored, type Beat, type Draft, eventsOf } from '../truth/transcript.ts';
import type { CrewRule, Lumara, MoonWorld, Truth, Values } from './lumara.ts';

export const CRITERIA = ['soft_landing', 'clear_ground', 'fuel_to_fly_home'] as const;
/** The thresholds that settings start with. */
const SETTINGS = { min_sessions: 3, min_tasks: 2 };
const START = Date.parse('2026-02-01T08:00:00Z');

export interface Flown {
  site: string;
  seed: string;
  beats: Beat[];
  truth: Truth;
}

/** One mission: what the crew called, what it was told, and how it really went. */
export function flown(lumara: Lumara, world: MoonWorld, site: string, seed: string, rules: readonly CrewRule[]): Flown {
  const mission = lumara.openMission(world, site, seed);
  const beats: Beat[] = [];
  const call = (tool: string, input: Values): Values => {
    const gave = mission.call(tool, input);
    beats.push({ is: 'call', tool: `sim__${tool}`, input, gave });
    return gave;
  };
  lumara.playMission(call, seed, rules);
  const truth = mission.truth();
  if (truth === undefined) throw new Error('a mission ended in the air');
  return { site, seed, beats, truth };
}

/** Every trial of a suite, in the order and with the chances that `agent run --suite` gives them. */
export function season(
  lumara: Lumara,
  world: MoonWorld,
  given: FoundSuite,
  trials: number,
  rules: readonly CrewRule[],
): Flown[] {
  const suite = { ...given, seed: world.seed };
  const tasks = suite.tasks.map((task) => wholeTask(suite, task));
  return planTrials(suite, tasks, trials).map(({ task, seed }) => flown(lumara, world, task.id, seed, rules));
}

/** Share of missions that met every criterion. */
export function completion(flights: readonly Flown[]): number {
  const whole = flights.filter(({ truth }) => CRITERIA.every((name) => truth[name]));
  return whole.length / Math.max(1, flights.length);
}

/** The cards that would become lessons with a predicate, the strongest first. */
export function learned(flights: readonly Flown[], name: string): Card[] {
  const extracts = flights.map((flight, n) =>
    extractSession(asStored(eventsOf(draftOf(flight, name, n), diceOf(`${name}/${n}`)))),
  );
  return mine(extracts, SETTINGS).cards.filter((card) => card.predicate !== undefined && card.grade !== 'D');
}

/** What the crew reads of them: each predicate as JSON under the id of its lesson. */
export function rulesOf(lumara: Lumara, cards: readonly Card[]): CrewRule[] {
  const lines = cards.flatMap(({ id, predicate }) => [`> [${id}]`, `>   predicate ${JSON.stringify(predicate)}`]);
  return lumara.rulesIn(lines.join('\n'));
}

function draftOf({ site, beats, truth }: Flown, name: string, n: number): Draft {
  const verdicts = CRITERIA.map((id) => ({ id, met: truth[id], reason: '' }));
  return {
    id: `${name}-${n}`,
    task: site,
    prompt: `Land at ${site}.`,
    agent: 'commander',
    model: 'scripted',
    project: 'lumara',
    start: START + n * 60_000,
    labelled: false,
    blocks: true,
    segments: [beats, [{ is: 'grade', rubric: 'landing', iteration: 0, verdicts, last: true }]],
  };
}
