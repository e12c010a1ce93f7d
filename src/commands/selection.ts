// The flags with which `mine`, `dream` and `sessions list` choose stored sessions; reads only the index.
import { type Command, InvalidArgumentError } from 'commander';
import { parseSince } from '../base/time.ts';
import { type Findable, findSession, listSessions, type SessionFilter } from '../store/sessions.ts';

export interface SelectionFlags {
  since?: string;
  last?: number;
  sessions?: string[];
  agent?: string;
  source?: string;
  model?: string;
  outcome?: 'pass' | 'fail' | 'none';
  suite?: string;
}

/** Adds the flags that choose sessions. */
export function withSelection(command: Command): Command {
  return command
    .option('--since <when>', 'sessions from then on: 2026-11-20, 24h, 7d')
    .option('--last <n>', 'only the newest n sessions', wholeNumber)
    .option('--sessions <id...>', 'only these (unique beginnings of ids will do)')
    .option('--agent <name>', 'only sessions of this agent')
    .option('--source <tool>', 'only sessions that came from this tool, for example claude-code')
    .option('--model <id>', 'only sessions of this model')
    .option('--outcome <pass|fail|none>', 'only sessions that ended so', outcome)
    .option('--suite <run|name>', 'only trials of this run of a suite, or of all runs of it');
}

/** The sessions that the flags mean, newest first. Throws UserError for an id that is none. */
export function select<S extends Findable>(index: readonly S[], flags: SelectionFlags, now: Date): S[] {
  const pool =
    flags.sessions === undefined ? [...index] : [...new Set(flags.sessions.map((ref) => findSession(index, ref)))];
  const filter: SessionFilter = {
    ...(flags.since !== undefined && { since: parseSince(flags.since, now) }),
    ...(flags.agent !== undefined && { agent: flags.agent }),
    ...(flags.source !== undefined && { source: flags.source }),
    ...(flags.model !== undefined && { model: flags.model }),
    ...(flags.outcome !== undefined && { outcome: flags.outcome === 'none' ? null : flags.outcome }),
    ...(flags.suite !== undefined && { suite: flags.suite }),
  };
  const chosen = listSessions(pool, filter);
  return flags.last === undefined ? chosen : chosen.slice(0, flags.last);
}

/** A whole number of at least one, as commander parses it. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number of at least 1 is needed');
  return value;
}

function outcome(text: string): 'pass' | 'fail' | 'none' {
  if (text === 'pass' || text === 'fail' || text === 'none') return text;
  throw new InvalidArgumentError('pass, fail or none');
}
