// When to ask again and when to give up: waits with full jitter, and limits to waiting; asks nobody itself.

export interface RetryPolicy {
  /** The longest single wait, also where the server asks for a longer one. */
  capMs: number;
  /** The first wait is chance between 0 and this; each further one between 0 and twice the one before, up to 30 s. */
  baseMs: number;
  /** Waiting that one question may take in all … */
  perAskMs: number;
  /** … and all questions of one run together. */
  perRunMs: number;
  /** Attempts for one question, the first included. */
  attempts: number;
  /** Of those, how many may end in a server's silence, which costs minutes each. */
  silences: number;
}

const MINUTE = 60_000;

/** Somebody is watching: at most a minute at a time, five for one question. */
export const interactiveRetries: RetryPolicy = {
  capMs: MINUTE,
  baseMs: 1000,
  perAskMs: 5 * MINUTE,
  perRunMs: 30 * MINUTE,
  attempts: 10,
  silences: 2,
};

/** Nobody is watching: an outage of an hour is waited out. */
export const unattendedRetries: RetryPolicy = {
  capMs: 15 * MINUTE,
  baseMs: 2000,
  perAskMs: 120 * MINUTE,
  perRunMs: 240 * MINUTE,
  attempts: 40,
  silences: 3,
};

/** What backoff grows to by itself; only a server can ask for more. */
const BACKOFF_MAX_MS = 30_000;

/** One question's way through its attempts. */
export interface Tries {
  /** How long to wait after a failed attempt, in milliseconds, or why there is no other. `afterMs`: what the server asked for. */
  next(failed: { afterMs?: number; slow: boolean }): number | 'attempts' | 'time' | 'silence';
}

/** The retries of one run: its questions share the time that may be waited. */
export interface Retries {
  ask(): Tries;
}

/** `random`: 0 ≤ x < 1, and another one each time. */
export function retries(policy: RetryPolicy, random: () => number): Retries {
  let ofRun = 0;
  return {
    ask() {
      let ofAsk = 0;
      let attempts = 0;
      let silences = 0;
      return {
        next({ afterMs, slow }) {
          attempts++;
          if (slow) silences++;
          if (attempts >= policy.attempts) return 'attempts';
          if (silences >= policy.silences) return 'silence';
          const waitMs = Math.min(policy.capMs, Math.max(afterMs ?? 0, backoff(policy, attempts, random())));
          if (ofAsk + waitMs > policy.perAskMs || ofRun + waitMs > policy.perRunMs) return 'time';
          ofAsk += waitMs;
          ofRun += waitMs;
          return waitMs;
        },
      };
    },
  };
}

// Full jitter: clients that failed together must not come back together, and no wait is the shortest on average.
function backoff(policy: RetryPolicy, attempts: number, random: number): number {
  return Math.round(random * Math.min(BACKOFF_MAX_MS, policy.baseMs * 2 ** (attempts - 1)));
}

/** Waits. False, and at once, if the signal fires first; leaves neither timer nor listener behind. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = (waited: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(waited);
    };
    const stop = () => done(false);
    const timer = setTimeout(() => done(true), ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
