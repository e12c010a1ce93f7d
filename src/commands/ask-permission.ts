// Asks the person at the terminal whether a call may be made; never without a terminal, and never approves what was not shown whole.
import { safeForTerminal } from '../base/text.ts';
import type { PermissionDecision } from '../domain/permission.ts';
import type { Printer } from './print.ts';
import { CTRL_C, CTRL_D, type Keys, readLine } from './terminal-keys.ts';

/** What the person is asked. */
export interface PermissionQuestion {
  tool: string;
  /** The exact call as a person reads it: the command, the path, or the arguments. */
  call: string;
  decision: PermissionDecision;
  /** The pattern that `s` would allow for this session; the key is not offered without one. */
  forSession?: string | undefined;
  /** The pattern that `a` would write into config.yaml; the key is not offered without one. */
  forAlways?: string | undefined;
}

export type PermissionAnswer =
  | { type: 'once' }
  | { type: 'session'; pattern: string }
  | { type: 'always'; pattern: string }
  /** `because` is for the model. */
  | { type: 'no'; because?: string }
  /** The person ends the run. */
  | { type: 'stop' }
  /** Ctrl-C, a lost terminal, or the signal: the turn is interrupted, nothing was answered. */
  | { type: 'interrupted' };

/** Where the person sits. */
export interface Desk {
  print: Printer;
  keys: Keys;
  signal: AbortSignal;
}

/** Asks until a key answers. Keys typed before the question stood there count for nothing. */
export async function askPermission(desk: Desk, question: PermissionQuestion): Promise<PermissionAnswer> {
  const { print, keys, signal } = desk;
  let hidden = show(print, question);
  keys.forget();
  for (;;) {
    print.part(print.paint.dim(`${offered(question, hidden > 0)} `));
    const key = await keys.next();
    print.line();
    if (key === null || key === CTRL_C || signal.aborted) return { type: 'interrupted' };
    if (key === 'q' || key === CTRL_D) return { type: 'stop' };
    if (key === 'n') return { type: 'no' };
    if (key === 'r') {
      const because = await why(desk);
      if (because !== undefined) return { type: 'no', because };
      continue;
    }
    const answer = yes(key, question);
    if (answer === undefined && key !== 'm') continue;
    if (hidden === 0 && answer !== undefined) return answer;
    // Whatever a call hides in its middle is seen before anybody says yes to it.
    if (hidden > 0) {
      hidden = 0;
      showCall(print, question.call.split('\n'));
      keys.forget();
    }
  }
}

/**
 * Text as it is, with everything that a terminal would not show, or would show as something else, spelt out: control
 * characters, marks that turn the direction of writing, blanks of no width. Line breaks stay.
 */
export function visible(text: string): string {
  const spelt = text.replace(INVISIBLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return safeForTerminal(spelt);
}

// Controls and formats (Cc, Cf with the marks of direction), separators but the blank, and what a font leaves out.
const INVISIBLE = /[^\P{C}\n]|[^\P{Z} ]|\p{Default_Ignorable_Code_Point}|[\u2800\u3164\uffa0]/gu;

const MOST_LINES = 16;
const MOST_CHARACTERS = 2_000;

// Returns how many lines are not shown.
function show(print: Printer, { tool, call, decision }: PermissionQuestion): number {
  print.line();
  print.line(print.paint.bold(`May the agent use ${visible(tool)}?`));
  const lines = call.split('\n');
  if (lines.length <= MOST_LINES && call.length <= MOST_CHARACTERS) showCall(print, lines);
  else {
    const half = MOST_LINES / 2;
    const short = (line: string) => (line.length > 160 ? `${line.slice(0, 160)} …` : line);
    showCall(print, lines.slice(0, half).map(short));
    print.line(print.paint.yellow(`  … ${call.length.toLocaleString('en-US')} characters in all; m shows them`));
    if (lines.length > half) showCall(print, lines.slice(Math.max(half, lines.length - half)).map(short));
  }
  print.line(print.paint.dim(`asked because ${visible(decision.reason)}`));
  return lines.length <= MOST_LINES && call.length <= MOST_CHARACTERS ? 0 : lines.length;
}

function showCall(print: Printer, lines: readonly string[]): void {
  for (const line of lines) print.line(`  ${visible(line)}`);
}

function offered({ forSession, forAlways }: PermissionQuestion, folded: boolean): string {
  return [
    ...(folded ? ['m show all'] : []),
    'y once',
    ...(forSession === undefined ? [] : [`s this session: ${visible(forSession)}`]),
    ...(forAlways === undefined ? [] : [`a always: ${visible(forAlways)}`]),
    'n no',
    'r no, and why',
    'q stop',
  ].join(' · ');
}

function yes(key: string, { forSession, forAlways }: PermissionQuestion): PermissionAnswer | undefined {
  if (key === 'y') return { type: 'once' };
  if (key === 's' && forSession !== undefined) return { type: 'session', pattern: forSession };
  if (key === 'a' && forAlways !== undefined) return { type: 'always', pattern: forAlways };
  return undefined;
}

async function why({ print, keys }: Desk): Promise<string | undefined> {
  print.part('what should it do instead? (Escape to go back) ');
  const said = await readLine(keys, print.part);
  print.line();
  return said === null || said === '' ? undefined : said;
}
