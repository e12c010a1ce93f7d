// When the conversations of a run are made shorter: by the settings, and by what the model is known to take; shortens none itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Compaction } from '../../agent/compaction.ts';
import type { Settings } from '../../domain/settings.ts';
import { contextWindow } from '../../model/context-windows.ts';
import { packageRoot } from '../../workspace.ts';

const SHARE = 0.8; // of what the model takes: the rest is for its answers and the summary

let prompt: string | undefined; // the text ships with the program, so one reading does for all runs

/** What a session on this model is handed; undefined where the settings switch compaction off. */
export function compactionFor({ compaction }: Pick<Settings, 'compaction'>, model: string): Compaction | undefined {
  if (compaction.off) return undefined;
  const window = contextWindow(model);
  const at = compaction.at_tokens ?? (window === undefined ? undefined : Math.floor(window * SHARE));
  prompt ??= readFileSync(join(packageRoot(), 'templates', 'prompts', 'compaction.md'), 'utf8').trim();
  return { ...(at !== undefined && { at }), keepTurns: compaction.keep_turns, prompt };
}
