// The stage of a made-up world: trade, cast, tasks and the ordinary course of a session; plants nothing and decides no effect.
import { type Dice, diceOf } from './random.ts';
import type { Beat, Call, Draft } from './transcript.ts';
import type { ErrorTruth } from './truth.ts';
import { complaints, filler, mutters, oddWords, type Slot, type Tool, type Trade, trades } from './vocabulary.ts';

export interface Task {
  id?: string;
  prompt: string;
  /** Log-odds of passing it. */
  ease: number;
  /** How often each tool is reached for in this task. */
  taste: number[];
  /** Where numbers lie in their range for this task, 0 to 1. */
  centre: number;
  /** Share of calls that go wrong for no reason. */
  noise: number;
}

export interface Stage {
  seed: string;
  dice: Dice;
  trade: Trade;
  tools: Tool[];
  tasks: Task[];
  people: string[];
  agents: string[];
  models: string[];
  project: string;
  criteria: string[];
  labelled: boolean;
  flagged: boolean;
  blocks: boolean;
  /** How errors are worded; where no flag tells them, the text must. */
  wordings: readonly string[];
  length: [number, number];
  /** Of calls that follow each other within `within` calls, these never do so by themselves. */
  never: { first: string; then: string; within: number }[];
  /** Tools that the ordinary course does not use, and tools that never go wrong by themselves. */
  reserved: Set<string>;
  steady: Set<string>;
  noises: { tool: string; word: string; phrase: string }[];
  /** Odd words not given away yet. */
  words: string[];
}

export interface StageOptions {
  seed: string;
  tasks: number;
  trades?: number;
  people?: number;
  length?: [number, number];
  labelled?: boolean;
  flagged?: boolean;
  ids?: boolean;
  easeSpread?: number;
}

const DAY = 86_400_000;
/** The last day of every world; sessions lie in the weeks before it. */
const LAST = Date.UTC(2026, 4, 29);
const SPAN_DAYS = 70;

export function stageOf(options: StageOptions): Stage {
  const dice = diceOf(options.seed);
  const chosen = dice.sample(trades, options.trades ?? 1);
  const trade = chosen[0] as Trade; // a sample of at least one
  const style = dice.pick(styles);
  const tools = chosen.flatMap((t) => t.tools.map((tool) => ({ ...tool, name: style(tool.name, t.name) })));
  const words = dice.shuffle(oddWords);
  const flagged = options.flagged ?? true;
  const wordings = flagged ? complaints : complaints.filter((c) => /^(Error|Traceback|fatal)/.test(c));
  const noises = dice
    .sample(tools, 4)
    .map((t) => ({ tool: t.name, word: words.pop() ?? '', phrase: dice.pick(wordings) }));
  const stage: Omit<Stage, 'tasks'> = {
    seed: options.seed,
    dice,
    trade,
    tools,
    people: Array.from({ length: options.people ?? dice.int(3, 7) }, (_, i) => `person-${dice.int(1000, 9999)}-${i}`),
    agents: dice.sample(['clerk', 'foreman', 'night-shift', 'helper', 'porter'], dice.int(1, 3)),
    models: dice.sample(['model-alder', 'model-birch', 'model-cedar'], dice.chance(0.7) ? 1 : 2),
    project: `${trade.name}-${dice.int(10, 99)}`,
    criteria: trade.criteria,
    labelled: options.labelled ?? dice.chance(0.5),
    flagged,
    wordings,
    blocks: dice.chance(0.3),
    length: options.length ?? [5, 14],
    never: [],
    reserved: new Set(),
    steady: new Set(),
    noises,
    words,
  };
  const spread = options.easeSpread ?? 1.2;
  return {
    ...stage,
    tasks: Array.from({ length: options.tasks }, (_, i) => taskOf(stage, i, spread, options.ids ?? true)),
  };
}

const styles: ((tool: string, trade: string) => string)[] = [
  (tool) => tool,
  (tool, trade) => `mcp__${trade}__${tool}`,
  (tool) => tool.replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
  (tool) => tool.replaceAll('_', '-'),
  (tool, trade) => `${trade}_${tool}`,
];

function taskOf({ dice, trade, tools }: Omit<Stage, 'tasks'>, index: number, spread: number, ids: boolean): Task {
  const ease = spread * dice.normal();
  const text = dice
    .pick(trade.prompts)
    .replace('{thing}', dice.pick(trade.things))
    .replace('{n}', String(dice.int(100, 9999)));
  return {
    ...(ids && { id: `${trade.name}-${index}` }),
    prompt: `${text}. ${phraseOf(dice, ids ? 9 : 3)}.`,
    ease,
    taste: tools.map(() => Math.exp(0.8 * dice.normal())),
    centre: Math.min(0.85, Math.max(0.15, 0.5 + 0.15 * dice.normal())),
    noise: ease < 0 ? 0.04 : 0.015,
  };
}

/** The session with this number: its ordinary course, without an outcome. `stretch` makes it longer by the same process. */
export function draftOf(stage: Stage, number: number, task: Task, stretch = 1): Draft {
  const dice = diceOf(`${stage.seed}/session/${number}`);
  const [low, high] = stage.length;
  const steps = Math.round(dice.int(low, high) * stretch);
  const habits = new Map<string, unknown>();
  const segments: Beat[][] = [];
  const before: string[] = [];
  for (let i = 0; i < steps; i++) {
    const tool = nextTool(stage, task, dice, before);
    before.push(tool.name);
    segments.push([...mutter(dice), ...ordinaryStep(stage, task, tool, dice, habits)]);
  }
  segments.push([{ is: 'say', text: `Done: ${phraseOf(dice, 6)}.` }]);
  return {
    id: `${stage.trade.name}-${String(number).padStart(5, '0')}`,
    ...(task.id !== undefined && { task: task.id }),
    prompt: task.prompt,
    ...(!dice.chance(0.04) && { by: dice.pick(stage.people) }),
    agent: dice.pick(stage.agents),
    model: dice.pick(stage.models),
    project: stage.project,
    ...(!dice.chance(0.03) && { start: LAST - Math.floor(dice.next() * SPAN_DAYS * DAY) }),
    labelled: stage.labelled,
    blocks: stage.blocks,
    segments,
  };
}

