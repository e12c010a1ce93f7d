// Where everything lies under .agentmem/; computes paths and touches no file.
import { join } from 'node:path';

export interface Layout {
  /** The folder that holds `.agentmem`. */
  root: string;
  /** `.agentmem` itself. */
  dir: string;
  config: string;
  policy: string;
  agents: string;
  rubrics: string;
  suites: string;
  workflows: string;
  notes: string;
  playbooks: string;
  dreams: string;
  decisions: string;
  sessions: string;
  state: string;
  cache: string;
}

/** The paths of one memory; `dir` is the absolute path of `.agentmem`. */
export function layoutOf(dir: string): Layout {
  return {
    root: join(dir, '..'),
    dir,
    config: join(dir, 'config.yaml'),
    policy: join(dir, 'policy.md'),
    agents: join(dir, 'agents'),
    rubrics: join(dir, 'rubrics'),
    suites: join(dir, 'suites'),
    workflows: join(dir, 'workflows'),
    notes: join(dir, 'notes'),
    playbooks: join(dir, 'playbooks'),
    dreams: join(dir, 'dreams'),
    decisions: join(dir, 'decisions.jsonl'),
    sessions: join(dir, 'sessions'),
    state: join(dir, 'state'),
    cache: join(dir, 'cache'),
  };
}
