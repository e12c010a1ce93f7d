// Makes temporary git repositories for tests with a plain `git` process; never uses src/git, which it helps to test.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestRepository {
  /** Real path of the work tree, or of the bare repository. */
  dir: string;
  /** Runs `git ...args` there and returns its stdout without the last line break; throws where git fails. */
  git(...args: string[]): string;
  /** Writes a file of the work tree, its folders included. */
  write(path: string, content: string | Buffer): void;
  /** Deletes everything, linked work trees made below `dir`'s parent included. */
  remove(): void;
}

export interface RepositoryOptions {
  bare?: boolean;
  objectFormat?: 'sha1' | 'sha256';
  /** First branch; `main` unless told. */
  branch?: string;
  /** False leaves `user.name` and `user.email` unset in the repository (git() itself always has an identity). */
  identity?: boolean;
  /** Files of a first commit; none leaves the branch unborn. */
  files?: Record<string, string | Buffer>;
}

const DATE = '2026-01-02T03:04:05Z';
const WHO = 'Test Person';
const MAIL = 'test@example.invalid';

/** A new repository in a temporary folder; the same options give the same commit ids. */
export function makeRepository(options: RepositoryOptions = {}): TestRepository {
  const holder = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-git-')));
  const dir = join(holder, 'repo');
  mkdirSync(dir);
  const git = (...args: string[]) => runGit(dir, args);
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  const flags = [`--initial-branch=${options.branch ?? 'main'}`, `--object-format=${options.objectFormat ?? 'sha1'}`];
  git('init', '--quiet', ...flags, ...(options.bare ? ['--bare'] : []));
  if (options.identity !== false) {
    git('config', 'user.name', WHO);
    git('config', 'user.email', MAIL);
  }
  if (options.files !== undefined) {
    for (const [path, content] of Object.entries(options.files)) write(path, content);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message=Begin');
  }
  return { dir, git, write, remove: () => rmSync(holder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs git in any folder, free of the machine's own settings and of inherited GIT_* variables. */
export function runGit(dir: string, args: readonly string[], input?: string | Buffer): string {
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...{ GIT_AUTHOR_NAME: WHO, GIT_AUTHOR_EMAIL: MAIL, GIT_AUTHOR_DATE: DATE },
    ...{ GIT_COMMITTER_NAME: WHO, GIT_COMMITTER_EMAIL: MAIL, GIT_COMMITTER_DATE: DATE },
  };
  const stdio = { env, cwd: dir, stdio: 'pipe', maxBuffer: 1 << 28 } as const;
  return execFileSync('git', args, { ...stdio, ...(input !== undefined && { input }) })
    .toString()
    .replace(/\n$/, '');
}
