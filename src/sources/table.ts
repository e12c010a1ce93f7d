// The table of sources, one row each; whoever adds a format adds a file and a row.
import { agentmem } from './agentmem.ts';
import { claudeCode } from './claude-code/source.ts';
import type { Source } from './source.ts';
import { tauBench } from './tau-bench.ts';

export const sources: readonly Source[] = [claudeCode, tauBench, agentmem];
