// What reading a sample takes: the door, the prompt, the focus; types only, asks nobody.
import type { Asker } from '../asking/asker.ts';

export interface ReadingParts {
  asker: Asker;
  /** Text of templates/prompts/read-sample.md. */
  prompt: string;
  /** What the person who dreams wants to have looked at. */
  focus?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Groups that are read side by side. */
  atOnce: number;
}
