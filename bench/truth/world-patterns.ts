// Worlds of many sessions in which patterns of calls shift the odds of passing within a task, beside patterns that only mark easy or hard tasks.
import { settle } from './outcomes.ts';
import { freshInput } from './plant-errors.ts';
import { diceOf } from './random.ts';
import { answerOf, chanceOf, complain, draftOf, noiseTruths, type Stage, stageOf, taskAt } from './stage.ts';
import type { Beat, Call, Draft } from './transcript.ts';
import type { PatternTruth, World } from './truth.ts';
import type { Tool } from './vocabulary.ts';

export const supports = [0.01, 0.05, 0.2] as const;
export const oddsOfPatterns = [1.5, 2, 3] as const;

interface Planted {
  truth: PatternTruth;
  support: number;
  shape: 'single' | 'pair' | 'gapped' | 'failing';
  tools: Tool[];
  phrase: string;
  word: string;
}

/** Nine patterns, one of each support and odds, half of them for better and half for worse; sessions are made while they are read. */
export function patternWorld(seed: string, sessions: number, runs: number): World {
  const stage = stageOf({
    seed,
    tasks: Math.ceil(sessions / runs),
    trades: 4,
    people: 12,
    labelled: true,
    length: [6, 16],
    easeSpread: 1,
  });
  const planted = plantAll(stage);
  confound(stage);
  return {
    name: seed,
    truths: [...planted.map((p) => p.truth), ...noiseTruths(stage)],
    tools: stage.tools.map((t) => t.name),
    *drafts() {
      for (let n = 0; n < sessions; n++) yield sessionOf(stage, planted, n);
    },
  };
}

function plantAll(stage: Stage): Planted[] {
  const { dice } = stage;
  const shapes = dice.shuffle([
    'single',
    'pair',
    'gapped',
    'failing',
    'single',
    'pair',
    'gapped',
    'failing',
    'pair',
  ] as const);
  const better = dice.shuffle([true, true, true, true, true, false, false, false, false]);
  const free = dice.shuffle(stage.tools);
  return supports.flatMap((support, i) =>
    oddsOfPatterns.map((strength, j): Planted => {
      const shape = shapes[3 * i + j] ?? 'single';
      const tools = free.splice(0, shape === 'pair' || shape === 'gapped' ? 2 : 1);
      reserve(stage, shape, tools);
      const odds = better[3 * i + j] ? strength : 1 / strength;
      const names = tools.map((t) => (shape === 'failing' ? `${t.name}!` : t.name));
      const truth: PatternTruth = {
        is: 'association',
        wanted: true,
        sub: `${support * 100} % × ${strength}`,
        tools: names,
        ...(tools.length === 2 && { within: shape === 'pair' ? 1 : 4 }),
        odds,
      };
      return { truth, support, shape, tools, phrase: dice.pick(stage.wordings), word: stage.words.pop() ?? 'cogwheel' };
    }),
  );
}

/** Keeps a planted pattern out of the ordinary course, so that it is seen in its share of the sessions and no others. */
function reserve(stage: Stage, shape: Planted['shape'], tools: readonly Tool[]): void {
  const [first, then] = tools.map((t) => t.name);
  if (first === undefined) return;
  for (const tool of tools) stage.steady.add(tool.name);
  if (shape === 'single') stage.reserved.add(first);
  if (then !== undefined) stage.never.push({ first, then, within: shape === 'pair' ? 1 : 6 });
}

/** Six tools are reached for in easy tasks far more than in hard ones, or the other way round, and change nothing. */
function confound(stage: Stage): void {
  stage.tools
    .map((tool, i) => ({ tool, i }))
    .filter(({ tool }) => !stage.steady.has(tool.name))
    .slice(0, 6)
    .forEach(({ i }, k) => {
      for (const task of stage.tasks)
        task.taste[i] = (task.taste[i] ?? 1) * Math.exp((k % 2 === 0 ? 1.2 : -1.2) * task.ease);
    });
}

function sessionOf(stage: Stage, planted: readonly Planted[], n: number): Draft {
  const task = taskAt(stage, n);
  const draft = draftOf(stage, n, task);
  const dice = diceOf(`${stage.seed}/pattern/${n}`);
  const own: Stage = { ...stage, dice };
  let logit = task.ease;
  for (const plant of planted) {
    if (!dice.chance(plant.support)) continue;
    logit += Math.log(plant.truth.odds);
    draft.segments.splice(dice.int(0, Math.max(0, draft.segments.length - 1)), 0, callsOfPattern(own, plant));
  }
  settle(own, draft, dice.chance(chanceOf(logit)), dice);
  return draft;
}

function callsOfPattern(stage: Stage, { shape, tools, phrase, word }: Planted): Beat[] {
  const { dice } = stage;
  const calls = tools.map((tool): Call => {
    const input = freshInput({ stage, tool, dice });
    if (shape !== 'failing') return { is: 'call', tool: tool.name, input, gave: answerOf(tool, dice, 0.5) };
    return { is: 'call', tool: tool.name, input, failed: complain(phrase, word, tool, input, dice) };
  });
  const [first, then] = calls;
  if (shape !== 'gapped' || first === undefined || then === undefined) return calls;
  const others = stage.tools.filter((t) => !stage.steady.has(t.name));
  const between = Array.from({ length: dice.int(1, 3) }, (): Call => {
    const tool = dice.pick(others);
    return { is: 'call', tool: tool.name, input: freshInput({ stage, tool, dice }), gave: answerOf(tool, dice, 0.5) };
  });
  return [first, ...between, then];
}
