// Review: a person's verdicts on a branch's lessons become commits on that branch; never touches the checkout.
import type { Span } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { Proof } from '../domain/proof.ts';
import { buildCommits, type NewCommit } from '../git/fast-import.ts';
import type { Repository } from '../git/repository.ts';
import { restoreEntry } from '../learning/apply.ts';
import { verdictMessage } from '../learning/commit-message.ts';
import { type Proven, provenOf, provenWords } from '../learning/proof-files.ts';
import { entryNamed, type ReviewBranch, type ReviewEntry, readReviewBranch } from '../learning/review-branch.ts';
import { printDecision } from '../store/decisions.ts';
import { type CheckedSpan, checkSpans } from '../store/evidence.ts';
import type { Layout } from '../store/layout.ts';
import type { IndexEntry } from '../store/session-index.ts';

export interface ReviewRequest {
  layout: Layout;
  repo: Repository;
  prefix: string;
  memoryCommit: string;
  branch: string;
  index: readonly IndexEntry[];
}

export interface VerdictRequest extends ReviewRequest {
  accept: readonly string[];
  reject: readonly string[];
  because?: string;
  who: { name: string; email: string; by: string };
  now: () => Date;
}

/** What `agent review --json` prints. */
export interface ReviewReport {
  branch: string;
  dream: string;
  base: string;
  head: string;
  behind: number;
  /** The newest proof of the branch; `current` is false where its lessons were changed since. */
  proof?: Pick<Proof, 'verdict' | 'run' | 'at' | 'suite' | 'exploratory'> & { words: string; current: boolean };
  entries: (Omit<ReviewEntry, 'card'> & {
    evidence: CheckedSpan[];
    counter_examples: CheckedSpan[];
  })[];
}

/** Reads a branch and checks every quote that it cites against the sessions stored here. */
export async function review(request: ReviewRequest): Promise<ReviewReport> {
  const { repo, prefix, memoryCommit, branch } = request;
  return reportOf(request, await readReviewBranch(repo, prefix, memoryCommit, branch));
}

/** Writes verdicts: one commit for each lesson turned down, one for all that were accepted. Resolves to the new state. */
export async function decide(request: VerdictRequest): Promise<ReviewReport> {
  const { repo, prefix, memoryCommit, branch } = request;
  const before = await readReviewBranch(repo, prefix, memoryCommit, branch);
  const commits = verdictCommits(request, before);
  if (commits.length > 0) {
    await buildCommits(repo, { branch: before.branch, from: before.head, parent: before.head, commits });
  }
  return review(request);
}

function verdictCommits(request: VerdictRequest, state: ReviewBranch): NewCommit[] {
  const files = new Map(state.at.files);
  const commits: NewCommit[] = [];
  const commit = (message: string, touched: ReadonlyMap<string, string | null>) => {
    for (const [path, text] of touched) text === null ? files.delete(path) : files.set(path, text);
    const below = new Map([...touched].map(([path, text]) => [`${request.prefix}/${path}`, text]));
    commits.push({ message, author: request.who, atMs: request.now().getTime(), files: below });
  };
  for (const id of request.reject) {
    const entry = entryNamed(state, id);
    if (entry.verdict === 'rejected') continue;
    const restored = restoreEntry(files, state.atBase.files, entry.entry, entry.replaces);
    const decisions = withDecisions(files, [decisionOf(request, state, entry, 'rejected')]);
    commit(verdictMessage(state.dream, 'rejected', [entry], request.because), new Map([...restored, ...decisions]));
  }
  const accepted = request.accept.map((id) => entryNamed(state, id)).filter((e) => e.verdict === 'pending');
  if (accepted.length > 0) {
    const lines = accepted.map((entry) => decisionOf(request, state, entry, 'accepted'));
    commit(verdictMessage(state.dream, 'accepted', accepted, request.because), withDecisions(files, lines));
  }
  return commits;
}

function decisionOf(
  request: VerdictRequest,
  state: ReviewBranch,
  entry: ReviewEntry,
  verdict: 'accepted' | 'rejected',
): Decision {
  return {
    entry: entry.entry,
    fingerprint: entry.card?.fingerprint ?? '',
    verdict,
    by: request.who.by,
    at: request.now().toISOString(),
    ...(request.because !== undefined && { because: request.because }),
    dream: state.dream,
    playbook: entry.playbook,
    title: entry.title,
    ...(entry.card !== undefined && { sessions: entry.card.counts.sessions }),
  };
}

function withDecisions(files: ReadonlyMap<string, string>, decisions: readonly Decision[]): Map<string, string> {
  const before = files.get('decisions.jsonl') ?? '';
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return new Map([['decisions.jsonl', before + gap + decisions.map((d) => `${printDecision(d)}\n`).join('')]]);
}

function reportOf({ layout, index }: ReviewRequest, state: ReviewBranch): ReviewReport {
  const check = (spans: readonly Span[] | undefined) => checkSpans(layout, index, spans ?? []);
  return {
    branch: state.branch,
    dream: state.dream,
    base: state.base,
    head: state.head,
    behind: state.behind,
    ...proofOf(state),
    entries: state.entries.map(({ card, ...entry }) => ({
      ...entry,
      evidence: check(card?.examples),
      counter_examples: check(card?.counter_examples),
    })),
  };
}

function proofOf(state: ReviewBranch): Pick<ReviewReport, 'proof'> {
  const proven: Proven | undefined = provenOf(state);
  if (proven === undefined) return {};
  const { verdict, run, at, suite, exploratory } = proven.proof;
  const known = { verdict, run, at, suite, ...(exploratory !== undefined && { exploratory }) };
  return { proof: { ...known, words: provenWords(proven), current: proven.current } };
}
