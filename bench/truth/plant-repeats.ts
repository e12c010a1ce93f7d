// Plants loops, edits that are put back, and polling that only looks like a loop; every one of them without an effect on outcomes.
import { chosen, freeTool, freshInput, insert } from './plant-errors.ts';
import type { Dice } from './random.ts';
import { answerOf, mutter, phraseOf, type Stage } from './stage.ts';
import type { Beat, Call, Draft } from './transcript.ts';
import type { Truth } from './truth.ts';

/** The same call with the same answer three to six times, or a round of two or three such calls three or four times. */
export function plantLoop(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const tools = Array.from({ length: dice.pick([1, 1, 2, 3]) }, () => freeTool(stage));
  for (const draft of chosen(stage, drafts)) {
    const round = tools.map((tool): Call => {
      const input = freshInput({ stage, tool, dice });
      return { is: 'call', tool: tool.name, input, gave: answerOf(tool, dice, 0.5) };
    });
    const times = tools.length === 1 ? dice.int(3, 6) : dice.int(3, 4);
    insert(draft, [...mutter(dice), ...Array.from({ length: times }, () => round).flat()], dice);
  }
  return [{ is: 'loop', wanted: true, tools: tools.map((t) => t.name) }];
}

/** The same call again and again while its answer moves on: somebody waits for something, and nothing is wrong. */
export function plantPolling(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const tool = freeTool(stage);
  for (const draft of chosen(stage, drafts)) {
    const input = freshInput({ stage, tool, dice });
    let done = dice.int(1, 20);
    const beats: Beat[] = [];
    for (; done < 100; done += dice.int(12, 30))
      beats.push({ is: 'call', tool: tool.name, input, gave: { done_pct: done, state: 'under way' } });
    beats.push({ is: 'call', tool: tool.name, input, gave: { done_pct: 100, state: 'finished' } });
    insert(draft, beats, dice);
  }
  return [];
}

interface Editor {
  tool: string;
  edit(file: string, from: string, to: string): Record<string, unknown>;
  /** The whole text is given, so that the first state must be written first. */
  whole?: true;
}

const editors: Editor[] = [
  { tool: 'Edit', edit: (file_path, old_string, new_string) => ({ file_path, old_string, new_string }) },
  { tool: 'edit_sheet', edit: (sheet, find, put) => ({ sheet, find, put }) },
  {
    tool: 'str_replace_based_edit_tool',
    edit: (path, old_str, new_str) => ({ command: 'str_replace', path, old_str, new_str }),
  },
  { tool: 'Write', edit: (file_path, _, content) => ({ file_path, content }), whole: true },
  { tool: 'write_file', edit: (path, _, content) => ({ path, content }), whole: true },
  { tool: 'patch_text', edit: (file, before, after) => ({ file, before, after }) },
];

/** A passage changed and changed back; other sessions edit the same files and leave it at that. */
export function plantThrash(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const editor = dice.pick(editors);
  for (const draft of dice.sample(drafts, Math.round(0.3 * drafts.length))) {
    const [a, b, c] = versions(dice);
    insert(draft, editing(editor, fileOf(dice), [a, b, c], dice), dice);
  }
  for (const draft of chosen(stage, drafts)) {
    const [a, b] = versions(dice);
    insert(draft, editing(editor, fileOf(dice), [a, b, a], dice), dice);
  }
  return [{ is: 'thrash', wanted: true, tools: [editor.tool] }];
}

function editing(editor: Editor, file: string, states: readonly string[], dice: Dice): Beat[] {
  const beats: Beat[] = [];
  const steps = editor.whole ? ['', ...states] : states;
  for (let i = 1; i < steps.length; i++) {
    const input = editor.edit(file, steps[i - 1] ?? '', steps[i] ?? '');
    beats.push(...mutter(dice), {
      is: 'call',
      tool: editor.tool,
      input,
      gave: { saved: true, bytes: dice.int(200, 9000) },
    });
  }
  return beats;
}

function versions(dice: Dice): [string, string, string] {
  const text = () => `${phraseOf(dice, dice.int(4, 9))} = ${dice.int(10, 9999)}`;
  return [text(), text(), text()];
}

function fileOf(dice: Dice): string {
  return `sheets/${phraseOf(dice, 1)}-${dice.int(1, 40)}.txt`;
}
