// Worlds in which one argument decides an outcome: a threshold or a category, alone or under a condition that was observed before.
import { settle, settleEach } from './outcomes.ts';
import { freeTool, freshInput } from './plant-errors.ts';
import type { Dice } from './random.ts';
import { answerOf, chanceOf, draftOf, noiseTruths, type Stage, stageOf, type Task, taskAt } from './stage.ts';
import type { Beat, Draft } from './transcript.ts';
import type { RuleTruth, World } from './truth.ts';
import type { NumberSlot, Tool, WordSlot } from './vocabulary.ts';

export interface RuleOptions {
  sessions: number;
  runs: number;
  kind: 'threshold' | 'category';
  /** Where it holds only above some observed value, whether that value changes from run to run or from task to task. */
  condition?: 'run' | 'task';
  /** Only one criterion of a graded outcome depends on it. */
  perCriterion?: boolean;
}

interface Plot {
  truth: RuleTruth;
  tool: Tool;
  slot: NumberSlot | WordSlot;
  sensor?: { tool: Tool; slot: NumberSlot };
}

export function ruleWorld(seed: string, options: RuleOptions): World {
  const tasks = Math.max(4, Math.round(options.sessions / options.runs));
  const graded = options.perCriterion === true;
  const stage = stageOf({ seed, tasks, ...(graded && { labelled: false }), easeSpread: 0.8, length: [3, 9] });
  const plot = plotOf(stage, options);
  const drafts = Array.from({ length: options.sessions }, (_, n) => {
    const task = taskAt(stage, n);
    const draft = draftOf(stage, n, task);
    const good = play(stage, plot, draft, task);
    // Half of the effect each way, so that a task of middling ease has both outcomes.
    const effect = good === undefined ? 0 : (good ? 0.5 : -0.5) * Math.log(plot.truth.odds);
    conclude(stage, draft, task, effect, graded ? plot.truth.criterion : undefined);
    return draft;
  });
  return {
    name: seed,
    truths: [plot.truth, ...noiseTruths(stage)],
    tools: stage.tools.map((t) => t.name),
    drafts: () => drafts,
  };
}

function plotOf(stage: Stage, options: RuleOptions): Plot {
  const { dice } = stage;
  const wide = (s: { is: string; low?: number; high?: number }) =>
    s.is === 'number' && (s.high ?? 0) - (s.low ?? 0) >= 40;
  const fits = (s: Tool['args'][number]) => (options.kind === 'threshold' ? wide(s) : s.is === 'word');
  const tool = freeTool(stage, (t) => t.args.some(fits));
  const slot = dice.pick(tool.args.filter(fits)) as NumberSlot | WordSlot; // `fits` lets only these two through
  const odds = options.condition === undefined ? dice.pick([10, 14, 20, 30]) : dice.pick([16, 25, 40]);
  const criterion = options.perCriterion ? dice.pick(stage.criteria) : stage.labelled ? 'label' : 'whole';
  const truth: RuleTruth = {
    is: 'argument_rule',
    wanted: true,
    tool: tool.name,
    argument: slot.name,
    good: goodSide(slot, dice),
    criterion,
    odds,
  };
  stage.reserved.add(tool.name);
  if (options.condition === undefined) return { truth, tool, slot };
  const sensing = freeTool(stage, (t) => t.gives.some(wide));
  const field = dice.pick(sensing.gives.filter(wide)) as NumberSlot; // `wide` lets only numbers through
  stage.reserved.add(sensing.name);
  const threshold = Math.round((field.low + field.high) / 2);
  truth.condition = { tool: sensing.name, result: field.name, threshold, fixedByTask: options.condition === 'task' };
  return { truth, tool, slot, sensor: { tool: sensing, slot: field } };
}

function goodSide(slot: NumberSlot | WordSlot, dice: Dice): RuleTruth['good'] {
  if (slot.is === 'word') return { op: '==', value: dice.pick(slot.words) };
  const threshold = Math.round(slot.low + (0.4 + 0.2 * dice.next()) * (slot.high - slot.low));
  return { op: dice.chance(0.5) ? '>=' : '<=', threshold };
}

/** Puts the decisive call (and what is observed before it) into the session; tells whether it was on the good side, if that mattered. */
function play(stage: Stage, { truth, tool, slot, sensor }: Plot, draft: Draft, task: Task): boolean | undefined {
  const { dice } = stage;
  const beats: Beat[] = [];
  let holds = true;
  if (sensor !== undefined && truth.condition !== undefined) {
    const place = truth.condition.fixedByTask ? placeOf(stage, task) : dice.next();
    const seen = Math.round(sensor.slot.low + place * (sensor.slot.high - sensor.slot.low));
    holds = seen > truth.condition.threshold;
    const gave = { ...answerOf(sensor.tool, dice, task.centre), [sensor.slot.name]: seen };
    beats.push({ is: 'call', tool: sensor.tool.name, input: freshInput({ stage, tool: sensor.tool, dice }), gave });
  }
  const value =
    slot.is === 'word' ? dice.pick(slot.words) : Math.round(slot.low + dice.next() * (slot.high - slot.low));
  const input = { ...freshInput({ stage, tool, dice }), [slot.name]: value };
  beats.push({ is: 'call', tool: tool.name, input, gave: answerOf(tool, dice, task.centre) });
  const at = dice.int(0, Math.max(0, draft.segments.length - 1));
  draft.segments.splice(at, 0, beats);
  return holds ? onGoodSide(truth.good, value) : undefined;
}

export function onGoodSide(good: RuleTruth['good'], value: unknown): boolean {
  if (good.op === '==') return value === good.value;
  return good.op === '>=' ? Number(value) >= good.threshold : Number(value) <= good.threshold;
}

/** Half of the tasks lie on either side, none of them near the middle. */
function placeOf(stage: Stage, task: Task): number {
  const index = stage.tasks.indexOf(task);
  const within = ((index * 37) % 100) / 250;
  return index % 2 === 0 ? 0.05 + within : 0.55 + within;
}

function conclude(stage: Stage, draft: Draft, task: Task, effect: number, criterion: string | undefined): void {
  const { dice } = stage;
  if (criterion === undefined) {
    settle(stage, draft, dice.chance(chanceOf(task.ease + effect)), dice);
    return;
  }
  const verdicts = stage.criteria.map(
    (c) => [c, dice.chance(chanceOf(task.ease + (c === criterion ? effect : 1)))] as const,
  );
  settleEach(stage, draft, Object.fromEntries(verdicts), dice);
}
