// The table of sources, one row each; whoever adds a format adds a file and a row.
import { agentmem } from './agentmem.ts';
import { claudeCode } from './claude-code/source.ts';
import { codex } from './codex/source.ts';
import { copilotCli } from './copilot-cli.ts';
import { geminiCli } from './gemini-cli.ts';
import { managedAgents } from './managed-agents.ts';
import { messages } from './messages.ts';
import { openCode } from './opencode/source.ts';
import { openHands } from './openhands/source.ts';
import { pi } from './pi.ts';
import type { Source } from './source.ts';
import { sweAgent } from './swe-agent.ts';
import { tauBench } from './tau-bench.ts';
import { tau2Bench } from './tau2-bench.ts';

export const sources: readonly Source[] = [
  claudeCode,
  codex,
  copilotCli,
  openCode,
  geminiCli,
  pi,
  sweAgent,
  openHands,
  tauBench,
  tau2Bench,
  managedAgents,
  agentmem,
  messages,
];
