// Proofs beside a dream's report: what was proven, whether the branch still is what was proven, and the files that a new proof touches; pure text, touches no disk.
import { byCodeUnit } from '../base/collections.ts';
import { sha256 } from '../base/hash.ts';
import type { Grade } from '../domain/card.ts';
import { parsePlaybook, printMark } from '../domain/playbook.ts';
import { type Proof, proofFileSchema } from '../domain/proof.ts';
import { type Files, replaceEntry, type Touched } from './apply.ts';
import { proofSection, withProofSection } from './proof-section.ts';
import type { ReviewBranch, ReviewEntry } from './review-branch.ts';
import { comparable } from './section.ts';

/** Every readable proof that a memory holds, by the dream's name, oldest first. */
export function proofsIn(files: Files): Map<string, Proof[]> {
  const proofs = new Map<string, Proof[]>();
  for (const [path, text] of [...files].sort(([a], [b]) => byCodeUnit(a, b))) {
    const dream = /^dreams\/([^/]+)\.proof\.json$/.exec(path)?.[1];
    if (dream !== undefined) proofs.set(dream, parseProofs(text));
  }
  return proofs;
}

/** What a branch is known to do. */
export interface Proven {
  proof: Proof;
  /** False where lessons were changed, added or turned down since: then the proof is about something else. */
  current: boolean;
}

/** The newest proof of a branch; undefined where there is none. */
export function provenOf(state: Pick<ReviewBranch, 'dream' | 'entries' | 'at' | 'atBase'>): Proven | undefined {
  const proof = (proofsIn(state.at.files).get(state.dream) ?? []).at(-1);
  if (proof === undefined) return undefined;
  const sameLessons = JSON.stringify(textsOf(state.entries)) === JSON.stringify(namesAndTexts(proof));
  return { proof, current: sameLessons && memoryHash(state) === proof.memory };
}

/** Names the playbooks that a branch grew from: on top of others, its lessons were not compared. */
export function memoryHash({ atBase }: Pick<ReviewBranch, 'atBase'>): string {
  const playbooks = [...atBase.files].filter(([path]) => path.startsWith('playbooks/')).sort();
  return sha256(JSON.stringify(playbooks)).slice(0, 16);
}

/** The verdict in words, for lists: `validated`, `harmful (exploratory)`, `validated, but changed since`. */
export function provenWords({ proof, current }: Proven): string {
  const { verdict, exploratory, again } = proof;
  const status = exploratory !== undefined && again !== true ? `${verdict} (exploratory)` : verdict;
  return current ? status : `${status}, but changed since`;
}

/** Validated, of the branch as it is, by tasks that had not decided before (or a person wanted them to count again). */
export function isValidated(proven: Proven | undefined): boolean {
  if (proven === undefined || !proven.current) return false;
  const { verdict, exploratory, again } = proven.proof;
  return verdict === 'validated' && (exploratory === undefined || again === true);
}

/** The lessons of a branch that were not turned down, each with a hash of its text; marks do not count. */
export function textsOf(entries: readonly ReviewEntry[]): { entry: string; text: string }[] {
  return entries
    .filter((e) => e.verdict !== 'rejected')
    .map((e) => ({ entry: e.entry, text: sha256(comparable(e.section ?? e.note?.after ?? '')).slice(0, 16) }))
    .sort((a, b) => byCodeUnit(a.entry, b.entry));
}

/** The files of `proof` on a branch: the record, the chart, the report, and the marks of entries, A where earned. */
export function proofFiles(state: ReviewBranch, proof: Proof, chart: string): Touched {
  const { files } = state.at;
  const { dream } = proof;
  const earlier = (proofsIn(files).get(dream) ?? []).filter((p) => p.run !== proof.run);
  const titles = new Map(state.entries.map((e) => [e.entry, e.title]));
  const report = files.get(`dreams/${dream}.md`) ?? `# Dream ${dream}\n`;
  const record = { version: 1, proofs: [...earlier, proof] };
  return new Map<string, string | null>([
    [`dreams/${dream}.proof.json`, `${JSON.stringify(record, null, 1)}\n`],
    [`dreams/${dream}.proof.svg`, chart],
    [`dreams/${dream}.md`, withProofSection(report, proofSection(proof, titles))],
    ...gradedPlaybooks(files, proof, earlier),
  ]);
}

// Byte for byte as it was but for the mark's own line. An entry that an earlier proof had raised falls back to what it was
// before, unless this proof raises it too.
function gradedPlaybooks(files: Files, proof: Proof, earlier: readonly Proof[]): Map<string, string> {
  const raised = new Set(earlier.flatMap((p) => p.proven));
  const before = new Map([...earlier].reverse().flatMap((p) => p.entries.map((e) => [e.entry, e.grade] as const)));
  const touched = new Map<string, string>();
  for (const [path, text] of files) {
    if (!/^playbooks\/[^/]+\.md$/.test(path)) continue;
    let now = text;
    for (const { mark, raw } of parsePlaybook('', text).sections) {
      if (mark === undefined) continue;
      const grade: Grade | undefined = proof.proven.includes(mark.id)
        ? 'A'
        : raised.has(mark.id) && mark.grade === 'A'
          ? before.get(mark.id)
          : undefined;
      if (grade === undefined || grade === mark.grade) continue;
      const line = raw.split('\n').find((l) => l.trim().startsWith(`<!-- entry ${mark.id} `));
      if (line !== undefined)
        now = replaceEntry(
          now,
          mark.id,
          raw.replace(line.trim(), () => printMark({ ...mark, grade })),
        );
    }
    if (now !== text) touched.set(path, now);
  }
  return touched;
}

function namesAndTexts({ entries }: Proof): { entry: string; text: string }[] {
  return entries.map(({ entry, text }) => ({ entry, text })).sort((a, b) => byCodeUnit(a.entry, b.entry));
}

function parseProofs(text: string): Proof[] {
  try {
    const parsed = proofFileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.proofs : [];
  } catch {
    return []; // torn by a merge: then nothing is proven by it
  }
}
