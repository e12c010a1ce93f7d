// Questions to the person at the terminal while an agent runs: one at a time, the spinner away, the budget's clock stopped.
import type { SessionBudget } from '../../agent/budget.ts';
import type { AskPerson } from '../../agent/tools/ask.ts';
import { oneByOne } from '../../base/one-by-one.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { Desk } from '../ask-permission.ts';
import type { CommandContext } from '../context.ts';
import { openKeys, readLine } from '../terminal-keys.ts';

/** Puts a question; questions that come meanwhile wait for their turn. */
export type AtTerminal = <T>(question: (desk: Desk) => Promise<T>) => Promise<T>;

/** The way to the person; undefined where stdin or stdout is no terminal, so that nothing piped is taken for an answer. */
export function atTerminal(
  { interactive, print, signal, stop }: CommandContext,
  budget: Pick<SessionBudget, 'pause' | 'resume'>,
): AtTerminal | undefined {
  if (!interactive) return undefined;
  const inTurn = oneByOne();
  return (question) =>
    inTurn(async () => {
      stop();
      budget.pause();
      const keys = openKeys(process.stdin, signal);
      try {
        return await question({ print, keys, signal });
      } finally {
        keys.close();
        budget.resume();
      }
    });
}

/** What is shown while a session runs. */
export interface Shown {
  onEvent: (event: SessionEvent) => void;
  activity: (text: string) => void;
}

/** The same terminal and what is shown beside it: while a question stands there, other threads go on, and what they do is shown after it. */
export function shownBetween(terminal: AtTerminal, shown: Shown): Shown & { terminal: AtTerminal } {
  let asking = 0;
  const held: SessionEvent[] = [];
  return {
    terminal: (question) =>
      terminal(async (desk) => {
        asking++;
        try {
          return await question(desk);
        } finally {
          asking--;
          for (const event of held.splice(0)) shown.onEvent(event);
        }
      }),
    onEvent: (event) => {
      if (asking > 0) held.push(event);
      else shown.onEvent(event);
    },
    activity: (text) => {
      if (asking === 0) shown.activity(text);
    },
  };
}

/** What the tool `ask` uses: the question in full, the answers to choose from by number, and a line to type. */
export function personFor(terminal: AtTerminal): AskPerson {
  return (question, options) =>
    terminal(async ({ print, keys }) => {
      print.line();
      print.line(print.paint.bold('The agent asks:'));
      print.line(print.outside(question));
      for (const [i, option] of options.entries()) print.line(`  ${i + 1}  ${print.outside(option)}`);
      print.part(options.length > 0 ? 'a number, or your own words: ' : '> ');
      const said = await readLine(keys, print.part);
      print.line();
      if (said === null || said.trim() === '') return undefined;
      return options[Number(said.trim()) - 1] ?? said;
    });
}
