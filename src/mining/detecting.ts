// What all detectors find in a context, as cards: what is dear to search is handed out or was kept, and the rest is found meanwhile; reads no clock and starts no thread.
import type { Steps } from '../base/steps.ts';
import { type CardContext, cardOf, type Ranked } from './cards.ts';
import { type Comparison, comparisonsIn } from './comparisons.ts';
import type { Context, Detector, Finding } from './detectors/detector.ts';
import { foldAll } from './detectors/fold.ts';
import { findingOf } from './detectors/outline.ts';
import { detectors } from './detectors/table.ts';
import { CHUNK } from './folds/parts.ts';
import type { KeptParts } from './kept-parts.ts';
import type { Answer, Search } from './searches.ts';

/** The card of one finding, and the sessions that showed it; of the finding itself nothing is held. */
export interface Told {
  ranked: Ranked;
  sessions: string[];
}

/** What a detector found, and why it is silent where it has told that already. */
export interface Heard {
  detector: Detector;
  told: Told[];
  silence?: string;
}

export interface Detecting {
  /** What has to be searched, by whomever: `answerTo` does it. */
  searches: Search[];
  /** Finds what needs no search. */
  findOthers(): Steps<void>;
  /** What every detector found, in their order. @param answers to the searches, in their order */
  told(answers: readonly Answer[]): Heard[];
}

/** @param compared those of the sessions whose outcomes are compared. @param kept where that is kept which need not be found again */
export function detect(context: Context, compared: Context, cards: CardContext, kept: KeptParts): Detecting {
  const comparisons = comparisonsIn(compared, kept.comparisons);
  const searched = comparisons.filter(({ search }) => search !== undefined);
  const known = new Map<Detector, Heard>();
  const tell = (detector: Detector, findings: Iterable<Finding>, silence?: string) => {
    const told = Array.from(findings, (finding) => toldOf(finding, cards));
    known.set(detector, { detector, told, ...(silence !== undefined && { silence }) });
  };
  const tellCompared = ({ detector, said }: Comparison, answer?: Answer) => {
    const { found, silence } = said(answer);
    tell(
      detector,
      found.map((outline) => findingOf(outline, compared.sessions)),
      silence,
    );
  };
  return {
    searches: searched.flatMap(({ search }) => search ?? []),
    *findOthers() {
      yield* tellFolded(context, kept, tell);
      for (const detector of detectors.filter((d) => d.compare === undefined && !known.has(d))) {
        yield;
        tell(detector, detector.detect(context));
      }
      for (const comparison of comparisons.filter(({ search }) => search === undefined)) {
        yield;
        tellCompared(comparison);
      }
    },
    told(answers) {
      for (const [i, comparison] of searched.entries()) tellCompared(comparison, answers[i]);
      kept.comparisons.tidy(MOST_KEPT);
      return detectors.map((detector) => known.get(detector) ?? { detector, told: [] });
    },
  };
}

const MOST_KEPT = 64; // comparisons: of a few selections of sessions, by a few nights

// One walk serves all that fold. What a finding holds is given up when it is told.
function* tellFolded(
  { sessions }: Context,
  { folds: kept }: KeptParts,
  tell: (detector: Detector, findings: Iterable<Finding>) => void,
): Steps<void> {
  const folding = detectors.flatMap((detector) => (detector.fold ? [{ detector, fold: detector.fold }] : []));
  const folds = folding.map(({ fold }) => fold);
  const { found } = yield* foldAll(folds, sessions, { kept, size: CHUNK });
  for (const [i, { detector }] of folding.entries()) {
    yield;
    tell(detector, found[i] ?? []);
  }
}

function toldOf(finding: Finding, cards: CardContext): Told {
  const ranked = cardOf(finding, cards);
  return { ranked, sessions: [...new Set(finding.sightings.map(({ session }) => session.session))] };
}
