// The tool `merge_branch`: the branch that a member left in its work tree, merged into the lead's; a dirty tree or a conflict changes nothing and is shown.
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { clip, count } from '../../base/text.ts';
import { type MergedIn, mergeIntoWorkTree } from '../../git/linked-work-tree.ts';
import { openRepository } from '../../git/repository.ts';
import { argumentsOf, define, textSubject } from '../tools/arguments.ts';
import { failed, said, type Tool, type ToolOutcome } from '../tools/tool.ts';
import type { Crew, Lead } from './crew.ts';
import type { ThreadRecord } from './thread-book.ts';

const MOST_SHOWN = 50;

const schema = z.strictObject({ thread: z.string().describe('Thread of a member that works in a worktree.') });

const DESCRIPTION =
  'Merges the branch of a member that works in a git worktree into the branch that is checked out in your workspace. Nothing ' +
  'is merged where your workspace has changes that are not committed, or where both sides changed the same lines: you are told ' +
  'which files are concerned.';

/** The tool `merge_branch` of a lead. */
export function mergeBranchTool(crew: Crew, lead: Lead): Tool {
  return {
    definition: define('merge_branch', DESCRIPTION, schema),
    readOnly: false,
    subject: textSubject('thread'),
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      if ('fault' in checked) return checked.fault;
      const { thread } = checked.value;
      const record = crew.session.book.find(thread);
      const own = `agent/${crew.session.open.id}/${thread}`;
      if (record === undefined || record.branch !== own || record.parent !== lead.thread)
        return failed(`${JSON.stringify(clip(thread, 80))} is no thread of yours with a branch.`);
      if (crew.busy.has(thread)) return failed(`${thread} is still at work; merge its branch once it is done.`);
      return await merge(crew, lead, record);
    },
  };
}

async function merge(crew: Crew, lead: Lead, { id, branch = '', title }: ThreadRecord): Promise<ToolOutcome> {
  const { identity, now } = crew.request;
  try {
    const repo = await openRepository(lead.folder);
    if (repo === null || repo.bare) return failed('Your workspace is in no git work tree.');
    const message = `Merge ${branch}\n\n${title}`;
    return inWords(id, branch, await mergeIntoWorkTree(repo, { branch, message, identity, atMs: now().getTime() }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, hint = '' } = error.problem;
    return failed(`Nothing was merged. ${what} ${hint}`.trim());
  }
}

function inWords(thread: string, branch: string, merged: MergedIn): ToolOutcome {
  switch (merged.kind) {
    case 'merged': {
      const { files, commit } = merged;
      return {
        ...said(`Merged ${branch}: ${count(files.length, 'file')}.\n${listed(files)}\nHEAD is ${commit} now.`),
        changed: files,
      };
    }
    case 'nothing':
      return said(`${branch} holds nothing that is not here already.`);
    case 'dirty':
      return failed(
        `Nothing was merged: your workspace has changes that are not committed. Commit them first, or leave the branch to a person.\n${listed(merged.files)}`,
      );
    case 'conflict':
      return failed(
        `Nothing was merged: both sides changed the same lines. Tell ${thread} what to change, or leave ${branch} to a person.\n${listed(merged.files)}`,
      );
  }
}

function listed(files: readonly string[]): string {
  const shown = files.slice(0, MOST_SHOWN).join('\n');
  return files.length > MOST_SHOWN ? `${shown}\nand ${files.length - MOST_SHOWN} more` : shown;
}
