// The sample of a dream: chosen and shortened in code, read by a model, and turned into cards in code; without a model nothing is read.
import { throwIfInterrupted } from '../../base/errors.ts';
import type { Card } from '../../domain/card.ts';
import type { Digest } from '../../domain/reading.ts';
import { estimateReading, type ReadingEstimate } from '../../learning/reading/estimate.ts';
import { readSample } from '../../learning/reading/read-sample.ts';
import type { ReadingTold } from '../../learning/reading/report-section.ts';
import { inRankOrder } from '../../mining/cards.ts';
import type { Ground } from '../../mining/mine.ts';
import { cardsOfReading } from '../../mining/reading/cards.ts';
import { loadDigests } from '../../mining/reading/load-digests.ts';
import { type Chosen, chooseSample } from '../../mining/reading/sample.ts';
import type { DreamRequest } from './contract.ts';
import type { Material } from './read.ts';

/** What came of a sample. */
export interface Sampled {
  /** The miner's cards and those of readers, in one order. */
  cards: Card[];
  told?: ReadingTold;
  /** Where only that was asked. */
  estimate?: ReadingEstimate;
}

const AT_ONCE = 4;
const LEAST = 2; // what one session alone shows is common to none

/** Undefined where nobody reads: no model, no prompt, no sample wanted, or too few sessions. Throws Interrupted after Ctrl-C. */
export async function readSampled(
  request: DreamRequest,
  { extracts, memory }: Material,
  ground: Ground,
): Promise<Sampled | undefined> {
  const { words, settings, sessions, layout, signal } = request;
  const prompt = words?.prompts.read;
  if (words === undefined || prompt === undefined) return undefined;
  const chosen = chooseSample(ground, settings.dream.sample);
  if (chosen.length < LEAST) return undefined;
  const byName = new Map(extracts.map((extract) => [extract.session, extract]));
  const digests = loadDigests(
    chosen.flatMap(({ session }) => byName.get(session) ?? []),
    sessions,
    layout,
    signal,
  );
  const { asker, focus } = words;
  if (words.estimate) return { cards: ground.mined.cards, estimate: estimateReading(digests, prompt, focus) };
  request.emit({
    type: 'progress',
    stage: 'dream',
    done: 0,
    total: digests.length,
    unit: 'session',
    note: 'a model reads a sample',
  });
  const read = await readSample(digests, { asker, prompt, focus, signal, atOnce: words.atOnce ?? AT_ONCE });
  throwIfInterrupted(signal);
  return judged(read, chosen, digests, ground, memory.cards);
}

function judged(
  read: Awaited<ReturnType<typeof readSample>>,
  chosen: Chosen[],
  digests: readonly Digest[],
  ground: Ground,
  recorded: ReadonlyMap<string, Card>,
): Sampled {
  const shown = new Set(digests.map(({ session }) => session));
  const { ranked, added, refused } = cardsOfReading(read.candidates, ground, shown, recorded);
  const { groups, unread, missing, screened } = read;
  return {
    cards: inRankOrder(ranked),
    told: {
      chosen,
      groups,
      cards: added,
      refused: [...read.refused, ...refused],
      unread,
      missing,
      screened,
    },
  };
}
