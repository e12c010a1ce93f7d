// The commits of a rebuilt review branch as data: lessons as the dream made them, edits by whoever made them, verdicts, report; pure.

import { parseSection, printMark } from '../domain/playbook.ts';
import type { NewCommit } from '../git/fast-import.ts';
import type { CommitInfo } from '../git/history.ts';
import { applyChange, type Files, type TextChange, type Touched } from './apply.ts';
import { carriedVerdictsMessage, editMessage, reportMessage } from './commit-message.ts';
import { DREAMER } from './commit-plan.ts';
import type { ReplayStep } from './replay.ts';
import type { ReviewBranch, ReviewEntry } from './review-branch.ts';

export interface ReplayPlan {
  /** Path of `.agentmem` in the repository. */
  prefix: string;
  state: ReviewBranch;
  steps: readonly ReplayStep[];
  /** Text files in force at the new tip. */
  tipFiles: Files;
  /** Commits of the old branch, by id. */
  lessons: ReadonlyMap<string, CommitInfo>;
  /** What each lesson's own commit said, before anybody edited it. */
  proposed: ReadonlyMap<string, string | undefined>;
  /** The newest edit of a lesson in review, where there is one. */
  edits: ReadonlyMap<string, CommitInfo>;
  /** Who rebuilds, and when: for what no old commit says. */
  who: { name: string; email: string };
  atMs: number;
}

/** Commits in order. A lesson that was turned down keeps its commit without the text, so that the verdict still names something. */
export function replayCommits(plan: ReplayPlan): NewCommit[] {
  const { prefix, state, steps } = plan;
  const files = new Map(plan.tipFiles);
  const commits: NewCommit[] = [];
  const commit = (from: CommitInfo | undefined, message: string, touched: Touched) => {
    for (const [path, text] of touched) text === null ? files.delete(path) : files.set(path, text);
    const below = new Map([...touched].map(([path, text]) => [`${prefix}/${path}`, text]));
    const author = from?.author ?? plan.who;
    commits.push({ message, author, atMs: from ? Date.parse(from.date) : plan.atMs, files: below });
  };
  for (const step of steps) {
    const lesson = plan.lessons.get(step.entry.commit);
    const message = lesson === undefined ? '' : `${lesson.subject}\n\n${lesson.body}`;
    if (step.outcome === 'turned down') commit(lesson, message, new Map());
    if (step.outcome !== 'carried') continue;
    const standing = withoutProof(plan, step.entry, step.change);
    const asProposed = proposedChange(plan, step.entry, standing);
    commit(lesson, message, applyChange(files, asProposed));
    if (asProposed.section === standing.section) continue;
    const edit = plan.edits.get(step.entry.entry);
    commit(
      edit,
      editMessage(state.dream, step.entry),
      applyChange(files, { ...standing, change: 'edit', replaces: [] }),
    );
  }
  const carried = steps.filter((s) => s.outcome === 'carried').length;
  const last = [...plan.lessons.values()].findLast((c) => c.author.email === DREAMER.email);
  commit(last, reportMessage(state.dream, carried), recordOf(state));
  const verdicts = newVerdicts(state, plan.tipFiles);
  if (verdicts.length > 0)
    commit(undefined, carriedVerdictsMessage(state.dream, verdicts.length), withLines(files, verdicts));
  return commits;
}

function proposedChange({ proposed }: ReplayPlan, { entry }: ReviewEntry, change: TextChange): TextChange {
  const section = proposed.get(entry);
  if (section === undefined || change.section === undefined) return change;
  return section.trimEnd() === change.section.trimEnd() ? change : { ...change, section };
}

// A proof was made on top of another memory: the grade that it gave does not come along.
function withoutProof({ proposed }: ReplayPlan, { entry }: ReviewEntry, change: TextChange): TextChange {
  const before = parseSection(proposed.get(entry) ?? '').mark;
  const { section } = change;
  const mark = section === undefined ? undefined : parseSection(section).mark;
  if (section === undefined || before === undefined || mark?.grade !== 'A' || before.grade === 'A') return change;
  const line = printMark({ ...mark, grade: before.grade });
  return { ...change, section: section.replace(/^<!-- entry .*-->/m, () => line) };
}

function recordOf(state: ReviewBranch): Touched {
  const touched: Touched = new Map();
  // Its proofs come along, so that a held-out set stays used; they are not about the branch as it is rebuilt.
  for (const kind of ['md', 'evidence.jsonl', 'answers.jsonl', 'proof.json', 'proof.svg']) {
    const path = `dreams/${state.dream}.${kind}`;
    const text = state.at.files.get(path);
    if (text !== undefined) touched.set(path, text);
  }
  return touched;
}

// Line by line as they are, so that the verdict of a newer version of this program survives too.
function newVerdicts({ at, atBase }: ReviewBranch, tip: Files): string[] {
  const known = new Set([...linesOf(atBase.files), ...linesOf(tip)]);
  return linesOf(at.files).filter((line) => !known.has(line));
}

function linesOf(files: Files): string[] {
  return (files.get('decisions.jsonl') ?? '').split('\n').filter((line) => line.trim() !== '');
}

function withLines(files: Files, lines: readonly string[]): Touched {
  const before = files.get('decisions.jsonl') ?? '';
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return new Map([['decisions.jsonl', before + gap + lines.map((line) => `${line}\n`).join('')]]);
}
