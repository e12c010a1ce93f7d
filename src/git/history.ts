// Reads commits and how they relate; never changes anything.
import { assertObjectId } from './paths.ts';
import type { Repository } from './repository.ts';

export interface CommitInfo {
  commit: string;
  subject: string;
  /** Everything after the subject's paragraph, trailers included. */
  body: string;
  /** Of the message's last paragraph; of two with one name the later counts. */
  trailers: Record<string, string>;
  author: { name: string; email: string };
  /** When it was authored, RFC 3339 in UTC. */
  date: string;
}

/** Best common ancestor of two commits, or null where the histories are unrelated. */
export async function mergeBase(repo: Repository, a: string, b: string): Promise<string | null> {
  assertObjectId(a);
  assertObjectId(b);
  const { stdout } = await repo.run(['merge-base', a, b], { allow: [1] });
  return stdout.toString().trim() || null;
}

/** True if `ancestor` is reachable from `descendant`; a commit is an ancestor of itself. */
export async function isAncestor(repo: Repository, ancestor: string, descendant: string): Promise<boolean> {
  assertObjectId(ancestor);
  assertObjectId(descendant);
  // Says 0 or 1, where `merge-base --is-ancestor` says nothing and so costs simple-git's 50 ms wait.
  const { stdout } = await repo.run(['rev-list', '--count', '--max-count=1', ancestor, `^${descendant}`]);
  return stdout.toString().trim() === '0';
}

/**
 * Commits reachable from `to` and not from `from` (null: all of them), oldest first, parents before children; with
 * `paths`, only those that changed one of them.
 */
export async function commitsBetween(
  repo: Repository,
  from: string | null,
  to: string,
  paths: readonly string[] = [],
): Promise<CommitInfo[]> {
  assertObjectId(to);
  if (from !== null) assertObjectId(from);
  // rev-list, because log obeys a dozen settings of the user. A message can't hold NUL, so NUL is a safe separator.
  const args = [
    'rev-list',
    '--reverse',
    '--topo-order',
    '--no-commit-header',
    '--encoding=UTF-8',
    `--format=${FIELDS}`,
  ];
  const { stdout } = await repo.run([...args, to, ...(from === null ? [] : [`^${from}`]), '--', ...paths]);
  const cells = stdout.toString().split('\0');
  const commits: CommitInfo[] = [];
  for (let i = 0; i + 5 < cells.length; i += 5) {
    const [commit = '', name = '', email = '', seconds = '0', message = ''] = cells.slice(i, i + 5);
    const { subject, body, trailers } = parseMessage(message);
    commits.push({ commit: commit.trim(), subject, body, trailers, author: { name, email }, date: isoDate(seconds) });
  }
  return commits;
}

/** When `commit` was committed, RFC 3339 in UTC. */
export async function commitDate(repo: Repository, commit: string): Promise<string> {
  assertObjectId(commit);
  const { stdout } = await repo.run(['rev-list', '--max-count=1', '--no-commit-header', '--format=%ct', commit]);
  return isoDate(stdout.toString().trim());
}

/** Takes a commit message apart; pure. Only lines of the last paragraph can be trailers, and only if all of it are. */
export function parseMessage(message: string): Pick<CommitInfo, 'subject' | 'body' | 'trailers'> {
  const paragraphs = message
    .replace(/\r\n/g, '\n')
    .trim()
    .split(/\n(?:[ \t]*\n)+/);
  const [subject = '', ...rest] = paragraphs;
  const lines = (rest.at(-1) ?? '').split('\n');
  const pairs = lines.map((line) => /^([A-Za-z0-9][A-Za-z0-9-]*): *(.*)$/.exec(line));
  const trailers = pairs.every((p) => p !== null)
    ? pairs.map((p): [string, string] => [p[1] ?? '', (p[2] ?? '').trim()])
    : [];
  return { subject: subject.replace(/\n/g, ' '), body: rest.join('\n\n'), trailers: Object.fromEntries(trailers) };
}

const FIELDS = '%H%x00%an%x00%ae%x00%at%x00%B%x00';

function isoDate(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString();
}