function nextTool(stage: Stage, task: Task, dice: Dice, before: readonly string[]): Tool {
  for (;;) {
    const tool = stage.tools[dice.weighted(task.taste)] as Tool; // one taste a tool
    if (stage.reserved.has(tool.name) || before.at(-1) === tool.name) continue;
    const clash = stage.never.some((n) => n.then === tool.name && before.slice(-n.within).includes(n.first));
    if (!clash) return tool;
  }
}

function ordinaryStep(stage: Stage, task: Task, tool: Tool, dice: Dice, habits: Map<string, unknown>): Beat[] {
  const input = inputOf(stage, tool, dice, habits, task.centre);
  const works: Call = { is: 'call', tool: tool.name, input, gave: answerOf(tool, dice, task.centre) };
  if (stage.steady.has(tool.name) || !dice.chance(task.noise)) return [works];
  const failed: Call = {
    is: 'call',
    tool: tool.name,
    input,
    failed: noiseOf(stage, tool, dice, input),
    flagged: stage.flagged,
  };
  if (dice.chance(0.4)) return [failed];
  return dice.chance(0.75) ? [failed, works] : [failed, { ...failed }];
}

function noiseOf(stage: Stage, tool: Tool, dice: Dice, input: Record<string, unknown>): string {
  const known = stage.noises.find((n) => n.tool === tool.name);
  if (known && dice.chance(0.6)) return complain(known.phrase, known.word, tool, input, dice);
  return complain(dice.pick(stage.wordings), `${dice.pick(filler)}${dice.pick(filler)}`, tool, input, dice);
}

/** Arguments as this session would give them: words and items mostly stay, numbers lie about the task's own centre. */
export function inputOf(
  stage: Pick<Stage, 'seed'>,
  tool: Tool,
  dice: Dice,
  habits: Map<string, unknown>,
  centre: number,
): Record<string, unknown> {
  return Object.fromEntries(
    tool.args.map((slot) => {
      const key = slot.is === 'id' ? slot.prefix : `${tool.name}/${slot.name}`;
      const stays = slot.is === 'id' ? 0.6 : slot.is === 'word' ? 0.85 : 0;
      const known = habits.get(key);
      if (known !== undefined && dice.chance(stays)) return [slot.name, known];
      const usual = slot.is === 'word' && dice.chance(0.7);
      const value = usual ? diceOf(`${stage.seed}/${key}`).pick(slot.words) : fillSlot(slot, dice, centre);
      habits.set(key, value);
      return [slot.name, value];
    }),
  );
}

export function answerOf(tool: Tool, dice: Dice, centre: number): Record<string, unknown> {
  return Object.fromEntries(tool.gives.map((slot) => [slot.name, fillSlot(slot, dice, centre)]));
}

export function fillSlot(slot: Slot, dice: Dice, centre: number): unknown {
  switch (slot.is) {
    case 'word':
      return dice.pick(slot.words);
    case 'id':
      return `${slot.prefix}-${dice.int(1000, 9999)}`;
    case 'text':
      return phraseOf(dice, 8);
    case 'number': {
      const at = Math.min(1, Math.max(0, centre + 0.25 * dice.normal()));
      return Math.round(slot.low + at * (slot.high - slot.low));
    }
  }
}

/** An error text of this wording about this call; of free text it repeats the first word. */
export function complain(
  phrase: string,
  word: string,
  tool: Tool,
  input: Record<string, unknown>,
  dice: Dice,
  about?: string,
): string {
  const argument = about ?? tool.args[0]?.name ?? 'input';
  return phrase
    .replaceAll('{W}', word.toUpperCase())
    .replaceAll('{C}', word.charAt(0).toUpperCase() + word.slice(1))
    .replaceAll('{w}', word)
    .replaceAll('{a}', argument)
    .replaceAll(
      '{v}',
      String(input[argument] ?? 'none')
        .split(' ', 1)
        .join(''),
    )
    .replaceAll('{n}', () => String(dice.int(100, 99999)))
    .replaceAll('{m}', '22');
}

/** Errors of no cause that heal by themselves: whoever says just that of a tool says nothing false. */
export function noiseTruths(stage: Stage): ErrorTruth[] {
  return stage.tools.map((t) => ({ is: 'error', wanted: false, tool: t.name, words: [], cure: { by: 'waiting' } }));
}

/** Sessions dealt out to the tasks in turn, so that each task has its runs. */
export function taskAt(stage: Stage, number: number): Task {
  return stage.tasks[number % stage.tasks.length] as Task; // a stage has tasks
}

export function mutter(dice: Dice): Beat[] {
  if (dice.chance(0.45)) return [];
  const text = `${dice.pick(mutters)} ${phraseOf(dice, dice.int(3, 9))}.`;
  return [{ is: dice.chance(0.5) ? 'think' : 'say', text }];
}

export function phraseOf(dice: Dice, words: number): string {
  return Array.from({ length: words }, () => dice.pick(filler)).join(' ');
}

/** The chance behind log-odds. */
export function chanceOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
