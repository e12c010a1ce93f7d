// The environment that an agent's commands get: what programs need to run, and no secret that was not named; reads none itself.
import { delimiter, isAbsolute } from 'node:path';

// An allow-list, since nobody knows every name that somebody gave a secret. Nothing of git's own: GIT_DIR alone would
// send a command to another repository. No proxies, which may carry a password, and no folder of sockets.
const HARMLESS = new Set([
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'CI'],
  ...['NVM_DIR', 'VOLTA_HOME', 'PYENV_ROOT', 'RBENV_ROOT', 'ASDF_DIR', 'ASDF_DATA_DIR', 'VIRTUAL_ENV', 'CONDA_PREFIX'],
  ...['CARGO_HOME', 'RUSTUP_HOME', 'GOPATH', 'GOROOT', 'JAVA_HOME', 'ANDROID_HOME', 'DOTNET_ROOT', 'NIX_PROFILES'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NIX_SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE'],
]);

// Nothing may wait for a person, open a pager or an editor, or colour what a model reads.
const QUIET = {
  TERM: 'dumb',
  NO_COLOR: '1',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  MANPAGER: 'cat',
  SYSTEMD_PAGER: 'cat',
  EDITOR: 'true',
  VISUAL: 'true',
  GIT_EDITOR: 'true',
  GIT_SEQUENCE_EDITOR: 'true',
  GIT_TERMINAL_PROMPT: '0',
  DEBIAN_FRONTEND: 'noninteractive',
};

/**
 * The environment of commands. `passed` are names that a person allows beside the harmless ones (`pass_env`), whatever
 * they hold; they come before our own values. Folders of PATH that are not absolute are left out: in a workspace they
 * would let a file of it stand in for a program.
 */
export function cleanEnvironment(env: NodeJS.ProcessEnv, passed: readonly string[] = []): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (HARMLESS.has(name) || /^LC_[A-Z]+$/.test(name))) clean[name] = value;
  }
  clean.PATH = (env.PATH ?? '').split(delimiter).filter(isAbsolute).join(delimiter) || '/usr/local/bin:/usr/bin:/bin';
  Object.assign(clean, QUIET);
  for (const name of passed) {
    const value = env[name];
    if (value !== undefined) clean[name] = value;
  }
  return clean;
}

/** Those of the names that look as if they hold a secret; for telling people what they let through. */
export function secretNames(names: readonly string[]): string[] {
  return names.filter((name) =>
    /KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH|COOKIE|PRIVATE|DSN|DATABASE_URL|^(ANTHROPIC|AWS|GH|GITHUB|GITLAB|OPENAI)_/i.test(
      name,
    ),
  );
}
