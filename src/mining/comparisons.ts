// Comparisons of outcomes that were made before are not made again: what was said of the very same sessions is kept; compares nothing itself.
import { sha256 } from '../base/hash.ts';
import { VERSION } from '../base/version.ts';
import type { Kept } from '../store/kept.ts';
import type { Context, Detector, Said } from './detectors/detector.ts';
import { keptOf, saidIn } from './detectors/outline.ts';
import { detectors } from './detectors/table.ts';
import type { Answer, Search } from './searches.ts';
import { identityOf } from './stored-extract.ts';

/** Of what is kept: to be raised with every change of what a comparison asks or says. */
export const COMPARING_VERSION = 1;

/** A detector that compares outcomes, on some sessions. */
export interface Comparison {
  detector: Detector;
  /** What has to be searched; absent where that is kept, or nothing has to. */
  search?: Search;
  /** What it says, by the answer. */
  said(answer?: Answer): Said;
}

/** All of them, in the order of the detectors. What they come to say is kept. */
export function comparisonsIn(context: Context, kept: Kept): Comparison[] {
  const name = nameOf(context);
  return detectors.flatMap((detector): Comparison[] => {
    if (detector.compare === undefined) return [];
    const own = name === undefined ? undefined : `${detector.family} ${name}`;
    const found = own === undefined ? undefined : kept.get(own);
    const known = found && saidIn(found);
    if (known !== undefined) return [{ detector, said: () => known }];
    const { search, said } = detector.compare(context);
    const keeping = (answer?: Answer): Said => {
      const made = said(answer);
      if (own !== undefined) kept.put(own, keptOf(made));
      return made;
    };
    return [{ detector, ...(search && { search }), said: keeping }];
  });
}

// Everything that a comparison looks at follows from the sessions; undefined where one of them cannot be told from all others.
function nameOf({ sessions }: Context): string | undefined {
  const names: string[] = [];
  for (const session of sessions) {
    const identity = identityOf(session);
    if (identity === undefined) return undefined;
    names.push(identity);
  }
  return sha256([VERSION, ...names].join('\n'));
}
