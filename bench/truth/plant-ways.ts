// Plants ways of working into drafted sessions: what was done between a first attempt and an accepted one, and orders of tools that successes share.
import { gradeOf } from './outcomes.ts';
import { bystander, freeTool, freshInput, insert } from './plant-errors.ts';
import { answerOf, phraseOf, type Stage } from './stage.ts';
import type { Beat, Call, Draft } from './transcript.ts';
import type { GapTruth, Truth } from './truth.ts';
import type { Tool } from './vocabulary.ts';

/** A criterion is not met at first, the agent does one thing (a tool, or an argument given anew), and then it is. The sessions end here. */
export function plantGradedGap(stage: Stage, drafts: Draft[], byArgument: boolean): Truth[] {
  const { dice } = stage;
  const criterion = dice.pick(stage.criteria);
  const tool = freeTool(stage, (t) => !byArgument || t.args.some((s) => s.is === 'word'));
  const slot = tool.args.find((s) => s.is === 'word') ?? dice.pick(tool.args);
  const [wrong, right] = slot.is === 'word' ? dice.shuffle(slot.words) : [];
  for (const draft of drafts) {
    const all = (met: (c: string) => boolean) => Object.fromEntries(stage.criteria.map((c) => [c, met(c)]));
    const fate = dice.next();
    const missed =
      fate < 0.35 ? criterion : fate < 0.5 ? dice.pick(stage.criteria.filter((c) => c !== criterion)) : undefined;
    const input = freshInput({ stage, tool, dice });
    const attempt = byArgument ? { ...input, [slot.name]: missed === criterion ? wrong : right } : input;
    if (byArgument || missed !== criterion) insert(draft, [callTo(stage, tool, attempt)], dice);
    else without(draft, tool.name);
    if (missed === undefined) {
      draft.segments.push([
        gradeOf(
          stage,
          all(() => true),
          0,
          true,
          dice,
        ),
      ]);
      draft.pass = true;
      continue;
    }
    const other = bystander(stage);
    const cure =
      missed === criterion
        ? { ...callTo(stage, tool, byArgument ? { ...input, [slot.name]: right } : input) }
        : callTo(stage, other);
    const between: Beat[] = [{ is: 'say', text: `Having another go, ${phraseOf(dice, 4)}.` }];
    if (dice.chance(0.4)) between.push(callTo(stage, bystander(stage)));
    draft.segments.push(
      [
        gradeOf(
          stage,
          all((c) => c !== missed),
          0,
          false,
          dice,
        ),
      ],
      [...between, cure],
    );
    draft.pass = dice.chance(0.9);
    draft.segments.push([
      gradeOf(
        stage,
        all((c) => draft.pass === true || c !== missed),
        1,
        true,
        dice,
      ),
    ]);
  }
  const truth: GapTruth = {
    is: 'gap',
    wanted: true,
    sub: byArgument ? 'argument' : 'tool',
    tool: tool.name,
    criterion,
  };
  return [byArgument ? { ...truth, argument: slot.name } : truth];
}

const complaintsOfUsers: { said: string; words: string[] }[] = [
  { said: 'The customs form is missing', words: ['customs'] },
  { said: 'You left out the safety sheet', words: ['safety'] },
  { said: 'This is not done: nobody signed the handover', words: ['handover'] },
  { said: 'The second copy is not there', words: ['second', 'copy'] },
  { said: 'You forgot the weather remark', words: ['weather'] },
];
const accepted = ['Good, that is it.', 'Perfect, thanks.', 'Yes, now it is complete.', 'Great, accepted.'];

/** A user says what is missing, the agent calls one tool, the user accepts. */
export function plantUserGap(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const tool = freeTool(stage);
  const { said, words } = dice.pick(complaintsOfUsers);
  for (const draft of dice.sample(drafts, Math.max(10, Math.round(0.14 * drafts.length)))) {
    without(draft, tool.name);
    const between: Beat[] = dice.chance(0.4) ? [callTo(stage, bystander(stage))] : [];
    draft.segments.push([
      { is: 'user', text: `${said}${dice.chance(0.5) ? ', please see to it' : ''}.` },
      ...between,
      callTo(stage, tool),
      { is: 'say', text: `Done now: ${phraseOf(dice, 5)}.` },
      { is: 'user', text: dice.pick(accepted) },
    ]);
  }
  const gap: GapTruth = { is: 'gap', wanted: true, sub: 'user', tool: tool.name, words };
  return [gap, { is: 'preference', wanted: false, words }];
}

/** Successes of some tasks call four or five tools in one order, with other calls between; failures call them in any order. */
export function plantWorkflow(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const tools = Array.from({ length: dice.int(3, 5) }, () => freeTool(stage));
  for (const tool of tools) stage.reserved.add(tool.name);
  const cluster = new Set(dice.sample(stage.tasks, Math.max(4, Math.round(stage.tasks.length / 3))).map((t) => t.id));
  for (const draft of drafts) {
    for (const tool of tools) without(draft, tool.name);
    const ordered = cluster.has(draft.task ?? '') && draft.pass === true && dice.chance(0.85);
    let at = dice.int(0, 2);
    for (const tool of ordered ? tools : dice.shuffle(tools)) {
      draft.segments.splice(Math.min(at, draft.segments.length - 1), 0, [callTo(stage, tool)]);
      at += ordered ? dice.weighted([0, 6, 3, 1]) : dice.int(1, 3);
    }
  }
  return [{ is: 'workflow', wanted: true, tools: tools.map((t) => t.name) }];
}

function callTo(stage: Stage, tool: Tool, input = freshInput({ stage, tool, dice: stage.dice })): Call {
  return { is: 'call', tool: tool.name, input, gave: answerOf(tool, stage.dice, 0.5) };
}

function without(draft: Draft, tool: string): void {
  draft.segments = draft.segments.filter((s) => !s.some((b) => b.is === 'call' && b.tool === tool));
}
