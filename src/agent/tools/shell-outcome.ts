// How a command ended, as a model is told; runs none.
import type { ShellEnd } from '../../host/shell.ts';
import { failed, said, type ToolOutcome } from './tool.ts';

/** A command's end and its output as the model is told. Anything but the exit code 0 is an error. */
export function shellOutcome(end: ShellEnd, text: string, seconds?: number): ToolOutcome {
  const note = endNote(end, seconds);
  if (note === undefined) return said(text === '' ? '[no output]' : text);
  return failed(text === '' || text.endsWith('\n') ? `${text}[${note}]` : `${text}\n[${note}]`);
}

/** How a command ended, in words; undefined where it ended well. */
export function endNote({ failed: never, stopped, code, signal }: ShellEnd, seconds?: number): string | undefined {
  if (never !== undefined) return `not started: ${never}`;
  if (stopped === 'timeout') return `stopped after ${seconds} seconds, with everything that it had started`;
  if (stopped === 'interrupted') return 'interrupted, with everything that it had started';
  if (stopped === 'asked') return 'stopped, with everything that it had started';
  if (signal !== undefined) return `ended by ${signal}`;
  // What a shell makes of a signal, signal(7).
  if (code === 137) return 'exit code 137: killed, perhaps for want of memory';
  return code === 0 ? undefined : `exit code ${code}`;
}
