// Repositories and plans for the tests that build commits; `tidy` removes what a test made and puts the environment back.
import { type BranchPlan, buildCommits, type NewCommit } from '../../src/git/fast-import.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { makeRepository, type RepositoryOptions, type TestRepository } from '../support/git.ts';

const author = { name: 'agentmem', email: 'agentmem@localhost' };
const environment = { ...process.env };
const made: TestRepository[] = [];
export function tidy(): void {
  for (const test of made.splice(0)) test.remove();
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
}

export function make(
  options: RepositoryOptions = { files: { 'a.txt': 'a\n', '.agentmem/playbooks/bash.md': '# bash\n' } },
): TestRepository {
  const test = makeRepository(options);
  made.push(test);
  return test;
}

export async function open(dir: string): Promise<Repository> {
  const repo = await openRepository(dir);
  if (repo === null) throw new Error(`no repository in ${dir}`);
  return repo;
}

export function commit(files: Record<string, string | Buffer | null>, message = 'Learn: x'): NewCommit {
  return { message, author, atMs: 1_763_596_800_000, files: new Map(Object.entries(files)) };
}

export async function build(
  test: TestRepository,
  files: Record<string, string | Buffer | null>,
  plan: Partial<BranchPlan> = {},
) {
  const parent = test.git('rev-parse', 'HEAD');
  return buildCommits(await open(test.dir), {
    branch: 'dream/x',
    from: null,
    parent,
    commits: [commit(files)],
    ...plan,
  });
}
