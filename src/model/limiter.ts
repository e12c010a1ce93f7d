// Who of a process may talk to a server now: when it tells one to wait all wait, and one goes first afterwards; sends nothing.

/** Leave to have one request in flight; it must be given back once. */
export interface Pass {
  /** `busy`: the server said that it is too busy. `served`: it answered. `other`: neither is known. */
  leave(how: 'served' | 'other' | { busyMs: number }): void;
}

export interface Limiter {
  /** Waits for its turn, first come first served. Undefined if the signal fires first. */
  enter(signal: AbortSignal): Promise<Pass | undefined>;
}

interface Waiting {
  go(pass: Pass | undefined): void;
}

export interface LimiterOptions {
  now: () => Date;
  /** Requests that may be in flight at once; no limit if absent. */
  concurrent?: number;
}

/** One limiter for each server, shared by all who ask it. */
export function limiter({ now, concurrent = Number.POSITIVE_INFINITY }: LimiterOptions): Limiter {
  return new Gate(now, concurrent);
}

class Gate implements Limiter {
  private readonly now: () => Date;
  private readonly concurrent: number;
  private readonly queue: Waiting[] = [];
  private inFlight = 0;
  /** `open`: anyone may go · `held`: nobody until `until` · `proving`: only one, until the server has served it. */
  private state: 'open' | 'held' | 'proving' = 'open';
  private probing = false;
  private until = 0;
  private heldMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(now: () => Date, concurrent: number) {
    this.now = now;
    this.concurrent = Math.max(1, concurrent);
  }

  enter(signal: AbortSignal): Promise<Pass | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting: Waiting = { go: resolve };
      this.queue.push(waiting);
      this.settle();
      if (!this.queue.includes(waiting)) return; // most need not wait
      const abort = () => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        this.settle();
        resolve(undefined);
      };
      signal.addEventListener('abort', abort, { once: true });
      waiting.go = (pass) => {
        signal.removeEventListener('abort', abort);
        resolve(pass);
      };
    });
  }

  /** Lets in whoever may go. A timer runs only while somebody waits for it. */
  private settle(): void {
    if (this.queue.length === 0) this.stopTimer();
    while (this.queue.length > 0 && this.inFlight < this.concurrent) {
      if (this.state === 'held' && !this.isOver()) return;
      if (this.state === 'proving' && this.probing) return;
      this.admit(this.queue.shift());
    }
  }

  /** Whether the wait has passed; if not, a timer will tell. */
  private isOver(): boolean {
    if (this.timer !== undefined) return false;
    const left = this.left();
    const over = () => {
      this.timer = undefined;
      this.state = 'proving';
    };
    if (left <= 0) over();
    else
      this.timer = setTimeout(() => {
        over();
        this.settle();
      }, left);
    return left <= 0;
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  // A clock that is set back must not make the wait longer than it was meant to be.
  private left(): number {
    return Math.min(this.heldMs, this.until - this.now().getTime());
  }

  private admit(waiting: Waiting | undefined): void {
    const probe = this.state === 'proving';
    this.probing = probe;
    this.inFlight++;
    let left = false;
    waiting?.go({
      leave: (how) => {
        if (left) return;
        left = true;
        this.inFlight--;
        this.note(how, probe);
        this.settle();
      },
    });
  }

  private note(how: Parameters<Pass['leave']>[0], probe: boolean): void {
    if (probe) this.probing = false;
    if (typeof how === 'object') this.hold(how.busyMs);
    // An old request that still succeeds proves nothing: it was let in before the server was too busy.
    else if (how === 'served' && probe && this.state === 'proving') this.state = 'open';
  }

  private hold(ms: number): void {
    const until = this.now().getTime() + ms;
    if (this.state === 'held' && until <= this.until) return;
    this.stopTimer();
    this.state = 'held';
    this.until = until;
    this.heldMs = ms;
  }
}
