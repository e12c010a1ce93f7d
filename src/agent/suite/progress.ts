// How far a run of a suite has come, in a line with what it cost and how long it may yet take; pure, is handed every time.
import { count, dollars } from '../../base/text.ts';

export interface Progress {
  passed: number;
  failed: number;
  /** Over without a yes or no. */
  other: number;
  usd: number;
  /** Trials of this stretch that are over, and those that are still to come, running ones included. */
  ended: number;
  left: number;
  /** Milliseconds since this stretch began. */
  elapsedMs: number;
}

/** `12 passed, 3 failed · $1.20 · about 4 min left`. */
export function progressLine(progress: Progress): string {
  const { passed, failed, other, usd } = progress;
  const counts = [
    ...(passed + failed > 0 ? [`${passed} passed`, `${failed} failed`] : []),
    ...(other > 0 ? [`${other} ended`] : []),
  ];
  const left = timeLeft(progress);
  return [
    ...(counts.length > 0 ? [counts.join(', ')] : []),
    ...(usd > 0 ? [dollars(usd)] : []),
    ...(left === undefined ? [] : [`${inWords(left)} left`]),
  ].join(' · ');
}

/** Milliseconds that the rest takes at the pace so far; undefined before anything has ended. */
export function timeLeft({ ended, left, elapsedMs }: Progress): number | undefined {
  return ended === 0 || left === 0 ? undefined : (elapsedMs / ended) * left;
}

function inWords(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return 'less than a minute';
  if (minutes < 90) return `about ${Math.round(minutes)} min`;
  return `about ${count(Math.round(minutes / 60), 'hour')}`;
}
