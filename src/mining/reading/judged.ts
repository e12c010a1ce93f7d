// What a candidate of readers is judged by, and what it comes to; types only, judges nothing.
import type { Finding } from '../detectors/detector.ts';

/** A finding of ours, or why it is none. */
export type Judged = { finding: Finding } | { rule: string; reason: string };

/** Sessions that readers were shown, and how many candidates of a kind share what chance allows. */
export interface JudgedBy {
  read: ReadonlySet<string>;
  asked: number;
}
