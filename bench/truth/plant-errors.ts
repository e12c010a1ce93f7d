// Plants errors with a known cure, or none, into drafted sessions: by an argument, by another tool first, by waiting, by nothing.
import type { Dice } from './random.ts';
import { answerOf, complain, fillSlot, inputOf, mutter, phraseOf, type Stage } from './stage.ts';
import { type Beat, type Call, callsOf, type Draft } from './transcript.ts';
import type { ErrorTruth, RepeatTruth, Truth } from './truth.ts';
import type { Slot, Tool } from './vocabulary.ts';

interface Scene {
  stage: Stage;
  dice: Dice;
  tool: Tool;
  word: string;
  /** An error text of the planted kind about this call. */
  complaint(input: Record<string, unknown>): string;
}

/** One bad value (a word that mostly stays, or numbers above a limit that vary anyway) fails; another value works at once. */
export function plantArgumentFix(stage: Stage, drafts: Draft[], varies: boolean): Truth[] {
  const wanted = varies ? 'number' : 'word';
  const roomy = (s: Slot) => s.is === wanted && (s.is !== 'number' || s.high - s.low >= 20);
  const tool = freeTool(stage, (t) => t.args.some(roomy));
  const slot = stage.dice.pick(tool.args.filter(roomy));
  const scene = sceneOf(stage, tool, stage.dice.chance(0.6) ? slot.name : undefined);
  const { bad, good } = valuesOf(slot, stage.dice);
  for (const call of drafts.flatMap(callsOf))
    if (call.tool === tool.name && bad(call.input[slot.name])) call.input[slot.name] = good(stage.dice);
  for (const draft of chosen(stage, drafts)) {
    const { dice } = stage;
    const broken = freshInput(scene);
    while (!bad(broken[slot.name])) broken[slot.name] = fillSlot(slot, dice, 0.9);
    const mended = { ...broken, [slot.name]: good(dice) };
    const other = dice.pick(tool.args);
    if (dice.chance(0.2) && other !== slot) mended[other.name] = fillSlot(other, dice, 0.5);
    const beats: Beat[] = [...mutter(dice), failing(scene, broken)];
    if (dice.chance(0.2)) beats.push(failing(scene, broken));
    if (dice.chance(0.2)) beats.push(sideStep(scene));
    if (!dice.chance(0.08)) beats.push(...mutter(dice), working(scene, mended));
    insert(draft, beats, dice);
  }
  return [errorTruth(scene, { by: 'argument', argument: slot.name })];
}

/** The call works unchanged once another tool was called. */
export function plantToolFix(stage: Stage, drafts: Draft[]): Truth[] {
  const scene = sceneOf(stage, freeTool(stage));
  const opener = freeTool(stage);
  for (const draft of chosen(stage, drafts)) {
    const { dice } = stage;
    const input = freshInput(scene);
    const beats: Beat[] = [...mutter(dice), failing(scene, input)];
    if (dice.chance(0.25)) beats.push(failing(scene, input));
    if (dice.chance(0.15)) beats.push(sideStep(scene));
    if (!dice.chance(0.08)) {
      const opening = sceneOf(stage, opener);
      beats.push(...mutter(dice), working(opening, freshInput(opening)), working(scene, input));
    }
    insert(draft, beats, dice);
  }
  return [errorTruth(scene, { by: 'tool', tool: opener.name })];
}

/** Every later attempt works with the same chance, whatever was changed meanwhile; often the same argument is. */
export function plantWaiting(stage: Stage, drafts: Draft[]): Truth[] {
  const scene = sceneOf(stage, freeTool(stage));
  const { dice, tool } = scene;
  const fidget = dice.pick(tool.args);
  for (const draft of chosen(stage, drafts)) {
    let input = freshInput(scene);
    const beats: Beat[] = [...mutter(dice), failing(scene, input)];
    for (let attempt = 0; attempt < 4; attempt++) {
      if (dice.chance(0.3)) beats.push(sideStep(scene));
      else if (dice.chance(0.4)) beats.push({ is: 'say', text: `Once more after a while, ${phraseOf(dice, 3)}.` });
      if (dice.chance(0.4)) input = { ...input, [fidget.name]: fillSlot(fidget, dice, 0.5) };
      const works = dice.chance(0.6);
      beats.push(works ? working(scene, input) : failing(scene, input));
      if (works) break;
    }
    insert(draft, beats, dice);
  }
  return [{ ...errorTruth(scene, { by: 'waiting' }), repeated: true }];
}

