// What checks are handed beside the session: environment, trust, processes, limits; reads none of it from the world itself.
import type { Confiner } from '../host/sandbox.ts';
import type { CheckServers } from './checks/servers.ts';

/** What checks may use beside the session itself. */
export interface CheckDeps {
  /** The environment of commands, cleaned already (`host/clean-env.ts`). */
  env: Readonly<Record<string, string>>;
  /** Where commands run for a session whose artefacts were not kept, and where those run that serve. */
  folder: string;
  /** `.agentmem`: commands see it as AGENTMEM_DIR, so that a check can lie where no agent may write. */
  memory?: string;
  /** Whether a person has trusted this very command (`agent trust`). */
  trusted: (command: string) => boolean;
  /** Processes that answer for many sessions; whoever opened them closes them. */
  servers: CheckServers;
  /** Puts commands into a sandbox; absent = they run as the person would run them. */
  confine?: Confiner;
  redact: (text: string) => string;
  signal: AbortSignal;
}
