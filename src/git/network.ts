// The environment in which git talks to a server: the person's keys, helpers and proxies, and nothing that could ask a question; pure.

/** Variables of a process, as `world.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What git gets to see while it fetches or pushes: everything of `env` but other `GIT_*` variables and programs that
 * open windows, English messages, and switches that turn every question into a failure. `sshCommand` is the setting
 * `core.sshCommand`, which counts where the environment names no ssh of its own.
 */
export function networkEnvironment(env: Environment, sshCommand?: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && passes(name)) kept[name] = value;
  }
  return {
    ...kept,
    ...sshOf(env, sshCommand),
    ...{ GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS_REQUIRE: 'never', GCM_INTERACTIVE: 'never' },
    ...{ LC_ALL: 'C', LANGUAGE: '' },
  };
}

const GIT_KEPT =
  /^GIT_(SSL_\w+|HTTP_\w+|CEILING_DIRECTORIES|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|SSH_VARIANT|PROXY_COMMAND|ALLOW_PROTOCOL|PROTOCOL_FROM_USER)$/;
// simple-git guards these as well: each names a program that git would start.
const PROGRAMS = new Set(['EDITOR', 'VISUAL', 'PAGER', 'PREFIX', 'SSH_ASKPASS']);

function passes(name: string): boolean {
  const upper = name.toUpperCase();
  return upper.startsWith('GIT_') ? GIT_KEPT.test(name) : !PROGRAMS.has(upper);
}

// BatchMode makes ssh fail instead of asking for a passphrase or about a host key. Only ssh itself knows the flag.
function sshOf(env: Environment, setting: string | undefined): Record<string, string> {
  const program = env.GIT_SSH || undefined;
  const quoted = program === undefined ? undefined : `'${program.replaceAll("'", "'\\''")}'`;
  const command = env.GIT_SSH_COMMAND || quoted || setting || 'ssh';
  const first = /^\s*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(command);
  const name = (first?.[1] ?? first?.[2] ?? first?.[3] ?? '').replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
  return { GIT_SSH_COMMAND: name === 'ssh' ? `${command} -o BatchMode=yes` : command };
}
