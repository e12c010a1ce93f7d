// What a team is handed by whoever starts the run: agents' files, members opened for a thread, an advisor; a contract, no behaviour.
import type { Agent } from '../../domain/agent.ts';
import type { Block } from '../../domain/events.ts';
import type { Briefing } from '../briefing.ts';
import type { SessionBudget, Used } from '../budget.ts';
import type { LoopRequest } from '../loop.ts';
import type { Tool } from '../tools/tool.ts';
import type { Claim } from '../tools/workspace-files.ts';

/** A member that is wanted for one thread. */
export interface MemberOrder {
  agent: Agent;
  /** Id of the thread, as people and models read it: `scout-1`. */
  thread: string;
  /** Where it works, with links resolved. */
  folder: string;
  /** Tools of its own team, where it may delegate. */
  more: readonly Tool[];
  /** Asked before a file is changed, where others work in the same folder. */
  claim?: Claim;
  /** False: it only reads what it is shown, and needs no tools. */
  hands: boolean;
  /** The first message, where the thread is new: what its lessons are chosen by. Absent = it has them already. */
  task?: string;
  /** What the thread has used so far, for its own limits. */
  used: Used;
}

/** All that the loop needs and that is not the thread's or the session's. */
export type Mind = Omit<
  LoopRequest,
  'conversation' | 'journal' | 'budget' | 'tools' | 'onlooker' | 'signal' | 'redact' | 'warn'
>;

/** A member that is open: its own model, tools, rules and limits. */
export interface Member extends Mind {
  tools: ReadonlyMap<string, Tool>;
  /** The limits of its file alone; what it uses counts against the lead's session as well, and the team sees to that. */
  budget: SessionBudget;
  /** What people keep for agents in the project; absent where nothing is. */
  context?: readonly Block[];
  /** The lessons that it starts with, where it was asked with a `task`. */
  briefing?: Briefing;
  /** Ends its tools. The model may be shared and stays open. */
  close(): Promise<void>;
}

/** Whoever is asked for advice: a model without any tool. */
export type Advisor = Omit<Mind, 'rule' | 'progress'>;

export interface TeamSources {
  /** The agent of that name. Throws UserError where there is none or its file is not valid. */
  readMember(name: string): Agent;
  /** Throws UserError where the member cannot be had: no key, a tool that does not start. */
  openMember(order: MemberOrder): Promise<Member>;
  /** Throws UserError where nobody can be asked. */
  openAdvisor(): Promise<Advisor>;
  /** The advisor's system prompt. */
  advice: string;
}