/** Nothing that is tried helps: other arguments, other tools first, the same again. */
export function plantDeadEnd(stage: Stage, drafts: Draft[]): Truth[] {
  const scene = sceneOf(stage, freeTool(stage));
  const { dice, tool } = scene;
  for (const draft of chosen(stage, drafts)) {
    let input = freshInput(scene);
    const beats: Beat[] = [...mutter(dice), failing(scene, input)];
    for (let tries = dice.int(1, 4); tries > 0; tries--) {
      const how = dice.next();
      if (how < 0.3) beats.push(sideStep(scene));
      else if (how < 0.8) input = { ...input, ...freshInput(scene) };
      beats.push(...mutter(dice), failing(scene, input));
    }
    giveUp(draft, tool.name, insert(draft, beats, dice));
  }
  return [{ ...errorTruth(scene, { by: 'nothing' }), repeated: true }];
}

/** The very same failing call three to five times in a row, then something else. */
export function plantBlindRetry(stage: Stage, drafts: Draft[]): Truth[] {
  const scene = sceneOf(stage, freeTool(stage));
  const { dice, tool } = scene;
  for (const draft of chosen(stage, drafts)) {
    const input = freshInput(scene);
    const beats: Beat[] = [...mutter(dice)];
    for (let times = dice.int(3, 5); times > 0; times--) beats.push(failing(scene, input));
    giveUp(draft, tool.name, insert(draft, beats, dice));
  }
  const repeat: RepeatTruth = { is: 'blind_retry', wanted: true, tools: [tool.name] };
  return [repeat, { ...errorTruth(scene, { by: 'nothing' }), wanted: false, repeated: true }];
}

/** A tool that no other plant of this world has taken; it no longer goes wrong by itself. */
export function freeTool(stage: Stage, fits: (tool: Tool) => boolean = () => true): Tool {
  const tool = stage.dice.pick(stage.tools.filter((t) => !stage.steady.has(t.name) && fits(t)));
  stage.steady.add(tool.name);
  return tool;
}

/** A tool that no plant has taken, for calls that mean nothing. */
export function bystander(stage: Stage): Tool {
  return stage.dice.pick(stage.tools.filter((t) => !stage.steady.has(t.name)));
}

/** The sessions that show a plant: at least 10, about one in seven, of whatever tasks. */
export function chosen(stage: Stage, drafts: readonly Draft[], share = 0.14): Draft[] {
  return stage.dice.sample(drafts, Math.max(10, Math.round(share * drafts.length)));
}

/** Puts beats between two segments, before the closing words; tells where. */
export function insert(draft: Draft, beats: Beat[], dice: Dice): number {
  const at = dice.int(0, Math.max(0, draft.segments.length - 1));
  draft.segments.splice(at, 0, beats);
  return at;
}

export function freshInput({ stage, tool, dice }: Pick<Scene, 'stage' | 'tool' | 'dice'>): Record<string, unknown> {
  return inputOf(stage, tool, dice, new Map(), 0.5);
}

function sceneOf(stage: Stage, tool: Tool, about?: string): Scene {
  const { dice } = stage;
  const word = stage.words.pop() ?? phraseOf(dice, 2).replace(' ', '');
  const phrase = dice.pick(stage.wordings);
  return { stage, dice, tool, word, complaint: (input) => complain(phrase, word, tool, input, dice, about) };
}

function valuesOf(slot: Slot, dice: Dice): { bad: (value: unknown) => boolean; good: (dice: Dice) => unknown } {
  if (slot.is === 'word') {
    const [wrong, ...right] = dice.shuffle(slot.words);
    return { bad: (value) => value === wrong, good: (d) => d.pick(right) };
  }
  if (slot.is !== 'number') throw new Error('only words and numbers have bad values');
  const limit = Math.round(slot.low + 0.75 * (slot.high - slot.low));
  return { bad: (value) => Number(value) > limit, good: (d) => d.int(slot.low, limit) };
}

function failing({ stage, tool, complaint }: Scene, input: Record<string, unknown>): Call {
  return { is: 'call', tool: tool.name, input, failed: complaint(input), flagged: stage.flagged };
}

function working({ tool, dice }: Pick<Scene, 'tool' | 'dice'>, input: Record<string, unknown>): Call {
  return { is: 'call', tool: tool.name, input, gave: answerOf(tool, dice, 0.5) };
}

function sideStep({ stage, dice }: Scene): Call {
  const other = bystander(stage);
  return working({ tool: other, dice }, inputOf(stage, other, dice, new Map(), 0.5));
}

/** Drops later calls of the tool, so that an ordinary success does not look like a cure. */
function giveUp(draft: Draft, tool: string, after: number): void {
  draft.segments = draft.segments.filter((s, i) => i <= after || !s.some((b) => b.is === 'call' && b.tool === tool));
}

function errorTruth(scene: Scene, cure: ErrorTruth['cure']): ErrorTruth {
  return { is: 'error', wanted: true, tool: scene.tool.name, words: [scene.word], cure };
}
