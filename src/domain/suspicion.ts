// A pass that the transcript does not bear out, and the words in which that is told; decides about none.
import { count } from '../base/text.ts';

/** `idle`: no call was made, although most sessions of the task carried one out. `failing`: calls were made, and none was carried out. */
export interface Suspicion {
  session: string;
  why: 'idle' | 'failing';
}

/** One sentence without its full stop; empty where there is none. */
export function suspicionWords(suspect: readonly Suspicion[]): string {
  if (suspect.length === 0) return '';
  const of = (why: Suspicion['why']) => suspect.filter((s) => s.why === why).length;
  const idle = `${passes(of('idle'))} without a call where most sessions of the task needed one`;
  const failing = `${passes(of('failing'))} in which no call was carried out`;
  const reasons = [...(of('idle') > 0 ? [idle] : []), ...(of('failing') > 0 ? [failing] : [])];
  const are =
    suspect.length === 1 ? '1 outcome is suspect and carries' : `${suspect.length} outcomes are suspect and carry`;
  return `${are} no weight: ${reasons.join('; ')}`;
}

function passes(n: number): string {
  return count(n, 'pass', 'passes');
}
