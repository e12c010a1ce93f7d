// What stages and rooms say while they work; listeners print, post and record it. Nobody below listens.

/** Progress and notes, in the order they happen. `done`/`total` count whatever `unit` names. */
export type Signal =
  | { type: 'progress'; stage: string; done: number; total?: number; unit: string; note?: string }
  | { type: 'note'; stage: string; text: string }
  | { type: 'warning'; stage: string; text: string; where?: string };

/** Takes a signal; must not throw. */
export type Emit = (signal: Signal) => void;
