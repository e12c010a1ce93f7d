// What the index of sessions has to do with extracts: what need not be kept since the index says it already; reads nothing.
import { EXTRACT_VERSION, type Extract } from './extract-types.ts';

/** What stays in memory of every session. */
export type Kept = Omit<Extract, 'actions' | 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;

/** What the index says of a session that its extract says, too. */
export interface Said {
  id: string;
  content: string;
  source: { tool: string };
  outcome: Kept['outcome'];
  project?: string | undefined;
  task?: { id?: string | undefined } | undefined;
  agent?: { name: string } | undefined;
  model?: string | undefined;
  by?: string | undefined;
  at?: string | undefined;
  last_at?: string | undefined;
}

/** In what it differs from what the index says; `null` for what it does not have. */
export type Differences = { [K in keyof Kept]?: Kept[K] | null };

export function differencesOf(kept: Kept, entry: Said): Differences {
  const said = tell({}, entry);
  const found: Differences = {};
  for (const field of FIELDS) if (kept[field] !== said[field]) Object.assign(found, { [field]: kept[field] ?? null });
  return found;
}

/** What was kept of it. @param into an object that nothing was put in yet */
export function keptOf<Into extends object>(differences: Differences, entry: Said, into: Into): Into & Kept {
  const kept = tell(into, entry);
  for (const field in differences) {
    const value = differences[field as keyof Kept]; // of our own printing
    // A session without an outcome says so; anything else that it does not have is not there.
    if (value === null && field !== 'outcome') Reflect.deleteProperty(kept, field);
    else Reflect.set(kept, field, value);
  }
  return kept;
}

const FIELDS = [
  ...(['version', 'session', 'content', 'tool', 'project', 'task', 'agent', 'model', 'by', 'at', 'last'] as const),
  ...(['outcome', 'label'] as const),
] satisfies (keyof Kept)[];

// Field by field: there are as many of these objects as sessions.
function tell<Into extends object>(into: Into, entry: Said): Into & Kept {
  const { source, project, task, agent, model, by, at, last_at } = entry;
  const kept = into as Into & Kept; // from here on
  kept.version = EXTRACT_VERSION;
  kept.session = entry.id;
  kept.content = entry.content;
  kept.tool = source.tool;
  kept.outcome = entry.outcome;
  if (project !== undefined) kept.project = project;
  if (task?.id !== undefined) kept.task = task.id;
  if (agent !== undefined) kept.agent = agent.name;
  if (model !== undefined) kept.model = model;
  if (by !== undefined) kept.by = by;
  if (at !== undefined) kept.at = at;
  if (last_at !== undefined) kept.last = last_at;
  return kept;
}
