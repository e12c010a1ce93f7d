// Who holds which file of a folder that several threads change: the last to write it, until its work is handed in; kept in memory, locks nothing on disk.
import type { Claim } from '../tools/workspace-files.ts';

/** The main conversation, by the name under which it holds files. */
export const MAIN = 'main';

export interface WriteLock {
  /**
   * What a thread asks before it changes a file. `above` are the threads that it works for, the main one included: what they
   * hold is open to it, since they wait for it.
   */
  claimFor(thread: string, above: readonly string[]): Claim;
  /** Lets go of all that a thread holds. */
  release(thread: string): void;
}

/** The lock of one folder; paths are those below it. */
export function openWriteLock(): WriteLock {
  // The newest holder last: a thread that takes a file over from the one it works for gives it back when it is done.
  const holders = new Map<string, string[]>();
  return {
    claimFor: (thread, above) => (path) => {
      const of = holders.get(path) ?? [];
      const holder = of.at(-1);
      if (holder === thread) return undefined;
      if (holder !== undefined && !above.includes(holder)) return heldBy(path, holder);
      holders.set(path, [...of, thread]);
      return undefined;
    },
    release: (thread) => {
      for (const [path, of] of holders) {
        const left = of.filter((holder) => holder !== thread);
        if (left.length === 0) holders.delete(path);
        else holders.set(path, left);
      }
    },
  };
}

function heldBy(path: string, holder: string): string {
  return (
    `${path} is held by ${holder}, which has changed it and is still at work. Nothing was written. ` +
    'Leave that file to it, or say in your answer what should change there.'
  );
}
