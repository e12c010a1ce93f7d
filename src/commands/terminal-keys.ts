// Keys that a person presses in a terminal, one by one; the terminal is put back as it was whatever happens.

import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';

/** Keys as typed. `next` resolves to null once nothing more can come: end of input, a lost terminal, or the signal. */
export interface Keys {
  next: () => Promise<string | null>;
  /** Hands the terminal to another program while `work` runs. */
  away: <T>(work: () => T) => T;
  /** Drops what was typed and not asked for yet, so that it answers no question that comes only now. */
  forget: () => void;
  close: () => void;
}

/** Reads single keys from `stdin`, which must be a terminal. Escape sequences (arrows and the like) are passed over. */
export function openKeys(stdin: ReadStream, signal: AbortSignal): Keys {
  const typed: string[] = [];
  const decoder = new StringDecoder('utf8');
  let ended = false;
  let wake: (() => void) | undefined;
  const stir = () => {
    wake?.();
    wake = undefined;
  };
  const onData = (chunk: Buffer) => {
    typed.push(...keysIn(decoder.write(chunk)));
    stir();
  };
  const onEnd = () => {
    ended = true;
    stir();
  };
  const take = (on: boolean) => {
    if (!ended) stdin.setRawMode(on);
    if (on) stdin.resume();
    else stdin.pause();
  };
  stdin.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd);
  signal.addEventListener('abort', onEnd);
  take(true);
  return {
    next: async () => {
      while (typed.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
      return signal.aborted ? null : (typed.shift() ?? null);
    },
    away: (work) => {
      take(false);
      try {
        return work();
      } finally {
        take(true);
      }
    },
    forget: () => {
      typed.length = 0;
    },
    close: () => {
      take(false);
      stdin.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd);
      signal.removeEventListener('abort', onEnd);
    },
  };
}

/** A line as a person types it, shown by `echo`; null when it was given up with Escape, or the input ended. */
export async function readLine(keys: Keys, echo: (text: string) => void): Promise<string | null> {
  const line: string[] = [];
  for (;;) {
    const key = await keys.next();
    if (key === null || key === ESCAPE || key === CTRL_C || key === CTRL_D) return null;
    if (key === '\r' || key === '\n') return line.join('').trim();
    if (key === '\u007f' || key === '\b') {
      if (line.pop() !== undefined) echo('\b \b');
    } else if (!/\p{Cc}/u.test(key)) {
      line.push(key);
      echo(key);
    }
  }
}

export const ESCAPE = '\u001b';
export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';

// A chunk as keys: `ESC [ … letter` and `ESC O letter` are arrows and function keys, a lone ESC is the key itself.
function keysIn(text: string): string[] {
  return [...text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/g, '')];
}
