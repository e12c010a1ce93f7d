// The commits of a review branch, one a lesson and one for the report, as data; the plan is the same with --dry-run.
import type { LearnedChange } from '../domain/dream.ts';
import type { NewCommit } from '../git/fast-import.ts';
import { applyChange } from './apply.ts';
import { changeMessage, reportMessage } from './commit-message.ts';

/** Who dreams: always the same, so that the same dream is the same commit on every machine. */
export const DREAMER = { name: 'agentmem dream', email: 'dream@agentmem.invalid' };

export interface BranchPlan {
  dream: string;
  /** Path of `.agentmem` in the repository. */
  prefix: string;
  /** Text files of the memory that the branch grows from, by path below `.agentmem`. */
  files: ReadonlyMap<string, string>;
  changes: readonly LearnedChange[];
  report: string;
  evidence: string;
  /** What models answered, for whoever wants to dream it again. */
  answers?: string;
  atMs: number;
}

/** Commits in order; each holds exactly the files that its lesson touches. */
export function planCommits(plan: BranchPlan): NewCommit[] {
  const commits: NewCommit[] = [];
  let files = new Map(plan.files);
  for (const change of plan.changes) {
    const touched = applyChange(files, change);
    files = new Map(files);
    for (const [path, text] of touched) {
      if (text === null) files.delete(path);
      else files.set(path, text);
    }
    commits.push(commitOf(plan, changeMessage(plan.dream, change), touched));
  }
  const record = new Map([
    [`dreams/${plan.dream}.md`, plan.report],
    [`dreams/${plan.dream}.evidence.jsonl`, plan.evidence],
    ...(plan.answers === undefined ? [] : [[`dreams/${plan.dream}.answers.jsonl`, plan.answers] as const]),
  ]);
  commits.push(commitOf(plan, reportMessage(plan.dream, plan.changes.length), record));
  return commits;
}

function commitOf(plan: BranchPlan, message: string, files: ReadonlyMap<string, string | null>): NewCommit {
  const below = new Map([...files].map(([path, text]) => [`${plan.prefix}/${path}`, text]));
  return { message, author: DREAMER, atMs: plan.atMs, files: below };
}
