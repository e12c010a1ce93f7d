// Work that a lead does not wait for: what is at work, what has ended and was not told yet, and the stopping of one without the others; tells nobody itself.
import type { Delivered } from './task.ts';

export class Background {
  readonly #running = new Map<string, { stop: AbortController; end: Promise<void> }>();
  readonly #ended: Delivered[] = [];
  #failures: unknown[] = [];

  /** Lets `work` go on in the thread by itself; its end is kept until it is taken. `above` stops it too. */
  start(thread: string, above: AbortSignal, work: (signal: AbortSignal) => Promise<Delivered>): void {
    const stop = new AbortController();
    const end = work(AbortSignal.any([above, stop.signal]))
      .then(
        (delivered) => void this.#ended.push(delivered),
        // A bug, or a disk that refuses: thrown on where somebody waits, never lost.
        (reason: unknown) => void this.#failures.push(reason),
      )
      .finally(() => this.#running.delete(thread));
    this.#running.set(thread, { stop, end });
  }

  runs(thread: string): boolean {
    return this.#running.has(thread);
  }

  /** What has ended since it was last asked. Throws what work threw. */
  taken(): Delivered[] {
    if (this.#failures.length > 0) throw this.#failures[0];
    return this.#ended.splice(0);
  }

  /** Waits until nothing is at work any more. */
  async all(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ end }) => end));
  }

  /** Stops one thread, and waits for its end; the others go on. False where it is not at work. */
  async stop(thread: string): Promise<boolean> {
    const running = this.#running.get(thread);
    running?.stop.abort();
    await running?.end;
    return running !== undefined;
  }

  /** Stops everything, and waits for it. */
  async stopAll(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort();
    await this.all();
  }
}
