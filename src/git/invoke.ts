// Runs one git command through simple-git and hands back its exit code and bytes; never asks a question on the terminal.
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { GitPluginError, type SimpleGitOptions, simpleGit } from 'simple-git';
import { Interrupted, UserError } from '../base/errors.ts';
import { clip, safeForTerminal } from '../base/text.ts';

export interface RunOptions {
  /** Goes to the command's stdin as it is; a Buffer arrives byte for byte. */
  input?: string | Buffer;
  /** Exit codes besides 0 that are answers rather than failures. */
  allow?: readonly number[];
  /** For `git merge` in a person's own checkout: their hooks, their identity from the environment, time to type a passphrase. */
  asUser?: boolean;
  /** For talking to a server: the whole environment to do it in, as `git/network.ts` makes it. No hook runs. */
  network?: Readonly<Record<string, string>>;
  /** A git directory of our own beside the repository's, with an index that is nobody's (`git/keep-tree.ts`). */
  aside?: { gitDir: string; workTree: string };
}

export interface GitResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/**
 * Runs `git ...args` in `dir`. Any exit code but 0 and those in `allow` is a UserError with git's own words as its hint;
 * a git that a signal ended throws Interrupted.
 */
export async function runGit(dir: string, args: readonly string[], options: RunOptions = {}): Promise<GitResult> {
  if (!existsSync(dir)) throw new UserError({ what: 'This folder does not exist any more.', where: dir });
  let result: GitResult | undefined;
  const git = simpleGit({
    ...(options.network ? asClient(options.network) : options.asUser ? asUser : options.aside ? besides : asProgram),
    baseDir: dir,
    // simple-git closes stdin only after writing something, and an empty string does not count as something.
    input: () => options.input ?? Buffer.alloc(0),
    // The one place where simple-git shows exit code and raw bytes. Left alone it takes a failure with an empty stderr
    // for a success and decodes stdout as UTF-8, so the verdict is passed here and the text it returns is not used.
    errors: (_error, raw) => {
      result = { code: raw.exitCode, stdout: Buffer.concat(raw.stdOut), stderr: Buffer.concat(raw.stdErr).toString() };
      return typeof raw.exitCode === 'number' ? undefined : _error;
    },
  });
  if (options.network) git.env({ ...options.network });
  try {
    await git.raw([...(options.asUser ? [] : OWN_FLAGS), ...placeFlags(options), ...args]);
  } catch (error) {
    if (!(error instanceof GitPluginError) || error.plugin !== 'timeout') throw error;
    const hint = 'The server or the network does not answer; try again later.';
    const what = `git ${args[0]} did not answer and was stopped.`;
    throw new UserError({ what, where: dir, ...(options.network && { hint }) });
  }
  if (result === undefined) throw new Error(`simple-git returned nothing for git ${args[0]}`);
  // No exit code means a signal, and the usual one is Ctrl-C, which the terminal sends to git as well as to us.
  if (typeof result.code !== 'number') throw new Interrupted();
  if (result.code === 0 || options.allow?.includes(result.code)) return result;
  throw gitFailure(dir, args, result);
}

/** The UserError for a command that failed for a reason that the caller can't name better. */
export function gitFailure(dir: string, args: readonly string[], result: GitResult): UserError {
  const said = clip(safeForTerminal(result.stderr).trim(), 1000);
  if (/\bspawn \S+ ENOENT\b/.test(said)) {
    return new UserError({ what: 'git was not found on the PATH.', hint: 'Install git 2.38 or newer.' });
  }
  // Messages are translated, the name of the setting is not.
  if (said.includes('safe.directory')) {
    return new UserError({
      what: 'git refuses to work here because the folder belongs to another user.',
      where: dir,
      hint: `If you trust it: git config --global --add safe.directory ${JSON.stringify(dir)}`,
    });
  }
  return new UserError({
    what: `git ${args[0]} failed with exit code ${result.code}.`,
    where: dir,
    ...(said && { hint: said }),
  });
}

// Before the command's name. Hooks, the file monitor and credential prompts belong to the person, not to us; index
// refreshes would change the index; a path is a path and never a pattern; core.askPass=true answers every credential
// question with nothing (simple-git can set GIT_TERMINAL_PROMPT only by replacing the whole environment).
const OWN_FLAGS = [
  '--no-optional-locks',
  '--literal-pathspecs',
  ...['-c', `core.hooksPath=${devNull}`],
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'core.askPass=true'],
  ...['-c', 'core.quotePath=false'],
  ...['-c', 'gc.auto=0'],
];

// simple-git strips every GIT_* variable, so a hook's GIT_DIR or GIT_INDEX_FILE can't lead us astray. These are safe.
const HARMLESS = ['GIT_CEILING_DIRECTORIES', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];
const IDENTITY = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'];

const asProgram = {
  allowEnvironment: HARMLESS,
  unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeAskPass: true },
  timeout: { block: 60_000 },
  // The default takes a command for finished 50 ms after its exit, perhaps with output still in the pipe. A longer
  // limit would be no better: its timer keeps our own process alive after the last command.
  completion: { onClose: true, onExit: false },
} satisfies Partial<SimpleGitOptions>;

const besides = {
  ...asProgram,
  unsafe: { ...asProgram.unsafe, allowUnsafeConfigPaths: true },
} satisfies Partial<SimpleGitOptions>;

const asUser = {
  allowEnvironment: [...HARMLESS, ...IDENTITY],
  timeout: { block: 600_000 },
  // A hook may leave a process behind that holds the pipe open for ever.
  completion: { onClose: true, onExit: 200 },
} satisfies Partial<SimpleGitOptions>;

function placeFlags({ aside }: RunOptions): string[] {
  return aside === undefined ? [] : [`--git-dir=${aside.gitDir}`, `--work-tree=${aside.workTree}`];
}

// The guard of simple-git names what it lets through; which variables those are is decided in `git/network.ts`.
function asClient(env: Readonly<Record<string, string>>): Partial<SimpleGitOptions> {
  return {
    allowEnvironment: Object.keys(env).filter((name) => /^git_/i.test(name)),
    unsafe: {
      ...asProgram.unsafe,
      allowUnsafeConfigPaths: true,
      allowUnsafeSshCommand: true,
      allowUnsafeGitProxy: true,
    },
    timeout: { block: 120_000 },
    // A shared ssh connection stays behind in the background and holds the pipe open.
    completion: { onClose: true, onExit: 200 },
  };
}
