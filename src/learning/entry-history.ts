// What happened to a playbook or a lesson over the years, out of the commits that touched it and the verdicts on it; pure.
import type { Decision } from '../domain/decision.ts';
import { parsePlaybook } from '../domain/playbook.ts';
import type { Version } from '../git/versions.ts';

/** A commit or a verdict, as `agent playbooks history --json` prints it. */
export type Happened =
  | {
      type: 'commit';
      at: string;
      commit: string;
      author: string;
      subject: string;
      dream: string | null;
      /** Lessons whose text the commit changed. */
      entries: { entry: string; how: 'added' | 'changed' | 'removed' }[];
    }
  | {
      type: 'verdict';
      at: string;
      entry: string;
      verdict: Decision['verdict'];
      dream: string | null;
      because?: string;
    };

/** Everything about the playbook or lesson called `name`, oldest first. Empty where nothing ever had that name. */
export function historyOf(versions: readonly Version[], decisions: readonly Decision[], name: string): Happened[] {
  const isPlaybook = versions.some((v) =>
    [...v.before.keys(), ...v.after.keys()].some((path) => playbookOf(path) === name),
  );
  const commits = versions.flatMap((version): Happened[] => {
    const { commit } = version;
    const touched = changedEntries(version, isPlaybook ? name : undefined);
    const entries = isPlaybook ? touched : touched.filter((e) => e.entry === name);
    const concerns = isPlaybook
      ? [...version.before.keys(), ...version.after.keys()].some((path) => playbookOf(path) === name)
      : entries.length > 0;
    if (!concerns) return [];
    const dream = commit.trailers['Agentmem-Dream'] ?? null;
    const { subject, date } = commit;
    return [{ type: 'commit', at: date, commit: commit.commit, author: commit.author.name, subject, dream, entries }];
  });
  const verdicts = decisions
    .filter((d) => (isPlaybook ? d.playbook === name : d.entry === name))
    .map((d): Happened => {
      const because = d.because === undefined ? {} : { because: d.because };
      return { type: 'verdict', at: d.at, entry: d.entry, verdict: d.verdict, dream: d.dream ?? null, ...because };
    });
  return merged(commits, verdicts);
}

// Commits keep git's order, parents first, whatever their clocks said; each verdict goes before the first later commit.
function merged(commits: readonly Happened[], verdicts: readonly Happened[]): Happened[] {
  const out: Happened[] = [];
  const rest = [...verdicts];
  for (const commit of commits) {
    while (rest[0] !== undefined && rest[0].at < commit.at) out.push(...rest.splice(0, 1));
    out.push(commit);
  }
  return [...out, ...rest];
}

function changedEntries(version: Version, playbook: string | undefined) {
  const before = sectionsOf(version.before, playbook);
  const after = sectionsOf(version.after, playbook);
  const changed: { entry: string; how: 'added' | 'changed' | 'removed' }[] = [];
  for (const entry of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const was = before.get(entry);
    const is = after.get(entry);
    if (was === is) continue;
    changed.push({ entry, how: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed' });
  }
  return changed;
}

function sectionsOf(files: ReadonlyMap<string, string>, playbook: string | undefined): Map<string, string> {
  const sections = new Map<string, string>();
  for (const [path, text] of files) {
    const name = playbookOf(path);
    if (name === undefined || (playbook !== undefined && name !== playbook)) continue;
    for (const { mark, raw } of parsePlaybook(name, text).sections) if (mark) sections.set(mark.id, raw.trimEnd());
  }
  return sections;
}

function playbookOf(path: string): string | undefined {
  return /(?:^|\/)playbooks\/([^/]+)\.md$/.exec(path)?.[1];
}
