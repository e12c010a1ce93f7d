// Finds out what confines commands on this machine, and builds the command line that does; runs no command but its probe.
import { readFileSync } from 'node:fs';
import { systemCode } from '../base/errors.ts';
import { oneLine, safeForTerminal } from '../base/text.ts';
import type { SandboxMode } from '../domain/run-settings.ts';
import { findProgram, runProgram } from './program.ts';
import { type Confinement, mountArguments, unfit } from './sandbox-mounts.ts';

/** What confines commands here. `blocked`: bubblewrap is installed, but the machine does not let it work. */
export type Sandbox =
  | { kind: 'bubblewrap'; program: string; version: string }
  | { kind: 'none'; reason: 'missing' | 'blocked'; why: string };

/** A command line as it is to be started, or why it must not be. */
export type Confined = { kind: 'run'; argv: string[]; inSandbox: boolean } | { kind: 'refused'; why: string };

/** Puts a command line into its sandbox, where there is one. Looks at the disk anew for each command. */
export type Confiner = (argv: readonly string[]) => Confined;

/** Tries the sandbox once, by running `true` in it; `path` is the PATH in which bwrap is looked for. Never throws for what it finds. */
export async function probeSandbox(path: string | undefined): Promise<Sandbox> {
  const program = findProgram('bwrap', path);
  if (program === undefined) return { kind: 'none', reason: 'missing', why: missingHint(process.platform) };
  const env = { PATH: path ?? '' };
  const asked = await runProgram({ command: program, args: ['--version'], cwd: '/', env, timeoutMs: PROBE_MS });
  const version = /\d+(\.\d+)+/.exec(asked.stdout.toString())?.[0] ?? '0.0.0';
  const sandbox = { kind: 'bubblewrap', program, version } as const;
  const args = [...walls(sandbox, false), '--tmpfs', '/tmp', '--chdir', '/', '--', findProgram('true', path) ?? 'true'];
  const tried = await runProgram({ command: program, args, cwd: '/', env, timeoutMs: PROBE_MS });
  if (tried.kind === 'ended' && tried.code === 0) return sandbox;
  const said = oneLine(safeForTerminal(tried.stderr.toString())).slice(0, 200);
  return { kind: 'none', reason: 'blocked', why: blockedHint(said === '' ? `exit code ${tried.code}` : said) };
}

/**
 * How commands are started under these settings. Fails closed: where `required` finds no sandbox, or the workspace is one
 * that cannot be confined, every command is refused with a reason that says what to change.
 */
export function confinerFor(mode: SandboxMode, sandbox: Sandbox, confinement: Confinement): Confiner {
  if (mode === 'off') return (argv) => ({ kind: 'run', argv: [...argv], inSandbox: false });
  if (sandbox.kind === 'none') {
    if (mode === 'auto') return (argv) => ({ kind: 'run', argv: [...argv], inSandbox: false });
    const why = `config.yaml demands a sandbox (sandbox.mode: required), and there is none: ${sandbox.why}`;
    return () => ({ kind: 'refused', why });
  }
  return (argv) => {
    const why = unfit(confinement);
    if (why === undefined) return { kind: 'run', argv: confine(sandbox, argv, confinement), inSandbox: true };
    return { kind: 'refused', why: `${why} Run in a project folder, or set sandbox.mode: off in config.yaml.` };
  };
}

/** The command line that runs `argv` in bubblewrap, confined to what `confinement` allows. */
export function confine(
  sandbox: Extract<Sandbox, { kind: 'bubblewrap' }>,
  argv: readonly string[],
  confinement: Confinement,
): string[] {
  return [
    sandbox.program,
    ...walls(sandbox, confinement.network),
    ...mountArguments(confinement),
    // The home folder cannot be written, so what tools merely cache goes where it can.
    ...[
      '--setenv',
      'TMPDIR',
      '/tmp',
      '--setenv',
      'GOCACHE',
      '/tmp/.go-build',
      '--setenv',
      'npm_config_cache',
      '/tmp/.npm',
    ],
    ...['--chdir', confinement.workspace, '--', ...argv],
  ];
}

/** What a model is told of the walls around its commands; the same words for the same settings on the same machine. */
export function wallsInWords(mode: SandboxMode, sandbox: Sandbox, network: boolean): string {
  if (mode === 'off' || sandbox.kind === 'none') return 'Commands run as the person does, without a sandbox.';
  return (
    'Commands run in a sandbox: they write only in the workspace (not in .agentmem, nor to git’s hooks and settings) and in ' +
    `/tmp, ${network ? '' : 'have no network, '}and see no process of another call, so start a server and use it in one command.`
  );
}

const PROBE_MS = 10_000;

// `/` read-only, devices of its own, no process but its own to be seen or signalled, no terminal to type into (TIOCSTI),
// no capabilities (bwrap leaves them to root), and nothing left alive when we die.
function walls({ version }: { version: string }, network: boolean): string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network ? [] : ['--unshare-net']),
    ...(knowsDisableUserns(version) ? ['--disable-userns'] : []),
    ...['--new-session', '--die-with-parent', '--cap-drop', 'ALL'],
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    // Root may write these by its number alone, without any capability: core_pattern would run a program outside.
    ...['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'mtrr', 'acpi', 'scsi'].flatMap((name) => {
      return ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`];
    }),
  ];
}

// Since 0.8.0: no name spaces within the sandbox, whose many doors into the kernel have been its weak spot.
function knowsDisableUserns(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 0 || minor >= 8;
}

function missingHint(platform: NodeJS.Platform): string {
  if (platform !== 'linux') return 'bubblewrap is for Linux; on this system commands run without a sandbox';
  return `bubblewrap is not installed; install it with: ${installCommand(readIfThere('/etc/os-release') ?? '')}`;
}

/** How a distribution installs bubblewrap, by its os-release(5). */
export function installCommand(osRelease: string): string {
  const names = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap(
    ([, value]) => value?.split(' ') ?? [],
  );
  const known = INSTALL.find(([families]) => families.some((family) => names.includes(family)));
  return known?.[1] ?? 'your package manager (package bubblewrap)';
}

const INSTALL: readonly (readonly [families: readonly string[], command: string])[] = [
  [['debian', 'ubuntu'], 'sudo apt-get install bubblewrap'],
  [['fedora', 'rhel', 'centos'], 'sudo dnf install bubblewrap'],
  [['arch'], 'sudo pacman -S bubblewrap'],
  [['alpine'], 'sudo apk add bubblewrap'],
  [['suse', 'opensuse'], 'sudo zypper install bubblewrap'],
  [['nixos'], 'nix-env -iA nixos.bubblewrap'],
];

// The usual reasons, each with the switch that says so.
function blockedHint(said: string): string {
  const switched = (path: string, value: string) => readIfThere(path)?.trim() === value;
  const why = switched('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1')
    ? 'AppArmor forbids user name spaces to programs without a profile: add one for bwrap in /etc/apparmor.d'
    : switched('/proc/sys/kernel/unprivileged_userns_clone', '0')
      ? 'this kernel forbids user name spaces: sudo sysctl kernel.unprivileged_userns_clone=1'
      : switched('/proc/sys/user/max_user_namespaces', '0')
        ? 'this kernel allows no user name spaces: sudo sysctl user.max_user_namespaces=10000'
        : 'in a container, allow it to make user name spaces';
  return `bubblewrap is installed but does not work here (${said}); ${why}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
