// Finds stored sessions by what a person typed: an id, the beginning of one, `last`, or a filter; reads only the index.
import { UserError } from '../base/errors.ts';
import { count, nearest } from '../base/text.ts';

/** What a session can be found by: whole entries of the index have it, and so have the rows of lists. */
export interface Findable {
  id: string;
  source: { tool: string; id?: string | undefined };
  agent?: { name: string } | undefined;
  model?: string | undefined;
  outcome: 'pass' | 'fail' | null;
  project?: string | undefined;
  task?: { id?: string | undefined } | undefined;
  suite?: { suite: string; run: string } | undefined;
  at?: string | undefined;
}

export interface SessionFilter {
  /** The tool it came from. */
  source?: string;
  /** The agent's name. */
  agent?: string;
  model?: string;
  /** null: sessions without an outcome. */
  outcome?: 'pass' | 'fail' | null;
  /** RFC 3339; undated sessions lie in no period. */
  since?: string;
  until?: string;
  project?: string;
  /** The task's id. */
  task?: string;
  /** A suite's name, or the id of one run of it. */
  suite?: string;
}

const SHOWN = 6;

/**
 * The session that `ref` means: its id, a beginning that no other id has (one that ends before a `-` wins over one that ends
 * inside a word), the same of the id that its own tool gave it, or `last` for the newest. Throws UserError with the
 * candidates, or the nearest ids if there is none.
 */
export function findSession<S extends Findable>(index: readonly S[], ref: string): S {
  const exact = index.find((entry) => entry.id === ref) ?? (ref === 'last' ? index[0] : undefined);
  if (exact !== undefined) return exact;
  const ours = ref === '' ? [] : index.filter((entry) => entry.id.startsWith(ref));
  const starting = ours.length > 0 || ref === '' ? ours : index.filter((entry) => entry.source.id?.startsWith(ref));
  const whole = starting.filter((entry) => entry.id[ref.length] === '-' || ref.endsWith('-'));
  const [only, ...others] = whole.length === 1 ? whole : starting;
  if (only !== undefined && others.length === 0) return only;
  throw only === undefined ? unknown(index, ref) : ambiguous([only, ...others], ref);
}

/** The sessions that pass every part of the filter, in the order given. */
export function listSessions<S extends Findable>(index: readonly S[], filter: SessionFilter = {}): S[] {
  const { source, agent, model, outcome, project, task, suite } = filter;
  const isWithin = within(filter);
  return index.filter(
    (entry) =>
      (source === undefined || entry.source.tool === source) &&
      (agent === undefined || entry.agent?.name === agent) &&
      (model === undefined || entry.model === model) &&
      (outcome === undefined || entry.outcome === outcome) &&
      (project === undefined || entry.project === project) &&
      (task === undefined || entry.task?.id === task) &&
      (suite === undefined || entry.suite?.suite === suite || entry.suite?.run === suite) &&
      isWithin(entry.at),
  );
}

function within({ since, until }: SessionFilter): (at: string | undefined) => boolean {
  if (since === undefined && until === undefined) return () => true;
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  const to = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  return (at) => {
    const ms = at === undefined ? Number.NaN : Date.parse(at);
    return ms >= from && ms < to;
  };
}

function ambiguous(candidates: readonly Findable[], ref: string): UserError {
  const shown = candidates.slice(0, SHOWN).map((entry) => entry.id);
  const more = candidates.length > SHOWN ? ' …' : '';
  return new UserError({
    what: `${count(candidates.length, 'session')} begin with "${ref}": ${shown.join(', ')}${more}`,
    hint: 'type more of the id',
  });
}

function unknown(index: readonly Findable[], ref: string): UserError {
  if (index.length === 0) return new UserError({ what: 'no session is stored yet', hint: 'agent import' });
  // Beginnings of the same length, so that a slip in a short ref finds the long id it was meant for.
  const near = nearest(ref, [...new Set(index.map((entry) => entry.id.slice(0, ref.length)))]);
  const meant = near === undefined ? [] : index.filter((entry) => entry.id.startsWith(near)).slice(0, SHOWN);
  const hint =
    meant.length > 0
      ? `did you mean ${meant.map((entry) => entry.id).join(' or ')}?`
      : 'agent sessions list shows them all';
  return new UserError({ what: `no session is called "${ref}"`, hint });
}
