// Worlds in which nothing an agent does changes the outcome, each tempting in its own way to claim otherwise.
import { settle } from './outcomes.ts';
import { type Dice, diceOf } from './random.ts';
import { chanceOf, draftOf, noiseTruths, type Stage, stageOf, type Task, taskAt } from './stage.ts';
import { callsOf, type Draft } from './transcript.ts';
import type { World } from './truth.ts';

export const nullKinds = ['shuffled', 'longer', 'unique', 'alike', 'judge', 'handover'] as const;
export type NullKind = (typeof nullKinds)[number];

const SIZES = [60, 120, 240, 480, 1200, 2000] as const;

/**
 * `shuffled`: an effect was there, then the outcomes were shuffled within each task. `longer`: failing sessions go on longer by
 * the same process. `unique`: each task once, tools go with its hidden difficulty. `alike`: the same without task ids, under
 * prompts that read alike. `judge`: tools go with difficulty again, and 15 % of the outcomes are the wrong way round. `handover`: easy tasks share a pattern of tools.
 */
export function nullWorld(seed: string, kind: NullKind, size = sizeOf(seed)): World {
  const runs = 4 + (size % 5) + (seed.length % 4);
  const alone = kind === 'unique' || kind === 'alike';
  const stage = stageOf({
    seed,
    tasks: alone ? size : Math.max(5, Math.round(size / runs)),
    ids: kind !== 'alike',
    easeSpread: kind === 'judge' || alone ? 2 : 1.3,
  });
  if (kind === 'alike') readAlike(stage);
  if (kind === 'handover') handOver(stage);
  if (alone || kind === 'judge') followDifficulty(stage);
  const drafts = Array.from({ length: size }, (_, n) => sessionOf(stage, kind, n));
  if (kind === 'shuffled') shuffleWithin(stage, drafts);
  for (const draft of drafts) settle(stage, draft, draft.pass === true, stage.dice);
  return { name: seed, truths: noiseTruths(stage), tools: stage.tools.map((t) => t.name), drafts: () => drafts };
}

function sizeOf(seed: string): number {
  return diceOf(`${seed}/size`).pick(SIZES);
}

function sessionOf(stage: Stage, kind: NullKind, n: number): Draft {
  const { dice } = stage;
  const task = taskAt(stage, n);
  const pass = dice.chance(chanceOf(task.ease));
  const draft = draftOf(stage, n, task, kind === 'longer' && !pass ? 1.7 : 1);
  draft.pass = pass;
  if (kind === 'judge' && dice.chance(0.15)) draft.pass = !pass;
  if (kind === 'shuffled') draft.pass = dice.chance(chanceOf(task.ease + (used(stage, draft) ? 1 : -1)));
  return draft;
}

/** Whether the first tool of the trade was called: what decides before the shuffle. */
function used(stage: Stage, draft: Draft): boolean {
  return callsOf(draft).some((c) => c.tool === stage.tools[0]?.name);
}

function shuffleWithin(stage: Stage, drafts: readonly Draft[]): void {
  for (const task of stage.tasks) {
    const runs = drafts.filter((_, n) => taskAt(stage, n) === task);
    const mixed = stage.dice.shuffle(runs.map((d) => d.pass === true));
    for (const [i, draft] of runs.entries()) draft.pass = mixed[i] === true;
  }
}

/** One of three prompts with a number of its own: a cluster of prompts holds easy and hard tasks. */
function readAlike(stage: Stage): void {
  const { dice, trade } = stage;
  const thing = dice.pick(trade.things);
  for (const task of stage.tasks)
    task.prompt = dice
      .pick(trade.prompts)
      .replace('{thing}', thing)
      .replace('{n}', String(dice.int(100, 99999)));
}

/** Easy tasks end in the same two calls almost always, others hardly ever. */
function handOver(stage: Stage): void {
  const [one, two] = stage.dice.sample(
    stage.tools.map((_, i) => i),
    2,
  );
  for (const task of stage.tasks) {
    const easy = task.ease > 0.4;
    if (easy) task.ease += 1;
    for (const i of [one, two]) if (i !== undefined) task.taste[i] = easy ? 6 : 0.15;
  }
}

/** Two tools go with ease and two with difficulty, as strongly as anything ever does. */
function followDifficulty(stage: Stage): void {
  const chosen = stage.dice.sample(
    stage.tools.map((_, i) => i),
    4,
  );
  for (const task of stage.tasks) bend(task, chosen, stage.dice);
}

function bend(task: Task, tools: readonly number[], dice: Dice): void {
  for (const [k, i] of tools.entries())
    task.taste[i] = Math.exp((k < 2 ? 0.9 : -0.9) * task.ease + 0.3 * dice.normal());
  task.centre = Math.min(0.85, Math.max(0.15, 0.5 + 0.15 * task.ease));
}
