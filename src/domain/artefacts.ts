// What a run made, as a transcript tells where it was kept; a schema that keeps nothing itself.
import { z } from 'zod';

/** What a run made, as it was kept at its end: a git tree (held by refs/agentmem/artefacts/), or copies beside the transcript. */
export const artefactsSchema = z.object({
  tree: z.string().optional(),
  /** Folder relative to the transcript's: `<session>.d/outputs`. */
  copy: z.string().optional(),
  files: z.number().int().min(0),
  /** Files that were left out: too large, or too many. */
  skipped: z.number().int().min(0),
});
export type Artefacts = z.infer<typeof artefactsSchema>;
