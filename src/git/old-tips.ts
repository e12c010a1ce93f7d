// Keeps the tip of a branch that is about to be rebuilt reachable under refs/agentmem/old/; never moves a branch.
import { UserError } from '../base/errors.ts';
import { assertObjectId, assertSafeBranch } from './paths.ts';
import { resolveCommit } from './refs.ts';
import type { Repository } from './repository.ts';

const SHORT = 8;

/** Makes `refs/agentmem/old/<branch>-<short id>` point at `commit`, and returns that ref's name. Doing it again changes nothing. */
export async function keepTip(repo: Repository, branch: string, commit: string): Promise<string> {
  assertSafeBranch(branch);
  assertObjectId(commit);
  const ref = `refs/agentmem/old/${branch}-${commit.slice(0, SHORT)}`;
  const there = await resolveCommit(repo, ref);
  if (there === commit) return ref;
  if (there !== null) throw new UserError({ what: `another commit is kept under this name already`, where: ref });
  await repo.run(['update-ref', '--stdin', '-m', 'agentmem'], { input: `start\ncreate ${ref} ${commit}\ncommit\n` });
  return ref;
}
