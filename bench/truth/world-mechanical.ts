// Worlds of mistakes, wishes and ways of working that need no outcome to be seen: one kind planted twice, others once beside it.
import { settle } from './outcomes.ts';
import { plantArgumentFix, plantBlindRetry, plantDeadEnd, plantToolFix, plantWaiting } from './plant-errors.ts';
import { plantLoop, plantPolling, plantThrash } from './plant-repeats.ts';
import { plantGradedGap, plantUserGap, plantWorkflow } from './plant-ways.ts';
import { plantChangedWish, plantChatter, plantPersonalWish, plantTeamWish } from './plant-wishes.ts';
import { chanceOf, draftOf, noiseTruths, type Stage, type StageOptions, stageOf, taskAt } from './stage.ts';
import { callsOf, type Draft } from './transcript.ts';
import type { Truth, World } from './truth.ts';

export type Plant = (stage: Stage, drafts: Draft[]) => Truth[];

export const mistakes = {
  'fixed by an argument': (s, d) => plantArgumentFix(s, d, false),
  'fixed by an argument that varies anyway': (s, d) => plantArgumentFix(s, d, true),
  'fixed by an argument, errors without a flag': (s, d) => plantArgumentFix(s, d, false),
  'fixed by another tool first': plantToolFix,
  'heals by waiting': plantWaiting,
  'dead end': plantDeadEnd,
  'blind retry': plantBlindRetry,
  loop: plantLoop,
  'polling, no loop': plantPolling,
  thrash: plantThrash,
  'wish of a person': plantPersonalWish,
  'wish of a team': plantTeamWish,
  'wish taken back': plantChangedWish,
  'chatter, no wish': plantChatter,
} satisfies Record<string, Plant>;
export type Mistake = keyof typeof mistakes;

/** The kind twice (a thrash once: its editor is one for the world) and two others once. */
export function mistakeWorld(seed: string, kind: Mistake): World {
  const { stage, drafts } = cast(seed, { flagged: !kind.includes('without a flag') });
  const others = stage.dice.sample(
    Object.keys(mistakes).filter((k) => k !== kind),
    2,
  ) as Mistake[]; // keys of the same table
  const once = kind === 'thrash' || kind.includes(', no ');
  const planted = [kind, ...(once ? [] : [kind]), ...others];
  const truths = planted.flatMap((name) => {
    const found = mistakes[name](stage, drafts);
    return name === kind ? found : found.map((t) => ({ ...t, wanted: false }));
  });
  conclude(stage, drafts);
  return worldOf(seed, stage, drafts, truths);
}

export const ways = ['gap by a tool', 'gap by an argument', 'gap by a user', 'workflow'] as const;
export type Way = (typeof ways)[number];

/** Gaps and workflows shape whole sessions, so each world has one, beside one ordinary mistake. */
export function wayWorld(seed: string, kind: Way): World {
  const graded = kind === 'gap by a tool' || kind === 'gap by an argument';
  const { stage, drafts } = cast(
    seed,
    graded ? { labelled: false } : kind === 'workflow' ? { labelled: true, length: [4, 9] } : {},
  );
  const beside = plantArgumentFix(stage, drafts, false).map((t) => ({ ...t, wanted: false }));
  for (const [n, draft] of drafts.entries()) draft.pass = stage.dice.chance(chanceOf(taskAt(stage, n).ease));
  const truths = graded
    ? plantGradedGap(stage, drafts, kind === 'gap by an argument')
    : kind === 'workflow'
      ? plantWorkflow(stage, drafts)
      : plantUserGap(stage, drafts);
  if (!graded) conclude(stage, drafts);
  return worldOf(seed, stage, drafts, [...truths, ...beside]);
}

function cast(seed: string, options: Omit<StageOptions, 'seed' | 'tasks'>): { stage: Stage; drafts: Draft[] } {
  const count = stageOf({ seed, tasks: 1 }).dice.int(90, 220);
  const stage = stageOf({ seed, tasks: Math.round(count / 7), people: 6, trades: 2, ...options });
  return { stage, drafts: Array.from({ length: count }, (_, n) => draftOf(stage, n, taskAt(stage, n))) };
}

/** Outcomes that follow the task alone, where a plant gave none. */
function conclude(stage: Stage, drafts: readonly Draft[]): void {
  for (const [n, draft] of drafts.entries())
    settle(stage, draft, draft.pass ?? stage.dice.chance(chanceOf(taskAt(stage, n).ease)), stage.dice);
}

function worldOf(seed: string, stage: Stage, drafts: Draft[], truths: Truth[]): World {
  const tools = [...new Set([...stage.tools.map((t) => t.name), ...drafts.flatMap(callsOf).map((c) => c.tool)])];
  return { name: seed, truths: [...truths, ...noiseTruths(stage)], tools, drafts: () => drafts };
}
