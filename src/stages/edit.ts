// A person's own wording of a lesson becomes a commit on its review branch; never touches the checkout.
import { UserError } from '../base/errors.ts';
import { parseSection } from '../domain/playbook.ts';
import { buildCommits } from '../git/fast-import.ts';
import type { Repository } from '../git/repository.ts';
import { replaceEntry } from '../learning/apply.ts';
import { editMessage } from '../learning/commit-message.ts';
import { editedSection } from '../learning/edit-section.ts';
import { entryNamed, type ReviewBranch } from '../learning/review-branch.ts';

export interface EditRequest {
  repo: Repository;
  prefix: string;
  state: ReviewBranch;
  /** Name of the lesson, or the beginning of one. */
  entry: string;
  /** The whole new section. */
  text: string;
  who: { name: string; email: string };
  now: () => Date;
}

/** The commit of the edit; `commit` null where the text says what the branch says already. */
export interface EditReport {
  entry: string;
  commit: string | null;
  title: string;
}

/** Puts the new text on the branch. Throws UserError where the lesson has no text there or the new one cannot be taken. */
export async function edit(request: EditRequest): Promise<EditReport> {
  const { repo, prefix, state, who, now } = request;
  const { entry, playbook, section } = entryNamed(state, request.entry);
  const path = `playbooks/${playbook}.md`;
  const file = state.at.files.get(path);
  if (section === undefined || file === undefined) {
    throw new UserError({
      what: `${entry} has no text on ${state.branch}: it was turned down there, or it takes a lesson out of force`,
      hint: 'agent playbooks add writes a lesson of your own',
    });
  }
  const edited = editedSection(section, request.text);
  const { title } = parseSection(edited);
  const text = replaceEntry(file, entry, edited);
  if (text === file) return { entry, commit: null, title };
  const { head } = await buildCommits(repo, {
    branch: state.branch,
    from: state.head,
    parent: state.head,
    commits: [
      {
        message: editMessage(state.dream, { entry, title }),
        author: who,
        atMs: now().getTime(),
        files: new Map([[`${prefix}/${path}`, text]]),
      },
    ],
  });
  return { entry, commit: head, title };
}
