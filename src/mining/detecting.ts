// What all detectors find in a context, as cards: what is dear to search is handed out, and the rest is found meanwhile; reads no clock and starts no thread.
import type { Steps } from '../base/steps.ts';
import { type CardContext, cardOf, type Ranked } from './cards.ts';
import type { Context, Detector, Finding } from './detectors/detector.ts';
import { foldAll } from './detectors/fold.ts';
import { detectors } from './detectors/table.ts';
import type { Answer, Search } from './searches.ts';

/** The card of one finding, and the sessions that showed it; of the finding itself nothing is held. */
export interface Told {
  ranked: Ranked;
  sessions: string[];
}

export interface Detecting {
  /** What has to be searched, by whomever: `answerTo` does it. */
  searches: Search[];
  /** Finds what needs no search. */
  findOthers(): Steps<void>;
  /** What every detector found, in their order. @param answers to the searches, in their order */
  told(answers: readonly Answer[]): { detector: Detector; told: Told[] }[];
}

export function detect(context: Context, cards: CardContext): Detecting {
  const waiting = detectors.flatMap((detector) =>
    detector.search ? [{ detector, searching: detector.search(context) }] : [],
  );
  const known = new Map<Detector, Told[]>();
  const tell = (detector: Detector, findings: readonly Finding[]) =>
    known.set(
      detector,
      findings.map((finding) => toldOf(finding, cards)),
    );
  return {
    searches: waiting.map(({ searching }) => searching.search),
    *findOthers() {
      yield* tellFolded(context, tell);
      const others = detectors.filter((detector) => !detector.search && !known.has(detector));
      for (const detector of others) {
        yield;
        tell(detector, detector.detect(context));
      }
    },
    told(answers) {
      for (const [i, { detector, searching }] of waiting.entries()) {
        const answer = answers[i];
        if (answer === undefined) throw new Error('every search has an answer');
        tell(detector, searching.findings(answer));
      }
      return detectors.map((detector) => ({ detector, told: known.get(detector) ?? [] }));
    },
  };
}

// One walk serves all that fold. What they hold is given up when it is told.
function* tellFolded(context: Context, tell: (detector: Detector, findings: readonly Finding[]) => void): Steps<void> {
  const folding = detectors.flatMap((detector) => (detector.fold ? [{ detector, fold: detector.fold(context) }] : []));
  const found = yield* foldAll(
    folding.map(({ fold }) => fold),
    context,
  );
  for (const [i, { detector }] of folding.entries()) tell(detector, found[i] ?? []);
}

function toldOf(finding: Finding, cards: CardContext): Told {
  const ranked = cardOf(finding, cards);
  return { ranked, sessions: [...new Set(finding.sightings.map(({ session }) => session.session))] };
}
