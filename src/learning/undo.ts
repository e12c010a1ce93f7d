// Which learned changes a person means to take back, and what is left of the memory without them; pure, reads no clock.
import { UserError } from '../base/errors.ts';
import type { Decision } from '../domain/decision.ts';
import type { ChangeKind } from '../domain/dream.ts';
import type { CommitInfo } from '../git/history.ts';
import { type Files, restoreEntry, type Touched } from './apply.ts';
import type { MemoryAt } from './memory-at.ts';
import { findEntry } from './review-branch.ts';

/** One change that a dream made to one lesson and that took effect. */
export interface Learned {
  entry: string;
  dream: string;
  change: ChangeKind;
  replaces: string[];
  /** The commit of the change; null where a squash left none, or a person wrote the lesson. */
  commit: string | null;
}

export interface Undone {
  entry: string;
  title: string;
  playbook: string;
  dream?: string;
  how: 'removed' | 'restored' | 'brought back';
  /** The section before and after, absent where there is none. */
  before?: string;
  after?: string;
}

/** What `ref` names: one lesson's newest change, or all changes of a dream. Throws UserError where that is nothing, or several things. */
export function namedChanges(
  ref: string,
  commits: readonly CommitInfo[],
  at: MemoryAt,
): { what: 'entry' | 'dream'; id: string; changes: Learned[]; later: Map<string, string> } {
  const learned = effective(commits, at.decisions);
  const marks = at.playbooks.flatMap((p) => p.sections.flatMap((s) => s.mark ?? []));
  const entries = new Set([...marks.map((m) => m.id), ...learned.map((l) => l.entry)]);
  const dreams = new Set([...learned.map((l) => l.dream), ...marks.flatMap((m) => m.dream ?? [])]);
  const wanted = ref.replace(/^dream\//, '');
  const id = pick(wanted, [...entries, ...dreams], ref);
  const squashed = (mark: { id: string; dream?: string }): Learned => ({
    entry: mark.id,
    dream: mark.dream ?? '',
    change: 'add',
    replaces: [],
    commit: null,
  });
  if (entries.has(id)) {
    const last = learned.findLast((l) => l.entry === id);
    const mark = marks.find((m) => m.id === id);
    const changes = last !== undefined ? [last] : mark !== undefined ? [squashed(mark)] : [];
    return { what: 'entry', id, changes, later: new Map() };
  }
  const own = learned.filter((l) => l.dream === id);
  const changes = own.length > 0 ? own : marks.filter((m) => m.dream === id).map(squashed);
  return { what: 'dream', id, changes: changes.reverse(), later: laterChanges(learned, own) };
}

/** Takes one change back in `files`; `base` is the memory just before it. Undefined where there is nothing left to take back. */
export function undoChange(
  files: Files,
  base: Files,
  change: Learned,
  read: (files: Files) => MemoryAt['playbooks'],
): { touched: Touched; undone: Undone } | undefined {
  const { entry, replaces, dream } = change;
  const touched = restoreEntry(files, base, entry, replaces);
  const afterwards = new Map(files);
  for (const [path, text] of touched) text === null ? afterwards.delete(path) : afterwards.set(path, text);
  const was = findEntry(read(files), entry);
  const is = findEntry(read(afterwards), entry);
  if (was?.section.raw.trimEnd() === is?.section.raw.trimEnd()) return undefined;
  const how = is === undefined ? 'removed' : was === undefined ? 'brought back' : 'restored';
  return {
    touched,
    undone: {
      entry,
      title: (was ?? is)?.section.title ?? '',
      playbook: (was ?? is)?.playbook ?? '',
      ...(dream !== '' && { dream }),
      how,
      ...(was && { before: was.section.raw }),
      ...(is && { after: is.section.raw }),
    },
  };
}

// A change that was turned down on its branch, or taken back already, has its commit in history and no effect.
function effective(commits: readonly CommitInfo[], decisions: readonly Decision[]): Learned[] {
  return commits.flatMap(({ commit, trailers }) => {
    const entry = trailers['Agentmem-Entry'];
    const dream = trailers['Agentmem-Dream'];
    if (entry === undefined || dream === undefined) return [];
    const verdict = decisions.findLast((d) => d.entry === entry && d.dream === dream);
    if (verdict !== undefined && verdict.verdict !== 'accepted') return [];
    const kind = trailers['Agentmem-Change'];
    const change = kind === 'edit' || kind === 'merge' || kind === 'retire' ? kind : 'add';
    const replaces = (trailers['Agentmem-Replaces'] ?? '').split(' ').filter((name) => name !== '');
    return [{ entry, dream, change, replaces, commit }];
  });
}

// Lessons of a dream that a later dream changed again: taking back the older change alone would undo the newer one too.
function laterChanges(learned: readonly Learned[], own: readonly Learned[]): Map<string, string> {
  const later = new Map<string, string>();
  for (const change of own) {
    const after = learned
      .slice(learned.indexOf(change) + 1)
      .findLast((l) => l.entry === change.entry && l.dream !== change.dream);
    if (after !== undefined) later.set(change.entry, after.dream);
  }
  return later;
}

function pick(wanted: string, names: readonly string[], ref: string): string {
  if (names.includes(wanted)) return wanted;
  const matches = wanted === '' ? [] : names.filter((name) => name.startsWith(wanted));
  const [only] = matches;
  if (matches.length === 1 && only !== undefined) return only;
  throw new UserError({
    what:
      matches.length === 0
        ? `no lesson and no dream in force is named ${ref}`
        : `${ref} names several: ${matches.slice(0, 8).join(', ')}`,
    hint: 'agent playbooks list names the lessons that are in force',
  });
}
