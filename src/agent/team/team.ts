// A lead's team for one session: its tools, the threads behind them, what a killed process left, and the tidying at the end; runs no session itself.
import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../base/errors.ts';
import { isToolUse, type SessionEvent } from '../../domain/events.ts';
import type { Onlooker } from '../onlooker.ts';
import type { Tool } from '../tools/tool.ts';
import type { Claim } from '../tools/workspace-files.ts';
import { adviseTool } from './advise.ts';
import { tellWhatBrokeOff, wordsFor } from './broken-off.ts';
import { Crew, type Lead, type TeamRequest, type TeamSession } from './crew.ts';
import { onlookerFor } from './critics.ts';
import { delegateTool } from './delegate.ts';
import { withMembers } from './delegation.ts';
import { deliveredInWords } from './delivered-words.ts';
import { listTeamTool } from './list-team.ts';
import { mergeBranchTool } from './merge-branch.ts';
import { stopThreadTool } from './stop-thread.ts';
import { takeFromTool } from './take-from.ts';
import { MAIN } from './write-lock.ts';

export interface Team {
  /** For the lead's hands; none where it has critics alone. */
  tools: Tool[];
  /** For the lead's hands: its members may hold a file. */
  claim: Claim;
  /** Before anything is asked: the session, and what is stored of it. Tells the lead what became of delegations that broke off. */
  attach(session: TeamSession, past: readonly SessionEvent[]): void;
  /** The lead's critics, once it is attached. */
  onlooker(): Onlooker | undefined;
  /** Ends members and cleans their folders up; warns of what is left. May be called twice. */
  close(): Promise<void>;
}

/** The team of an agent whose file names one, or critics; undefined where it has neither. Throws UserError where a member's file cannot be read. */
export function openTeam(request: TeamRequest): Team | undefined {
  const { lead: agent, folder, budget } = request;
  if (agent.team.length === 0 && agent.critics.length === 0) return undefined;
  const crew = new Crew(request);
  for (const { member } of agent.critics) request.readMember(member);
  const lead = withMembers(crew, { above: [MAIN], agent, members: new Map(), folder, level: 1, budget });
  let attached: TeamSession | undefined;
  return {
    tools: agent.team.length === 0 ? [] : toolsOf(crew, lead),
    claim: crew.lockOf(folder).claimFor(MAIN, []),
    attach(session, past) {
      attached = session;
      crew.attach(session, past);
      tellWhatBrokeOff(crew, session, past);
    },
    onlooker: () =>
      attached === undefined ? undefined : withBackground(crew, onlookerFor(crew, lead, attached.conversation)),
    async close() {
      await crew.background.stopAll();
      const threads = [...crew.live.values()].reverse();
      crew.live.clear();
      for (const { member, ground } of threads) {
        await member.close();
        for (const text of await ground.close()) request.warn(text);
      }
      if (attached !== undefined) removeEmpty(join(request.grounds, attached.id));
    },
  };
}

// What members in the background have done is told after each turn; an agent that thinks it is done waits for them first.
function withBackground(crew: Crew, critics: Onlooker | undefined): Onlooker {
  return {
    before: async (answer) => (await critics?.before(answer)) ?? new Map(),
    after: async (answer) => {
      const words = (await critics?.after(answer)) ?? [];
      if (!answer.some(isToolUse)) await crew.background.all();
      const ended = crew.background.taken();
      if (ended.length === 0) return words;
      return [...words, ...ended.flatMap((end) => wordsFor(deliveredInWords(end)))];
    },
  };
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    // Nothing was there, or what nobody took over still is.
    if (systemCode(error) === undefined) throw error;
  }
}

function toolsOf(crew: Crew, lead: Lead): Tool[] {
  const kinds = new Set([...lead.members.values()].map(({ workspace }) => workspace));
  return [
    delegateTool(crew, lead, (other) => toolsOf(crew, other)),
    listTeamTool(crew, lead),
    ...(lead.thread === undefined ? [stopThreadTool(crew)] : []),
    adviseTool(crew, lead),
    ...(kinds.has('copy') ? [takeFromTool(crew, lead)] : []),
    ...(kinds.has('worktree') ? [mergeBranchTool(crew, lead)] : []),
  ];
}
