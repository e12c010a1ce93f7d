// How many threads work at once: the others wait in line, first come first served; knows nothing of what they do.

export interface Gate {
  /** Waits for a place; false where `signal` fired first, and then no place was taken. */
  enter(signal: AbortSignal): Promise<boolean>;
  /** Gives a place back. */
  leave(): void;
  /** How many wait in line. */
  waiting(): number;
}

/** A gate with so many places. */
export function openGate(places: number): Gate {
  let free = places;
  const line: (() => void)[] = [];
  return {
    async enter(signal) {
      if (signal.aborted) return false;
      if (free > 0) {
        free--;
        return true;
      }
      return await new Promise<boolean>((resolve) => {
        const mine = () => {
          signal.removeEventListener('abort', give);
          resolve(true);
        };
        const give = () => {
          line.splice(line.indexOf(mine), 1);
          resolve(false);
        };
        line.push(mine);
        signal.addEventListener('abort', give, { once: true });
      });
    },
    leave() {
      const next = line.shift();
      if (next === undefined) free++;
      else next();
    },
    waiting: () => line.length,
  };
}
