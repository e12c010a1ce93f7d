// Notices that a server has fallen silent: no headers, no bytes, or nothing but pings; leaves no timer behind once stopped.

/** How long a server may be silent, in milliseconds. */
export interface Patience {
  /** Until the headers of the answer: slow local models read the whole conversation first. */
  headersMs: number;
  /** Between two bytes; pings count. */
  bytesMs: number;
  /** Between two events other than pings, which only say that a proxy lives. */
  eventsMs: number;
}

const MINUTE = 60_000;
export const usualPatience: Patience = { headersMs: 10 * MINUTE, bytesMs: 5 * MINUTE, eventsMs: 20 * MINUTE };

export interface Silence {
  headers(): void;
  bytes(): void;
  event(): void;
  /** What did not come in time, as a sentence; undefined while all is well. */
  fell(): string | undefined;
  stop(): void;
}

/** Watches from now on; `onFall` is called once, when patience ends. */
export function silence(patience: Patience, onFall: () => void): Silence {
  let fallen: string | undefined;
  let stopped = false;
  const after = (ms: number, what: string) =>
    setTimeout(() => {
      fallen ??= `${what} for ${Math.max(1, Math.round(ms / 1000))} s`;
      stop();
      onFall();
    }, ms);
  let bytes = after(patience.headersMs, 'no answer began');
  let events: NodeJS.Timeout | undefined;
  const stop = () => {
    stopped = true;
    clearTimeout(bytes);
    clearTimeout(events);
  };
  return {
    headers: () => {
      if (stopped) return;
      clearTimeout(bytes);
      bytes = after(patience.bytesMs, 'no byte came');
      events = after(patience.eventsMs, 'nothing but pings came');
    },
    bytes: () => {
      if (!stopped) bytes.refresh();
    },
    event: () => {
      if (!stopped) events?.refresh();
    },
    fell: () => fallen,
    stop,
  };
}
