// What the index of sessions has to do with extracts: the name under which one is kept, and what need not be kept since the index says it already; reads nothing.
import { quickHash } from '../base/hash.ts';
import type { IndexEntry } from '../store/session-index.ts';
import { EXTRACT_VERSION, type Extract } from './extract-types.ts';

/** What stays in memory of every session. */
export type Kept = Omit<Extract, 'actions' | 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;

/** What the index keeps of a session, wherever its file lies and whenever it was written. */
export type Identity = Omit<IndexEntry, 'path' | 'size' | 'mtimeMs'>;

/**
 * The name of a session's extract in the cache: everything that an extract is made of. The content hash covers the events, the rest
 * the header and its updates. Keys inside of its values come in the order in which the header has them; where that should change,
 * the extract is made anew.
 */
export function keyOf({ content, id, title, source, agent, model, project, by, task, ...rest }: Identity): string {
  const { suite, dream, at, last_at, counts, outcome, evaluations, rubric } = rest;
  const named = [id, title, source, agent, model, project, by, task, suite, dream, rubric];
  return `${content} ${quickHash(JSON.stringify([...named, at, last_at, counts, outcome, evaluations]))}`;
}

/** In what it differs from what the index says; `null` for what it does not have. */
export type Differences = { [K in keyof Kept]?: Kept[K] | null };

export function differencesOf(kept: Kept, entry: Identity): Differences {
  const said = saidIn(entry);
  const found: Differences = {};
  for (const field of FIELDS) if (kept[field] !== said[field]) Object.assign(found, { [field]: kept[field] ?? null });
  return found;
}

/** What was kept of it. */
export function keptOf(differences: Differences, entry: Identity): Kept {
  const kept = saidIn(entry);
  for (const field of FIELDS) {
    const value = differences[field];
    if (value === undefined) continue;
    // A session without an outcome says so; anything else that it does not have is not there.
    if (value === null && field !== 'outcome') Reflect.deleteProperty(kept, field);
    else Object.assign(kept, { [field]: value });
  }
  return kept;
}

const FIELDS = [
  ...(['version', 'session', 'content', 'tool', 'project', 'task', 'agent', 'model', 'by', 'at', 'last'] as const),
  ...(['outcome', 'label'] as const),
] satisfies (keyof Kept)[];

function saidIn({ id, content, source, project, task, agent, model, by, at, last_at, outcome }: Identity): Kept {
  const kept: Kept = { version: EXTRACT_VERSION, session: id, content, tool: source.tool, outcome };
  if (project !== undefined) kept.project = project;
  if (task?.id !== undefined) kept.task = task.id;
  if (agent?.name !== undefined) kept.agent = agent.name;
  if (model !== undefined) kept.model = model;
  if (by !== undefined) kept.by = by;
  if (at !== undefined) kept.at = at;
  if (last_at !== undefined) kept.last = last_at;
  return kept;
}
