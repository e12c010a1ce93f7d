// What a confined command sees of the disk: which folders it may write, which it may not, which are empty; makes no sandbox.
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { isFolder } from '../base/folder.ts';

/** What one command may touch. All paths are absolute; those that do not exist are passed over. */
export interface Confinement {
  /** Where commands start; they may write there. */
  workspace: string;
  /** More folders that they may write. */
  writable?: readonly string[];
  /** What they may only read, also where it lies in a writable folder or a temporary one. `.agentmem` at the top of one is always among it. */
  protect?: readonly string[];
  /** What they find empty, beside the places in `home` where secrets lie. */
  hide?: readonly string[];
  /** Whether they reach the network. */
  network: boolean;
  home: string;
  /** A folder that is `/tmp` to them, so that it outlives one command; without it each has a new, empty one. */
  tmp?: string;
}

/** Places below the home folder that hold keys, tokens, passwords or what somebody typed, and our own record of trust. */
const SECRET_PLACES = [
  ...['.ssh', '.aws', '.gnupg', '.netrc', '.docker', '.kube', '.npmrc', '.claude', '.claude.json', '.codex', '.gemini'],
  ...['.azure', '.pypirc', '.git-credentials', '.password-store', '.pgpass', '.my.cnf', '.vault-token', '.yarnrc.yml'],
  ...['.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials', '.m2/settings.xml', '.terraform.d'],
  ...['.gradle/gradle.properties', '.mozilla', '.thunderbird', '.bash_history', '.zsh_history', '.python_history'],
  ...['gcloud', 'gh', 'glab-cli', 'op', 'rclone', 'sops', 'anthropic', 'github-copilot', 'containers', 'doctl'].map(
    (name) => `.config/${name}`,
  ),
  ...['google-chrome', 'chromium', 'BraveSoftware', 'git/credentials', 'hub', 'configstore'].map(
    (name) => `.config/${name}`,
  ),
  ...['.local/share/keyrings', '.local/share/kwalletd', '.local/state/agentmem'],
];

/** Folders that commands find empty. */
const EMPTIED = ['/tmp', '/var/tmp'];

/** Why a folder cannot be confined to; undefined where it can. Writable home folders would leave nothing to confine. */
export function unfit({ workspace, writable = [], home }: Confinement): string | undefined {
  if (real(workspace) === undefined) return `There is no folder ${workspace}.`;
  const roots = [workspace, ...writable].flatMap((path) => real(path) ?? []);
  const wide = roots.find((root) => contains(root, real(home) ?? home));
  if (wide === undefined) return undefined;
  return `${wide} is or holds the home folder, and a sandbox in which all of that can be written protects nothing.`;
}

/** Arguments of bwrap for the disk, in the order in which it must mount. */
export function mountArguments(confinement: Confinement): string[] {
  const { workspace, writable = [], hide = [], home, network, tmp } = confinement;
  const roots = [...new Set([workspace, ...writable].flatMap((path) => real(path) ?? []))].sort(byLength);
  const inRoot = (path: string) => roots.some((root) => root !== path && contains(root, path));
  const hidden = [...SECRET_PLACES.map((place) => join(home, place)), ...hide].flatMap((path) => real(path) ?? []);
  return [
    ...emptyFolders(network),
    ...(tmp === undefined ? ['--tmpfs', '/tmp'] : ['--bind', tmp, '/tmp']),
    // A workspace may lie in a hidden folder and a hidden folder in a workspace; what is mounted later wins.
    ...hidden.filter((path) => !inRoot(path)).flatMap(hiding),
    ...roots.flatMap((root) => ['--bind', root, root]),
    ...protection(confinement, roots),
    ...hidden.filter(inRoot).flatMap(hiding),
    ...hidden.filter(isFolder).flatMap((path) => ['--remount-ro', path]),
  ];
}

// Sockets in /run reach programs outside (a container daemon, the message bus, an agent with keys), and a read-only mount
// does not stop a connection.
function emptyFolders(network: boolean): string[] {
  const args = ['--tmpfs', '/run', '--tmpfs', '/var/tmp'];
  if (real('/var/run') === '/var/run') args.push('--tmpfs', '/var/run');
  const kept = ['/run/current-system']; // where NixOS keeps its programs
  const names = network ? real('/etc/resolv.conf') : undefined;
  if (names?.startsWith('/run/')) kept.push(names);
  return [...args, ...kept.flatMap((path) => ['--ro-bind-try', path, path])];
}

function hiding(path: string): string[] {
  return isFolder(path) ? ['--tmpfs', path] : ['--dev-bind', '/dev/null', path];
}

// What would let a command act later, outside its sandbox: git's hooks and settings, and everything in the memory
// (transcripts, permissions, lessons).
function protection({ protect = [] }: Confinement, roots: readonly string[]): string[] {
  const mounts = new Map<string, string[]>();
  // A folder on the way could be moved aside and another put in its place, unless it is a mount point too.
  const pinWay = (path: string) => {
    const root = roots.findLast((folder) => folder !== path && contains(folder, path));
    for (let dir = dirname(path); root !== undefined && dir !== root; dir = dirname(dir)) {
      if (!mounts.has(dir)) mounts.set(dir, ['--bind', dir, dir]);
    }
  };
  const lock = (path: string) => {
    const writable = roots.some((root) => contains(root, path));
    // Elsewhere it is read-only as it is, but a memory in a temporary folder would be gone with that.
    if (!writable && !EMPTIED.some((folder) => contains(folder, path))) return;
    if (writable) pinWay(path);
    mounts.set(path, ['--ro-bind', path, path]);
  };
  const lockGit = (folder: string) => {
    for (const name of ['config', 'config.worktree', 'modules', 'hooks']) {
      const path = join(folder, name);
      if (isFile(path) || isFolder(path)) lock(path);
      // Leaves an empty folder behind, as `git init` makes one.
      else if (name === 'hooks' && real(path) === undefined) {
        pinWay(path);
        mounts.set(path, ['--tmpfs', path, '--remount-ro', path]);
      }
    }
  };
  for (const path of protect.flatMap((given) => real(given) ?? [])) lock(path);
  for (const root of roots) {
    if (isFolder(join(root, '.agentmem'))) lock(join(root, '.agentmem'));
    const git = join(root, '.git');
    if (isFile(git)) lock(git);
    // Whatever is in it: a command that deletes HEAD first must not find it unprotected the next time.
    if (isFolder(git)) lockGit(git);
    if (root.endsWith('.git') || isGitFolder(root)) lockGit(root);
  }
  // What lies in a folder that may only be read needs nothing of its own, and a pin there would be a hole.
  const locked = [...mounts].filter(([, [how]]) => how === '--ro-bind').map(([path]) => path);
  const inLocked = (path: string) => locked.some((folder) => folder !== path && contains(folder, path));
  return [...mounts]
    .filter(([path]) => !inLocked(path))
    .sort(([a], [b]) => byLength(a, b))
    .flatMap(([, args]) => args);
}

function isGitFolder(path: string): boolean {
  return isFolder(path) && isFile(join(path, 'HEAD')) && isFolder(join(path, 'objects'));
}

// A link is neither: it cannot be a mount point, and what it points at counts under its own name.
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function real(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : realpathSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined; // what we may not look at, a command that runs as us may not either
  }
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
